/** The command table is well formed, and what is derived from it is what it should be. */

import assert from "node:assert/strict";
import {
  ACL_BITS,
  aclCategories,
  CommandTable,
  FLAG_BITS,
  visibleFlags,
} from "../../../src/commands/entries.ts";
import {
  getKeys,
  hasKeys,
  legacyKeyRange,
} from "../../../src/commands/key_positions.ts";
import {
  ACL_CATEGORIES,
  type ArgumentSpec,
  COMMAND_FLAGS,
  type CommandSpec,
  key,
  KEY_FLAGS,
  keyAt,
  type KeySpec,
  token,
} from "../../../src/commands/spec.ts";
import { COMMAND_TABLE, COMMANDS } from "../../../src/commands/table.ts";

const VERSION = /^\d+\.\d+\.\d+$/;

function assertInOrder(
  names: readonly string[],
  order: readonly string[],
  where: string,
): void {
  const sorted = [...new Set(names)].sort((a, b) =>
    order.indexOf(a) - order.indexOf(b)
  );
  assert.deepEqual(names, sorted, `flags of ${where} repeat or are unordered`);
}

function flatArguments(list: readonly ArgumentSpec[]): ArgumentSpec[] {
  return list.flatMap((arg) => [arg, ...flatArguments(arg.arguments ?? [])]);
}

function specWithKeys(...keys: KeySpec[]): CommandSpec {
  return {
    name: "sample",
    summary: "A sample",
    since: "1.0.0",
    group: "generic",
    arity: -2,
    flags: [],
    keys,
  };
}

const KEYNUM_SPEC: KeySpec = {
  flags: ["RO", "access"],
  beginSearch: { type: "index", index: 2 },
  findKeys: { type: "keynum", keyNumIndex: 0, firstKey: 1, keyStep: 1 },
};

const KEYWORD_SPEC: KeySpec = {
  flags: ["RO"],
  beginSearch: { type: "keyword", keyword: "STREAMS", startFrom: 1 },
  findKeys: { type: "range", lastKey: -1, keyStep: 1, limit: 2 },
};

Deno.test("commands and subcommands are sorted and unique, in lower case", () => {
  for (
    const list of [COMMANDS, ...COMMANDS.map((spec) => spec.subcommands ?? [])]
  ) {
    const names = list.map((spec) => spec.name);
    assert.deepEqual(names, [...new Set(names)].sort());
    for (const name of names) assert.match(name, /^[a-z_-]+$/);
  }
});

Deno.test("ids are dense, and top-level commands come first", () => {
  COMMAND_TABLE.entries.forEach((entry, index) =>
    assert.equal(entry.id, index)
  );
  assert.deepEqual(
    COMMAND_TABLE.commands.map((entry) => entry.spec),
    COMMANDS,
  );
  for (const { parent, id } of COMMAND_TABLE.entries) {
    assert.equal(parent === undefined, id < COMMANDS.length);
  }
});

Deno.test("every entry is found by its full name, without regard to case", () => {
  for (const entry of COMMAND_TABLE.entries) {
    assert.equal(COMMAND_TABLE.find(entry.fullName.toUpperCase()), entry);
    for (const subcommand of entry.subcommands) {
      assert.equal(subcommand.parent, entry);
      assert.equal(
        subcommand.fullName,
        `${entry.fullName}|${subcommand.spec.name}`,
      );
    }
  }
  assert.equal(COMMAND_TABLE.find("client|list|x"), undefined);
  assert.equal(COMMAND_TABLE.find("get|x"), undefined);
});

Deno.test("a table refuses two commands of the same name", () => {
  assert.throws(
    () => new CommandTable([specWithKeys(), specWithKeys()]),
    /two commands are named sample/,
  );
});

Deno.test("every command has a handler or subcommands, and a possible arity", () => {
  for (const { spec, fullName, parent } of COMMAND_TABLE.entries) {
    assert.ok(spec.handler ?? spec.subcommands, `${fullName} does nothing`);
    assert.ok(Number.isInteger(spec.arity) && spec.arity !== 0, fullName);
    if (parent !== undefined) assert.ok(Math.abs(spec.arity) >= 2, fullName);
    if (spec.handler === undefined) assert.equal(spec.arity, -2, fullName);
    assert.match(spec.since, VERSION, fullName);
    assert.ok(spec.summary.length > 0, fullName);
  }
});

Deno.test("flags are in the order replies show them, and none is derived or contradictory", () => {
  for (const { spec, fullName } of COMMAND_TABLE.entries) {
    assertInOrder(spec.flags, COMMAND_FLAGS, fullName);
    assert.ok(!spec.flags.includes("movablekeys"), fullName);
    assert.ok(
      !(spec.flags.includes("write") && spec.flags.includes("readonly")),
      fullName,
    );
    for (const category of spec.acl ?? []) {
      assert.ok(ACL_CATEGORIES.includes(category), fullName);
    }
  }
});

Deno.test("every key spec is valid and lies within the arity", () => {
  for (const { spec, fullName } of COMMAND_TABLE.entries) {
    for (const { flags, beginSearch, findKeys } of spec.keys ?? []) {
      assertInOrder(flags, KEY_FLAGS, fullName);
      const access = flags.filter((flag) => /^[A-Z]{2}$/.test(flag));
      // What is no key, but decides about the slot, is not accessed.
      const count = flags.includes("not_key") ? 0 : 1;
      assert.equal(access.length, count, `${fullName}: one of RO, RW, OW, RM`);
      if (beginSearch.type === "index") {
        assert.ok(beginSearch.index >= 1, fullName);
        // PFMERGE and its like do without the last keys of their range.
        const required = Math.abs(spec.arity) + (spec.arity < 0 ? 1 : 0);
        assert.ok(beginSearch.index < required, fullName);
      }
      if (findKeys.type === "range") {
        assert.ok(findKeys.keyStep >= 1 && findKeys.lastKey >= -2, fullName);
      }
      if (flags.includes("variable_flags")) assert.ok(spec.getKeys, fullName);
    }
  }
});

Deno.test("key arguments name a key spec, and every key spec has an argument", () => {
  for (const { spec, fullName } of COMMAND_TABLE.entries) {
    const used = new Set<number>();
    for (const argument of flatArguments(spec.arguments ?? [])) {
      const isNested = argument.type === "oneof" || argument.type === "block";
      assert.equal(argument.arguments !== undefined, isNested, fullName);
      assert.equal(argument.name, argument.name.toLowerCase(), fullName);
      if (argument.token !== undefined) {
        assert.equal(argument.token, argument.token.toUpperCase(), fullName);
      }
      if (argument.keySpecIndex !== undefined) used.add(argument.keySpecIndex);
    }
    assert.deepEqual(
      [...used].sort(),
      (spec.keys ?? []).flatMap(({ flags }, index) =>
        flags.includes("not_key") ? [] : [index]
      ),
      fullName,
    );
  }
});

Deno.test("history and versions are written as versions", () => {
  for (const { spec, fullName } of COMMAND_TABLE.entries) {
    for (const [since, change] of spec.history ?? []) {
      assert.match(since, VERSION, fullName);
      assert.ok(change.length > 0, fullName);
    }
    for (const { since } of flatArguments(spec.arguments ?? [])) {
      if (since !== undefined) assert.match(since, VERSION, fullName);
    }
    const isDeprecated = spec.docFlags?.includes("deprecated") ?? false;
    assert.equal(spec.deprecatedSince !== undefined, isDeprecated, fullName);
  }
});

Deno.test("bits stay positive 32-bit integers", () => {
  for (const bit of [...Object.values(FLAG_BITS), ...Object.values(ACL_BITS)]) {
    assert.ok(bit > 0 && bit < 2 ** 31);
  }
});

Deno.test("implied ACL categories and hidden flags follow Redis", () => {
  const get = COMMAND_TABLE.find("get")!;
  assert.deepEqual(aclCategories(get), ["read", "string", "fast"]);
  const kill = COMMAND_TABLE.find("client|kill")!;
  assert.deepEqual(
    aclCategories(kill),
    ["admin", "slow", "dangerous", "connection"],
  );
  assert.ok(kill.flagBits & FLAG_BITS.sentinel);
  assert.ok(!visibleFlags(kill).includes("sentinel"));
});

Deno.test("a helper's options override its defaults", () => {
  assert.equal(key("destination", { keySpecIndex: 1 }).keySpecIndex, 1);
  assert.deepEqual(token("nx", "NX"), {
    name: "nx",
    type: "pure-token",
    token: "NX",
  });
});

Deno.test("the legacy range joins consecutive key specs and marks the rest movable", () => {
  assert.deepEqual(legacyKeyRange([]), {
    firstKey: 0,
    lastKey: 0,
    keyStep: 0,
    isMovable: false,
  });
  assert.deepEqual(legacyKeyRange([keyAt(1, "RO"), keyAt(2, "OW")]), {
    firstKey: 1,
    lastKey: 2,
    keyStep: 1,
    isMovable: false,
  });
  assert.deepEqual(legacyKeyRange([keyAt(1, "OW"), KEYNUM_SPEC]), {
    firstKey: 1,
    lastKey: 1,
    keyStep: 1,
    isMovable: true,
  });
  assert.deepEqual(legacyKeyRange([KEYWORD_SPEC]), {
    firstKey: 0,
    lastKey: 0,
    keyStep: 0,
    isMovable: true,
  });
});

Deno.test("keys are counted by a number among the arguments", () => {
  const spec = specWithKeys(KEYNUM_SPEC);
  const indexes = (args: string[]) =>
    getKeys(spec, args).map((found) => found.index);
  assert.deepEqual(indexes(["eval", "x", "2", "a", "b", "c"]), [3, 4]);
  assert.deepEqual(indexes(["eval", "x", "0", "a"]), []);
  for (const count of ["3", "-1", "x", "+1", "01", "99999999999999999999"]) {
    assert.deepEqual(indexes(["eval", "x", count, "a"]), [], count);
  }
  assert.deepEqual(indexes(["eval", "x"]), []);
});

Deno.test("keys follow a keyword, and may be the first half of what follows", () => {
  const spec = specWithKeys(KEYWORD_SPEC);
  const args = ["xread", "count", "1", "streams", "a", "b", "0", "0"];
  assert.deepEqual(getKeys(spec, args).map((found) => found.index), [4, 5]);
  assert.deepEqual(getKeys(spec, ["xread", "count", "1"]), []);
  const encoder = new TextEncoder();
  assert.deepEqual(
    getKeys(spec, args.map((text) => encoder.encode(text))),
    getKeys(spec, args),
  );
});

Deno.test("a keyword may be searched from the end", () => {
  const spec = specWithKeys({
    flags: ["RW"],
    beginSearch: { type: "keyword", keyword: "KEYS", startFrom: -2 },
    findKeys: { type: "range", lastKey: -1, keyStep: 1, limit: 0 },
  });
  const args = ["migrate", "host", "1", "", "0", "9", "keys", "a", "b"];
  assert.deepEqual(getKeys(spec, args).map((found) => found.index), [7, 8]);
});

Deno.test("specs that are not keys or not known give no keys", () => {
  const notKey = specWithKeys(keyAt(1, "RO", "not_key"));
  assert.equal(hasKeys(notKey), false);
  assert.deepEqual(getKeys(notKey, ["publish", "a"]), []);
  const unknown = specWithKeys({
    flags: ["RO"],
    beginSearch: { type: "unknown" },
    findKeys: { type: "unknown" },
  });
  assert.equal(hasKeys(unknown), true);
  assert.deepEqual(getKeys(unknown, ["sort", "a"]), []);
});

Deno.test("SET reads its key only with the option GET", () => {
  const { spec } = COMMAND_TABLE.find("set")!;
  assert.deepEqual(getKeys(spec, ["SET", "get", "get"]), [
    { index: 1, flags: ["OW", "update"] },
  ]);
  assert.deepEqual(getKeys(spec, ["SET", "k", "v", "NX", "Get"]), [
    { index: 1, flags: ["RW", "access", "update"] },
  ]);
});

Deno.test("BITFIELD only reads its key if it only gets", () => {
  const { spec } = COMMAND_TABLE.find("bitfield")!;
  const flagsOf = (line: string) => getKeys(spec, line.split(" "))[0].flags;
  const reading = ["RO", "access"];
  const writing = ["RW", "access", "update"];
  assert.deepEqual(flagsOf("BITFIELD k"), reading);
  assert.deepEqual(
    flagsOf("BITFIELD k GET u8 0 OVERFLOW SAT get i5 #2"),
    reading,
  );
  assert.deepEqual(flagsOf("BITFIELD k GET u8 0 SET u8 0 1"), writing);
  assert.deepEqual(flagsOf("BITFIELD k GET u8"), writing);
});
