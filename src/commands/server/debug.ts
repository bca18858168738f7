/** Tools for tests and for developers. */

import { toText, untilNul } from "../../base/byte_string.ts";
import { OutOfMemory } from "../../keyspace/mod.ts";
import type { Call } from "../call.ts";
import { replyHelp, replyUnknownSubcommand } from "../help.ts";
import type { CommandSpec } from "../spec.ts";
import { debugDigest, debugDigestValue } from "./debug_digest.ts";
import {
  debugHtstats,
  debugObject,
  debugPopulate,
  debugQuicklistPackedThreshold,
  debugSdslen,
} from "./debug_object.ts";
import { debugProtocol } from "./debug_protocol.ts";

/** `DEBUG` */
export const debug: CommandSpec = {
  name: "debug",
  summary: "A container for debugging commands",
  since: "1.0.0",
  group: "server",
  complexity: "Depends on subcommand.",
  arity: -2,
  flags: ["admin", "noscript", "loading", "stale", "protected"],
  docFlags: ["syscmd"],
  handler: debugHandler,
};

/** A subcommand. Redis keeps those of DEBUG out of its command table, and so do we. */
interface Tool {
  /** Arguments it may have, `DEBUG` and its own name included. */
  readonly argcMin: number;
  readonly argcMax: number;
  readonly run: (call: Call) => void;
}

function tool(
  argcMin: number,
  argcMax: number,
  run: (call: Call) => void,
): Tool {
  return { argcMin, argcMax, run };
}

const TOOLS: Readonly<Record<string, Tool>> = {
  help: tool(2, 2, (call) => replyHelp(call, HELP)),
  assert: tool(2, Infinity, (call) => crash(call, "DEBUG ASSERT")),
  "change-repl-id": tool(2, 2, debugChangeReplId),
  "config-rewrite-force-all": tool(2, 2, (call) => {
    const problem = call.services.config.rewrite(true);
    if (problem === null) call.reply.ok();
    else call.reply.error(problem);
  }),
  "crash-and-recover": tool(2, Infinity, debugRestart),
  "dict-resizing": tool(3, 3, (call) => {
    call.services.debug.dictResizing = flagAt(call, 2);
    call.reply.ok();
  }),
  digest: tool(2, 2, debugDigest),
  "digest-value": tool(2, Infinity, debugDigestValue),
  // Written as it is: no code is added, and it counts as no error.
  error: tool(3, 3, (call) => {
    call.x.replyError(call.argPtr(2), call.argLength(2));
  }),
  htstats: tool(3, 4, debugHtstats),
  loadaof: tool(2, Infinity, (call) => {
    call.reply.error("ERR AiKv has no append-only file yet");
  }),
  log: tool(3, 3, (call) => {
    const text = toText(untilNul(call.argText(2)));
    call.services.log.warning(`DEBUG LOG: ${text}`);
    call.reply.ok();
  }),
  object: tool(3, 4, debugObject),
  oom: tool(2, Infinity, () => {
    throw new OutOfMemory();
  }),
  panic: tool(2, Infinity, (call) => crash(call, "DEBUG PANIC")),
  "pause-cron": tool(3, 3, (call) => {
    call.services.debug.cronPaused = flagAt(call, 2);
    call.reply.ok();
  }),
  populate: tool(3, 5, debugPopulate),
  protocol: tool(3, 3, debugProtocol),
  "quicklist-packed-threshold": tool(3, 3, debugQuicklistPackedThreshold),
  reload: tool(2, Infinity, debugReload),
  replybuffer: tool(4, 4, debugReplybuffer),
  restart: tool(2, Infinity, debugRestart),
  sdslen: tool(3, 3, debugSdslen),
  segfault: tool(2, Infinity, (call) => crash(call, "DEBUG SEGFAULT")),
  "set-active-expire": tool(3, 3, (call) => {
    call.services.debug.activeExpire = flagAt(call, 2);
    call.reply.ok();
  }),
  "set-disable-deny-scripts": tool(3, 3, (call) => {
    call.services.debug.denyScriptsDisabled = flagAt(call, 2);
    call.reply.ok();
  }),
  sleep: tool(3, 3, debugSleep),
  "stringmatch-test": tool(2, 2, debugStringmatchTest),
};

const HELP = [
  "ASSERT",
  "    Crash by assertion failed.",
  "CHANGE-REPL-ID",
  "    Change the replication IDs of the instance.",
  "    Dangerous: should be used only for testing the replication subsystem.",
  "CONFIG-REWRITE-FORCE-ALL",
  "    Like CONFIG REWRITE but writes all configuration options, including",
  "    keywords not listed in original configuration file or default values.",
  "DICT-RESIZING <0|1>",
  "    Enable or disable the resizing of tables in the background.",
  "DIGEST",
  "    Output a hex signature representing the current DB content.",
  "DIGEST-VALUE <key> [<key> ...]",
  "    Output a hex signature of the values of all the specified keys.",
  "ERROR <string>",
  "    Return a Redis protocol error with <string> as message. Useful for clients",
  "    unit tests to simulate Redis errors.",
  "HTSTATS <dbid> [full]",
  "    Return hash table statistics of the specified Redis database.",
  "LOG <message>",
  "    Write <message> to the server log.",
  "OBJECT <key> [fast]",
  "    Show low level info about `key` and associated value.",
  "OOM",
  "    Behave as if there were no memory for the command.",
  "PANIC",
  "    Crash the server simulating a panic.",
  "PAUSE-CRON <0|1>",
  "    Stop periodic cron job processing.",
  "POPULATE <count> [<prefix>] [<size>]",
  "    Create <count> string keys named key:<num>. If <prefix> is specified then",
  "    it is used instead of the 'key' prefix. These are not propagated to",
  "    replicas.",
  "PROTOCOL <type>",
  "    Reply with a test value of the specified type. <type> can be: string,",
  "    integer, double, bignum, null, array, set, map, attrib, push, verbatim,",
  "    true, false.",
  "QUICKLIST-PACKED-THRESHOLD <size>",
  "    Set the size from which an element of a list has a node of its own; 0 is",
  "    the default: where it is larger than a node.",
  "REPLYBUFFER PEAK-RESET-TIME <NEVER||RESET|time>",
  "REPLYBUFFER RESIZING <0|1>",
  "    Accepted. Reply buffers are as long as what they hold.",
  "SDSLEN <key>",
  "    Show how many bytes `key` and value take.",
  "SEGFAULT",
  "    Crash the server.",
  "SET-ACTIVE-EXPIRE <0|1>",
  "    Setting it to 0 disables expiring keys in background when they are not",
  "    accessed (otherwise the Redis behavior). Setting it to 1 reenables back the",
  "    default.",
  "SET-DISABLE-DENY-SCRIPTS <0|1>",
  "    Let scripts call commands that they may not call.",
  "SLEEP <seconds>",
  "    Stop the server for <seconds>. Decimals allowed.",
  "STRINGMATCH-TEST",
  "    Run a fuzz tester against the matching of patterns.",
];

function debugHandler(call: Call): void {
  const name = call.argWord(1);
  const found = Object.hasOwn(TOOLS, name) ? TOOLS[name] : undefined;
  if (
    found === undefined || call.argc < found.argcMin ||
    call.argc > found.argcMax
  ) return replyUnknownSubcommand(call);
  found.run(call);
}

/** A switch: C's `atoi` of an argument is not 0. */
function flagAt(call: Call, index: number): boolean {
  const [digits] = /^\s*[+-]?\d+/.exec(call.argText(index)) ?? ["0"];
  return Number(digits) !== 0;
}

function crash(call: Call, what: string): never {
  return call.services.lifecycle.crash(
    `${what} called at Unix time ${Math.floor(call.nowMs / 1000)}`,
    new Error(`${what} asked for it`),
  );
}

/** Redis starts itself anew with exec, which Deno does not offer. */
function debugRestart(call: Call): void {
  if (call.argc > 2 && call.needInteger(2) === undefined) return;
  const { log, lifecycle } = call.services;
  log.warning(
    `Can't restart: this process has no permissions to execute ${lifecycle.executable}`,
  );
  call.reply.error("ERR failed to restart the server. Check server logs.");
}

function debugReload(call: Call): void {
  for (let i = 2; i < call.argc; i++) {
    if (!["merge", "noflush", "nosave"].includes(call.argWord(i))) {
      return call.reply.error(
        "ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options.",
      );
    }
  }
  call.reply.error("ERR AiKv has no snapshots (RDB) yet");
}

function debugChangeReplId(call: Call): void {
  const { log, lifecycle } = call.services;
  log.warning("Changing replication IDs after receiving DEBUG change-repl-id");
  lifecycle.changeReplicationId();
  call.reply.ok();
}

/** Nothing to switch: AiKv keeps no reply buffer that is longer than what it holds. */
function debugReplybuffer(call: Call): void {
  if (call.argIs(2, "peak-reset-time")) {
    const isWord = call.argIs(3, "never") || call.argIs(3, "reset");
    if (!isWord && call.needInteger(3) === undefined) return;
  } else if (!call.argIs(2, "resizing")) return replyUnknownSubcommand(call);
  call.reply.ok();
}

/** Longest sleep: what C's timespec takes is more than anyone waits. */
const SLEEP_MS_MAX = 2 ** 31;

/** Stops everything, as tests want it. */
function debugSleep(call: Call): void {
  const ms = Number.parseFloat(call.argText(2)) * 1000;
  if (ms > 0 && ms < SLEEP_MS_MAX) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  }
  call.reply.ok();
}

const FUZZ_ROUNDS = 100_000;
const FUZZ_BYTES_MAX = 32;
const FUZZ_ALPHABET = "*?[]-^\\abc\0\xff";

function debugStringmatchTest(call: Call): void {
  const { core, x, services: { random } } = call;
  const any = () => {
    let text = "";
    const length = Math.floor(random.fraction() * FUZZ_BYTES_MAX);
    while (text.length < length) {
      text +=
        FUZZ_ALPHABET[Math.floor(random.fraction() * FUZZ_ALPHABET.length)];
    }
    return text;
  };
  for (let round = 0; round < FUZZ_ROUNDS; round++) {
    const pattern = any();
    const text = any();
    const ptr = core.putText(pattern + text);
    x.globMatch(ptr, pattern.length, ptr + pattern.length, text.length, 0);
  }
  call.reply.simple("Apparently Redis did not crash: test passed");
}
