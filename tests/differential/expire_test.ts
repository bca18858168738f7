import type { Argument } from "../_support/mod.ts";
import {
  type CommandChoices,
  generateSequence,
  type Sample,
} from "./_generators.ts";
import { differentialGroup } from "./_group.ts";
import type { Step } from "./_step.ts";

/** Long after the shortest expiry, even on a busy machine. */
const SURELY_EXPIRED_MS = 15;

function conditions(sample: Sample): Argument[] {
  return sample.options([["NX"], ["XX"], ["GT"], ["LT"]]);
}

function expireSoon(sample: Sample): Step[] {
  const key = sample.key();
  const expiring: Argument[] = sample.random.pick<Argument[]>([
    ["SET", key, sample.value(), "PX", "1"],
    ["PSETEX", key, "1", sample.value()],
    ["SET", key, sample.value(), "PXAT", String(sample.nowMs + 1)],
  ]);
  const reading: Argument[] = sample.random.pick<Argument[]>([
    ["GET", key],
    ["DBSIZE"],
    ["EXISTS", key],
    ["TTL", key],
    ["INCR", key],
    ["APPEND", key, "x"],
    ["SETNX", key, "x"],
    ["RENAME", key, sample.key()],
    ["COPY", key, sample.key(), "REPLACE"],
    ["PERSIST", key],
    ["KEYS", "*"],
    ["TYPE", key],
    ["SET", key, "x", "XX", "GET"],
    ["SET", key, "x", "KEEPTTL"],
    ["GETEX", key, "PERSIST"],
    ["DEL", key],
    ["MSETNX", key, "x"],
    ["MOVE", key, "1"],
    ["TOUCH", key],
    ["OBJECT", "ENCODING", key],
    ["EXPIRE", key, "1000"],
  ]);
  return [
    { command: expiring, sleepMs: SURELY_EXPIRED_MS },
    { command: reading },
  ];
}

const COMMANDS: CommandChoices = [
  [10, (it) => ["SET", it.key(), it.value()]],
  [4, (it) => ["SET", it.key(), it.value(), ...it.expiry()]],
  [3, (it) => ["SET", it.key(), it.value(), "KEEPTTL"]],
  [6, (it) => ["EXPIRE", it.key(), it.relativeSeconds(), ...conditions(it)]],
  [6, (it) => ["PEXPIRE", it.key(), it.relativeMs(), ...conditions(it)]],
  [6, (it) => ["EXPIREAT", it.key(), it.absoluteSeconds(), ...conditions(it)]],
  [6, (it) => ["PEXPIREAT", it.key(), it.absoluteMs(), ...conditions(it)]],
  [3, (it) => ["TTL", it.key()]],
  [3, (it) => ["PTTL", it.key()]],
  [3, (it) => ["EXPIRETIME", it.key()]],
  [3, (it) => ["PEXPIRETIME", it.key()]],
  [3, (it) => ["PERSIST", it.key()]],
  [3, (it) => ["GETEX", it.key(), ...it.options([["PERSIST"], it.expiry()])]],
  [2, (it) => ["RENAME", it.key(), it.key()]],
  [2, (it) => ["COPY", it.key(), it.key(), "REPLACE"]],
  [1, (it) => ["INCR", it.key()]],
  [1, (it) => ["APPEND", it.key(), it.value()]],
  [1, (it) => ["GETSET", it.key(), it.value()]],
  [1, (it) => ["DEL", ...it.keys(2)]],
  [1, () => ["DBSIZE"]],
  [2, expireSoon],
];

differentialGroup({
  alsoWithLaneClosed: true,
  name: "expiry commands",
  generate: (random, length) => generateSequence(random, length, COMMANDS),
});
