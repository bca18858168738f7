import type { Argument, SeededRandom } from "../_support/mod.ts";
import { type CommandGenerator, Sample } from "./_generators.ts";
import { differentialGroup } from "./_group.ts";
import { CONNECTION_COUNT, type Step } from "./_step.ts";

/** What may be queued, or run between WATCH and EXEC by another client. */
const DATA_COMMANDS: readonly (readonly [number, CommandGenerator])[] = [
  [6, (it) => ["SET", it.key(), it.value()]],
  [2, (it) => ["SET", it.key(), it.value(), ...it.expiry()]],
  [3, (it) => ["GET", it.key()]],
  [3, (it) => ["INCR", it.key()]],
  [2, (it) => ["APPEND", it.key(), it.value()]],
  [2, (it) => ["DEL", ...it.keys(2)]],
  [2, (it) => ["EXPIRE", it.key(), it.relativeSeconds()]],
  [1, (it) => ["PERSIST", it.key()]],
  [1, (it) => ["TTL", it.key()]],
  [1, (it) => ["RENAME", it.key(), it.key()]],
  [1, (it) => ["COPY", it.key(), it.key(), "REPLACE"]],
  [1, (it) => ["MGET", ...it.keys(3)]],
  [1, (it) => ["MSET", it.key(), it.value(), it.key(), it.value()]],
  [1, (it) => ["SELECT", it.random.pick(["0", "1", "99"])]],
  [1, (it) => ["MOVE", it.key(), "1"]],
  [1, () => ["SWAPDB", "0", "1"]],
  [1, () => ["DBSIZE"]],
  [1, () => ["KEYS", "*"]],
  [1, () => ["PING"]],
  [1, () => ["TIME"]],
  [1, () => ["FLUSHDB"]],
  // Errors found before queueing, which spoil the transaction.
  [1, () => ["GET"]],
  [1, () => ["NOSUCH", "a"]],
  [1, () => ["CLIENT", "NOSUCH"]],
  // Errors found when run, which do not.
  [1, (it) => ["INCRBY", it.key(), it.badInteger()]],
  [1, (it) => ["EXPIRE", it.key(), "1", "NX", "XX"]],
];

const CONTROL_COMMANDS: readonly (readonly [number, CommandGenerator])[] = [
  [8, () => ["MULTI"]],
  [10, () => ["EXEC"]],
  [2, () => ["DISCARD"]],
  [8, (it) => ["WATCH", ...it.keys(3)]],
  [2, () => ["UNWATCH"]],
  [1, () => ["MULTI", "x"]],
  [1, () => ["EXEC", "x"]],
  [1, () => ["WATCH"]],
  [1, () => ["RESET"]],
  [1, () => ["HELLO", "2"]],
  [1, () => ["FLUSHALL"]],
];

/** A key watched by one client and changed, or not, by another or by itself. */
function watchedRace(sample: Sample): Step[] {
  const { random } = sample;
  const [watcher, other] = random.shuffle([0, 1, 2]);
  const key = sample.key();
  const change = random.pick<Argument[]>([
    ["SET", key, sample.value()],
    ["DEL", key],
    ["EXPIRE", key, "1000"],
    ["EXPIRE", key, "-1"],
    ["TOUCH", key],
    ["GET", key],
    ["GETEX", key, "PERSIST"],
    ["PERSIST", key],
    ["RENAME", sample.key(), key],
    ["SWAPDB", "0", "1"],
    ["FLUSHDB"],
    ["FLUSHALL"],
    ["COPY", sample.key(), key, "REPLACE"],
    ["SETRANGE", key, "0", ""],
    ["SETNX", key, "x"],
  ]);
  const steps: Step[] = [
    { connection: watcher, command: ["WATCH", key] },
    { connection: random.chance(0.8) ? other : watcher, command: change },
  ];
  if (random.chance(0.15)) {
    steps.push({ connection: watcher, command: ["UNWATCH"] });
  }
  steps.push(
    { connection: watcher, command: ["MULTI"] },
    { connection: watcher, command: ["INCR", "counter"] },
    { connection: watcher, command: ["EXEC"] },
  );
  return steps;
}

/**
 * A watched key that expires before EXEC. A transaction already begun is given
 * up first: SET queued in it would start its time to live at some later EXEC,
 * and whether the key is still there at the end would be a matter of luck. The
 * time to live leaves a busy machine enough for the step from SET to WATCH.
 */
function watchedExpiry(sample: Sample): Step[] {
  const key = sample.key();
  return [
    { command: ["DISCARD"] },
    { command: ["SET", key, "x", "PX", "200"] },
    { command: ["WATCH", key], sleepMs: 250 },
    { command: ["MULTI"] },
    { command: ["GET", key] },
    { command: ["EXEC"] },
  ];
}

function generate(random: SeededRandom, length: number): Step[] {
  const sample = new Sample(random);
  const steps: Step[] = [];
  while (steps.length < length) {
    if (random.chance(0.12)) steps.push(...watchedRace(sample));
    else if (random.chance(0.004)) steps.push(...watchedExpiry(sample));
    else {
      const choices = random.chance(0.35) ? CONTROL_COMMANDS : DATA_COMMANDS;
      const command = random.pickWeighted(choices)(sample) as Argument[];
      const connection = random.integer(0, CONNECTION_COUNT - 1);
      steps.push({ connection, command });
    }
  }
  return steps;
}

differentialGroup({ name: "transactions", generate });
