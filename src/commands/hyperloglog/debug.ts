/** Looking into HyperLogLogs, and testing them. */

import type { Call } from "../call.ts";
import { type CommandSpec, key, keyAt, string } from "../spec.ts";
import { checkHyperLogLog, isDone, sparseBytesMax } from "./_values.ts";

const HEADER_BYTES = 16;
/** Where the header says how the registers are stored. */
const ENCODING_AT = 4;
const DENSE = 0;

/** `PFDEBUG` */
export const pfdebug: CommandSpec = {
  name: "pfdebug",
  summary: "Internal commands for debugging HyperLogLog values",
  since: "2.8.9",
  group: "hyperloglog",
  complexity: "N/A",
  arity: 3,
  flags: ["write", "denyoom", "admin"],
  acl: ["hyperloglog"],
  docFlags: ["syscmd"],
  keys: [keyAt(2, "RW", "access")],
  arguments: [string("subcommand"), key("key")],
  handler: pfdebugHandler,
};

/** `PFSELFTEST` */
export const pfselftest: CommandSpec = {
  name: "pfselftest",
  summary: "An internal command for testing HyperLogLog values",
  since: "2.8.9",
  group: "hyperloglog",
  complexity: "N/A",
  arity: 1,
  flags: ["admin"],
  acl: ["hyperloglog"],
  docFlags: ["syscmd"],
  handler: pfselftestHandler,
};

function pfdebugHandler(call: Call): void {
  const { reply, x } = call;
  const found = call.lookupWrite(2);
  if (found === 0) {
    reply.error("ERR The specified key does not exist");
    return;
  }
  if (!checkHyperLogLog(call, found)) return;
  // As Redis does, whatever comes: it is raw from then on.
  const entry = call.keyspace.need(x.stringRoom(call.db, found, 0));
  const bytes = view(call, entry);
  if (call.argIs(1, "getreg")) {
    if (!isDone(call, x.hllToDense(call.db, entry))) return;
    x.hllRegistersReply(x.find(call.db, x.argPtr(2), x.argLength(2)));
  } else if (call.argIs(1, "decode")) {
    if (bytes[ENCODING_AT] === DENSE) {
      reply.error("ERR HLL encoding is not sparse");
    } else reply.text(decode(bytes));
  } else if (call.argIs(1, "encoding")) {
    reply.simple(bytes[ENCODING_AT] === DENSE ? "dense" : "sparse");
  } else if (call.argIs(1, "todense")) {
    const made = x.hllToDense(call.db, entry);
    if (isDone(call, made)) reply.integer(made);
  } else {
    reply.error(`ERR Unknown PFDEBUG subcommand '${call.argText(1)}'`);
  }
}

/** The bytes of an entry's string; valid until the core is called again. */
function view(call: Call, entry: number): Uint8Array {
  const ptr = call.x.stringView(entry);
  return call.core.view(ptr, call.x.stringViewLength());
}

/** The runs of a sparse one: `z:` and `Z:` zeros, `v:` a value. */
function decode(bytes: Uint8Array): string {
  const runs: string[] = [];
  for (let at = HEADER_BYTES; at < bytes.length; at++) {
    const byte = bytes[at];
    if ((byte & 0x80) !== 0) {
      runs.push(`v:${(byte >> 2 & 31) + 1},${(byte & 3) + 1}`);
    } else if ((byte & 0x40) !== 0) {
      at++;
      runs.push(`Z:${((byte & 63) << 8 | (bytes[at] ?? 0)) + 1}`);
    } else runs.push(`z:${byte + 1}`);
  }
  return runs.join(" ");
}

function pfselftestHandler(call: Call): void {
  const { x } = call;
  const detail = (index: number) => x.hllSelfTestDetail(index);
  switch (x.hllSelfTest(sparseBytesMax(call))) {
    case 0:
      return call.reply.ok();
    case 1:
      return call.reply.error(
        `ERR TESTFAILED Register ${detail(0)} should be ${detail(1)} but is ${
          detail(2)
        }`,
      );
    case 2:
      return call.reply.error("ERR TESTFAILED sparse encoding not used");
    case 3:
      return call.reply.error("ERR TESTFAILED dense/sparse disagree");
    case 4:
      return call.reply.error(
        `ERR TESTFAILED Too big error. card:${detail(0)} abserr:${detail(1)}`,
      );
  }
  call.keyspace.need(0);
}
