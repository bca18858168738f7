/**
 * The command table beside a live `redis-server`: `COMMAND INFO`,
 * `COMMAND DOCS` and `COMMAND GETKEYSANDFLAGS`. Sets (flags, categories, tips,
 * subcommands) are compared without regard to order.
 */

import assert from "node:assert/strict";
import {
  aclCategories,
  type CommandEntry,
  visibleFlags,
} from "../../src/commands/entries.ts";
import { getKeys, legacyKeyRange } from "../../src/commands/key_positions.ts";
import type {
  ArgumentSpec,
  CommandSpec,
  KeyFlag,
  KeySpec,
} from "../../src/commands/spec.ts";
import { COMMAND_TABLE } from "../../src/commands/table.ts";
import {
  type PlainValue,
  redisBinary,
  redisTest,
  REFERENCE_VERSION,
  ReplyError,
  RespClient,
  startServer,
} from "../_support/mod.ts";

/** What AiKv has and the reference has not: options of Redis 7.2 and 7.4. Nothing else may differ. */
const NEWER_THAN_REFERENCE = [
  "acl|log history 7.2.0",
  "client|kill argument maxage 7.4.0",
  "client|kill history 7.4.0",
  "client|list history 7.2.0",
  "client|list history 7.4.0",
  "client|no-touch 7.2.0",
  "client|setinfo 7.2.0",
  "hexpire 7.4.0",
  "hexpireat 7.4.0",
  "hexpiretime 7.4.0",
  "hpersist 7.4.0",
  "hpexpire 7.4.0",
  "hpexpireat 7.4.0",
  "hpexpiretime 7.4.0",
  "hpttl 7.4.0",
  "hscan argument novalues 7.4.0",
  "httl 7.4.0",
  "zrank argument withscore 7.2.0",
  "zrank history 7.2.0",
  "zrevrank argument withscore 7.2.0",
  "zrevrank history 7.2.0",
];

/** The arities that newer options have changed, as the reference has them. */
const ARITY_OF_REFERENCE: Readonly<Record<string, number>> = {
  zrank: 3,
  zrevrank: 3,
};

/** What the reference has and AiKv has not yet. */
const WAITING: readonly string[] = [];

type Reply = Map<string, PlainValue>;

function isNewer(since: string | undefined): boolean {
  if (since === undefined) return false;
  const [a, b] = [since, REFERENCE_VERSION].map((version) =>
    version.split(".").map(Number)
  );
  const index = a.findIndex((part, i) => part !== b[i]);
  return index >= 0 && a[index] > b[index];
}

async function withRedis(
  run: (client: RespClient) => Promise<void>,
): Promise<void> {
  await using server = await startServer({ binary: redisBinary() });
  using client = await RespClient.connect({ port: server.port });
  await client.call("HELLO", "3");
  await run(client);
}

/** For what Redis replies as a set. */
function sorted(value: PlainValue | readonly string[] | undefined): string[] {
  return [...(value as readonly string[] | undefined) ?? []].sort();
}

// What the live server says, in one comparable form.

/** The names Redis and the table give the same number. */
const SPEC_FIELDS: Readonly<Record<string, string>> = {
  startfrom: "startFrom",
  lastkey: "lastKey",
  keystep: "keyStep",
  keynumidx: "keyNumIndex",
  firstkey: "firstKey",
};

function liveKeySpec(value: PlainValue): KeySpec {
  const reply = value as Reply;
  const part = (name: string) => {
    const map = reply.get(name) as Reply;
    const fields = [...map.get("spec") as Reply].map(([field, content]) => [
      SPEC_FIELDS[field] ?? field,
      content,
    ]);
    return { type: map.get("type"), ...Object.fromEntries(fields) };
  };
  const notes = reply.get("notes") as string | undefined;
  return {
    flags: reply.get("flags") as KeyFlag[],
    beginSearch: part("begin_search"),
    findKeys: part("find_keys"),
    ...notes === undefined ? {} : { notes },
  };
}

function liveInfo(value: PlainValue): Record<string, unknown> {
  const [
    fullName,
    arity,
    flags,
    firstKey,
    lastKey,
    keyStep,
    categories,
    tips,
    keys,
    subcommands,
  ] = value as PlainValue[];
  return {
    fullName,
    arity,
    flags: sorted(flags),
    firstKey,
    lastKey,
    keyStep,
    categories: sorted(categories),
    tips: sorted(tips),
    keys: (keys as PlainValue[]).map(liveKeySpec),
    subcommands: sorted(
      (subcommands as PlainValue[]).map((one) => (one as string[])[0]),
    ).filter((name) => !WAITING.includes(name)),
  };
}

function tableInfo(entry: CommandEntry): Record<string, unknown> {
  return {
    fullName: entry.fullName,
    arity: ARITY_OF_REFERENCE[entry.fullName] ?? entry.spec.arity,
    flags: sorted(visibleFlags(entry)),
    firstKey: entry.firstKey,
    lastKey: entry.lastKey,
    keyStep: entry.keyStep,
    categories: sorted(aclCategories(entry).map((name) => `@${name}`)),
    tips: sorted(entry.spec.tips),
    keys: entry.spec.keys ?? [],
    subcommands: sorted(
      entry.subcommands.filter((one) => !isNewer(one.spec.since)).map((one) =>
        one.fullName
      ),
    ),
  };
}

function liveArgument(value: PlainValue): Record<string, unknown> {
  const {
    key_spec_index: keySpecIndex,
    deprecated_since: deprecatedSince,
    flags,
    arguments: parts,
    ...rest
  } = Object.fromEntries(value as Reply);
  const has = (flag: string) => sorted(flags).includes(flag);
  return defined({
    ...rest,
    keySpecIndex,
    deprecatedSince,
    optional: has("optional") || undefined,
    multiple: has("multiple") || undefined,
    multipleToken: has("multiple_token") || undefined,
    arguments: (parts as PlainValue[] | undefined)?.map(liveArgument),
  });
}

function liveDocs(reply: Reply): Record<string, unknown> {
  return defined({
    summary: reply.get("summary"),
    since: reply.get("since"),
    group: reply.get("group"),
    complexity: reply.get("complexity"),
    docFlags: sorted(reply.get("doc_flags")),
    deprecatedSince: reply.get("deprecated_since"),
    replacedBy: reply.get("replaced_by"),
    history: reply.get("history") ?? [],
    arguments: ((reply.get("arguments") ?? []) as PlainValue[]).map(
      liveArgument,
    ),
  });
}

function tableArgument(argument: ArgumentSpec): Record<string, unknown> {
  const parts = argument.arguments?.filter((part) => !isNewer(part.since));
  return defined({ ...argument, arguments: parts?.map(tableArgument) });
}

function tableDocs(spec: CommandSpec): Record<string, unknown> {
  return defined({
    summary: spec.summary,
    since: spec.since,
    group: spec.group,
    complexity: spec.complexity,
    docFlags: sorted(spec.docFlags),
    deprecatedSince: spec.deprecatedSince,
    replacedBy: spec.replacedBy,
    history: (spec.history ?? []).filter(([since]) => !isNewer(since)),
    arguments: (spec.arguments ?? []).filter((one) => !isNewer(one.since)).map(
      tableArgument,
    ),
  });
}

function defined(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).filter(([, value]) => value !== undefined),
  );
}

/** Everything in the table that is newer than the reference. */
function newerThanReference(): string[] {
  const found: string[] = [];
  const visit = (fullName: string, list: readonly ArgumentSpec[]) => {
    for (const argument of list) {
      if (isNewer(argument.since)) {
        found.push(`${fullName} argument ${argument.name} ${argument.since}`);
      }
      visit(fullName, argument.arguments ?? []);
    }
  };
  for (const { fullName, spec } of COMMAND_TABLE.entries) {
    if (isNewer(spec.since)) {
      found.push(`${fullName} ${spec.since}`);
      continue;
    }
    visit(fullName, spec.arguments ?? []);
    for (const [since] of spec.history ?? []) {
      if (isNewer(since)) found.push(`${fullName} history ${since}`);
    }
  }
  return found.sort();
}

const shared = COMMAND_TABLE.entries.filter((entry) =>
  !isNewer(entry.spec.since)
);

Deno.test("what the command table has beyond the reference is listed and explained", () => {
  assert.deepEqual(newerThanReference(), NEWER_THAN_REFERENCE);
});

Deno.test("what waits for a later stage is not in the command table", () => {
  const names = COMMAND_TABLE.entries.map((entry) => entry.fullName);
  assert.deepEqual(names.filter((name) => WAITING.includes(name)), []);
});

redisTest(
  "the command table says what COMMAND INFO of redis-server says",
  async () => {
    await withRedis(async (client) => {
      for (const entry of shared) {
        const [live] = await client.call(
          "COMMAND",
          "INFO",
          entry.fullName,
        ) as PlainValue[];
        assert.ok(live, `redis-server does not know ${entry.fullName}`);
        assert.deepEqual(tableInfo(entry), liveInfo(live), entry.fullName);
      }
    });
  },
);

redisTest(
  "the command table says what COMMAND DOCS of redis-server says",
  async () => {
    await withRedis(async (client) => {
      for (const { fullName, spec } of shared) {
        const docs = await client.call("COMMAND", "DOCS", fullName) as Reply;
        const live = docs.get(fullName) as Reply;
        assert.deepEqual(tableDocs(spec), liveDocs(live), fullName);
      }
    });
  },
);

redisTest(
  "legacy key ranges are derived as redis-server derives them, for all its commands",
  async () => {
    await withRedis(async (client) => {
      const visit = (value: PlainValue) => {
        const { fullName, flags, firstKey, lastKey, keyStep, keys } = liveInfo(
          value,
        );
        const isMovable = (flags as string[]).includes("movablekeys");
        assert.deepEqual(
          legacyKeyRange(keys as KeySpec[]),
          { firstKey, lastKey, keyStep, isMovable },
          String(fullName),
        );
        const subcommands = (value as PlainValue[])[9] as PlainValue[];
        subcommands.forEach(visit);
      };
      const commands = await client.call("COMMAND") as PlainValue[];
      assert.ok(commands.length > 200);
      commands.forEach(visit);
    });
  },
);

/** Calls whose keys are asked for; the last ones use key specs of commands the table lacks. */
const CALLS = [
  "get a",
  "mget a b c",
  "mset a 1 b 2",
  "mset a 1 b",
  "msetnx a 1 b 2 c",
  "set a 1",
  "set a get",
  "set a 1 nx GET",
  "set a 1 ex 10",
  "getex a persist",
  "copy a b db 1",
  "rename a b",
  "lcs a b len",
  "del a b",
  "unlink a",
  "touch a b c",
  "exists a a",
  "watch a b",
  "object encoding a",
  "memory usage a samples 5",
  "expire a 10 nx",
  "append a b",
  "eval return 2 a b c",
  "eval return 0 a",
  "eval return 3 a b",
  "eval return x a b",
  "eval return -1 a b",
  "zunionstore d 2 a b weights 1 2",
  "zunionstore d 5 a b weights 1",
  "zinter 2 a b",
  "lmpop 2 a b left",
  "xread count 1 streams a b 0 0",
  "xread count 1 streams a b 0",
  "xreadgroup group g c streams a 0",
  "blpop a b 0",
  "bitop and d a b",
  "bitfield a get u8 0 overflow sat",
  "bitfield a get u8 0 set u8 0 1",
  "bitfield a get u8",
  "pfmerge d",
  "pfmerge d a b",
  "pfcount a b",
  "pfdebug getreg a",
  "migrate host 1 a 0 1000",
  "xgroup create a g $",
  "sintercard 2 a b limit 1",
];

redisTest(
  "keys and their flags are found as redis-server finds them",
  async () => {
    await withRedis(async (client) => {
      for (const line of CALLS) {
        const args = line.split(" ");
        const entry = COMMAND_TABLE.find(args[0]);
        const spec = COMMAND_TABLE.find(`${args[0]}|${args[1]}`)?.spec ??
          entry?.spec ?? await borrowedSpec(client, args);
        const { value } = await client.send(
          "COMMAND",
          "GETKEYSANDFLAGS",
          ...args,
        );
        const found = getKeys(spec, args).map(({ index, flags }) => [
          args[index],
          flags,
        ]);
        const plain = value.kind === "error"
          ? []
          : await client.call("COMMAND", "GETKEYSANDFLAGS", ...args);
        assert.deepEqual(found, plain, line);
      }
    });
  },
);

/** A spec with nothing but the key specs the live server gives. */
async function borrowedSpec(
  client: RespClient,
  args: readonly string[],
): Promise<CommandSpec> {
  const names = [`${args[0]}|${args[1]}`, args[0]];
  const replies = await client.call(
    "COMMAND",
    "INFO",
    ...names,
  ) as PlainValue[];
  const live = replies.find((reply) => reply !== null);
  if (live === undefined) throw new ReplyError(`unknown command ${args[0]}`);
  const info = liveInfo(live);
  return {
    name: args[0],
    summary: "",
    since: "",
    group: "generic",
    arity: info.arity as number,
    flags: [],
    keys: info.keys as KeySpec[],
  };
}
