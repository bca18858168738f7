/** Reads all data out of a server, to compare it after a sequence. */

import {
  type Argument,
  bytesToLatin1,
  type PlainValue,
  type RespClient,
  toPlain,
} from "../_support/mod.ts";
import { describe, pairsOf } from "./_normalise.ts";

const DATABASE_COUNT = 16;
const TTL_TOLERANCE_MS = 3000;

interface KeyState {
  readonly description: string;
  readonly ttlMs: number;
}

/** All keys by database and name. */
export type ServerState = ReadonlyMap<string, KeyState>;

/** How a value of each type is read in full, in an order that does not vary. */
const READERS: Readonly<Record<string, (key: Uint8Array) => Argument[]>> = {
  string: (key) => ["GET", key],
  list: (key) => ["LRANGE", key, 0, -1],
  set: (key) => ["SMEMBERS", key],
  zset: (key) => ["ZRANGE", key, 0, -1, "WITHSCORES"],
  hash: (key) => ["HGETALL", key],
  stream: (key) => ["XRANGE", key, "-", "+"],
};

/** Reads the whole state over a connection speaking RESP2, which it occupies. */
export async function readState(client: RespClient): Promise<ServerState> {
  const state = new Map<string, KeyState>();
  for (const database of await databasesInUse(client)) {
    await client.call("SELECT", database);
    const { value } = await client.send("KEYS", "*");
    if (value.kind !== "array") throw new Error("KEYS gave no array");
    for (const item of value.items ?? []) {
      if (item.kind !== "bulk" || item.bytes === null) continue;
      const label = `db ${database} ${describe(item)}`;
      const key = await readKey(client, item.bytes);
      if (key !== undefined) state.set(label, key);
    }
  }
  return state;
}

async function databasesInUse(client: RespClient): Promise<number[]> {
  const commands: Argument[][] = [];
  for (let database = 0; database < DATABASE_COUNT; database++) {
    commands.push(["SELECT", database], ["DBSIZE"]);
  }
  const replies = await client.pipeline(commands);
  const inUse: number[] = [];
  for (let database = 0; database < DATABASE_COUNT; database++) {
    const size = toPlain(replies[database * 2 + 1].value);
    if (size !== 0) inUse.push(database);
  }
  return inUse;
}

async function readKey(
  client: RespClient,
  key: Uint8Array,
): Promise<KeyState | undefined> {
  const [type, encoding, ttl] = (await client.pipeline([
    ["TYPE", key],
    ["OBJECT", "ENCODING", key],
    ["PTTL", key],
  ])).map((reply): PlainValue => toPlain(reply.value));
  if (type === "none") return undefined;
  const reader = READERS[String(type)];
  let content = "?";
  if (reader !== undefined) {
    const { value, raw } = await client.send(...reader(key));
    // A hash table has its own order.
    const isUnordered = encoding === "hashtable";
    if (type === "hash" && isUnordered) {
      content = pairsOf(value).sort().join(" ");
    } else if (type === "set" && isUnordered && "items" in value) {
      content = (value.items ?? []).map(describe).sort().join(" ");
    } else content = bytesToLatin1(raw);
  }
  return {
    description: `${type} ${encoding} ${content}`,
    ttlMs: Number(ttl),
  };
}

/** Every difference between two states, one sentence each. */
export function compareStates(
  reference: ServerState,
  subject: ServerState,
): string[] {
  const differences: string[] = [];
  for (const label of new Set([...reference.keys(), ...subject.keys()])) {
    const expected = reference.get(label);
    const got = subject.get(label);
    if (expected === undefined || got === undefined) {
      differences.push(
        `${label}: only ${expected === undefined ? "AiKv" : "Redis"} has it`,
      );
    } else if (expected.description !== got.description) {
      differences.push(
        `${label}: expected ${shorten(expected.description)}, got ${
          shorten(got.description)
        }`,
      );
    } else if (!sameTtl(expected.ttlMs, got.ttlMs)) {
      differences.push(
        `${label}: expected ttl ${expected.ttlMs} ms, got ${got.ttlMs} ms`,
      );
    }
  }
  return differences;
}

function sameTtl(expectedMs: number, gotMs: number): boolean {
  if (expectedMs < 0 || gotMs < 0) return expectedMs === gotMs;
  return Math.abs(expectedMs - gotMs) <= TTL_TOLERANCE_MS;
}

function shorten(text: string): string {
  return JSON.stringify(text.length > 400 ? text.slice(0, 400) + "…" : text);
}
