/** Bytes a member of a large collection costs, and a field of a small one. */

import { encodeCommand, infoField, type RawClient } from "./_client.ts";
import { BenchServer } from "./_process.ts";

const COMMANDS_PER_BATCH = 1000;
const MEMBERS = 1_000_000;
const SMALL_HASHES = 1_000_000;
const FIELDS = 10;

/** One kind of collection at both servers, bytes a member by `used_memory`. */
export interface MemberResult {
  readonly what: string;
  readonly reference: number;
  readonly candidate: number;
  /** What is promised; no more than the reference where nothing is. */
  readonly bytesMax?: number;
}

/** A collection to be filled. */
interface Filling {
  readonly what: string;
  /** The command that adds the member of this number. */
  readonly command: (number: number) => readonly (string | number)[];
  readonly commands: number;
  /** Members a command adds. */
  readonly members: number;
  readonly bytesMax?: number;
}

function digits(number: number): string {
  return String(number).padStart(8, "0");
}

const FILLINGS: readonly Filling[] = [
  {
    what: "a list of a million elements",
    command: (number) => ["RPUSH", "list", `m:${digits(number)}`],
    commands: MEMBERS,
    members: 1,
  },
  {
    what: "a set of a million members",
    command: (number) => ["SADD", "set", `m:${digits(number)}`],
    commands: MEMBERS,
    members: 1,
  },
  {
    what: "a sorted set of a million members",
    command: (number) => ["ZADD", "zset", number, `m:${digits(number)}`],
    commands: MEMBERS,
    members: 1,
    bytesMax: 70,
  },
  {
    what: "a hash of a million fields",
    command: (number) => ["HSET", "hash", `f:${digits(number)}`, number],
    commands: MEMBERS,
    members: 1,
    bytesMax: 48,
  },
  {
    what: "a stream of a million entries",
    command: (number) => ["XADD", "stream", `${number + 1}-0`, "f", number],
    commands: MEMBERS,
    members: 1,
  },
  {
    what: "a million hashes of ten fields",
    command: (number) => [
      "HSET",
      `h:${digits(number)}`,
      ...Array.from({ length: FIELDS }, (_, i) => [`f${i}`, number + i]).flat(),
    ],
    commands: SMALL_HASHES,
    members: FIELDS,
  },
];

/** Measures every kind on both servers. */
export async function measureMembers(
  binaries: { readonly reference: string; readonly candidate: string },
): Promise<MemberResult[]> {
  const results: MemberResult[] = [];
  await using reference = await BenchServer.start(
    "reference",
    binaries.reference,
  );
  await using candidate = await BenchServer.start(
    "candidate",
    binaries.candidate,
  );
  for (const filling of FILLINGS) {
    const { what, bytesMax } = filling;
    const result = {
      what,
      bytesMax,
      reference: await fill(reference, filling),
      candidate: await fill(candidate, filling),
    };
    results.push(result);
    console.log(
      `${what}: reference ${result.reference.toFixed(1)} B a member, ` +
        `candidate ${result.candidate.toFixed(1)}`,
    );
  }
  return results;
}

/** Fills an empty server; returns the growth of `used_memory` a member. */
async function fill(server: BenchServer, filling: Filling): Promise<number> {
  using client = await server.connect();
  await client.call("FLUSHALL", "SYNC");
  const before = await usedMemory(client);
  for (let done = 0; done < filling.commands; done += COMMANDS_PER_BATCH) {
    await sendBatch(client, filling, done);
  }
  const after = await usedMemory(client);
  await client.call("FLUSHALL", "SYNC");
  return (after - before) / (filling.commands * filling.members);
}

async function sendBatch(
  client: RawClient,
  filling: Filling,
  first: number,
): Promise<void> {
  const commands: Uint8Array[] = [];
  let bytes = 0;
  for (let i = 0; i < COMMANDS_PER_BATCH; i++) {
    const command = encodeCommand(...filling.command(first + i));
    commands.push(command);
    bytes += command.length;
  }
  const batch = new Uint8Array(bytes);
  let at = 0;
  for (const command of commands) {
    batch.set(command, at);
    at += command.length;
  }
  await client.write(batch);
  await client.pingAfterOthers(`done-${first}`);
}

async function usedMemory(client: RawClient): Promise<number> {
  const bytes = await infoField(client, "memory", "used_memory");
  if (bytes === undefined) throw new Error("INFO does not tell used_memory");
  return bytes;
}
