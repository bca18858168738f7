/** Whether users may do what they try. */

import assert from "node:assert/strict";
import {
  type AclRequest,
  allowsChannel,
  channelsThatRemain,
  findDenial,
  mayUseAllKeys,
  READ,
  User,
  WRITE,
} from "../../../src/acl/mod.ts";
import { newContext, type TestContext } from "./_context.ts";

function userWith(context: TestContext, ...rules: string[]): User {
  const user = new User("u", context);
  for (const rule of rules) assert.equal(user.apply(rule), undefined, rule);
  return user;
}

/** A call whose keys and channels are marked: `r:a`, `w:a`, `rw:a`, `-:a`, `c:a`, `p:a*`. */
function request(
  context: TestContext,
  name: string,
  ...args: string[]
): AclRequest {
  const command = context.catalogue.find(name)!;
  const bits: Record<string, number> = {
    r: READ,
    w: WRITE,
    rw: READ | WRITE,
    "-": 0,
  };
  const marked = args.map((arg, i) => {
    const [mark, text] = /^(r|w|rw|-|c|p):/.test(arg)
      ? [arg.slice(0, arg.indexOf(":")), arg.slice(arg.indexOf(":") + 1)]
      : ["", arg];
    return { index: i + 1, mark, text };
  });
  return {
    command,
    length: args.length + 1,
    text: (index) => index === 0 ? name : marked[index - 1].text,
    keys: () =>
      marked.filter(({ mark }) => mark in bits)
        .map(({ index, mark }) => ({ index, permissions: bits[mark] })),
    channels: () =>
      marked.filter(({ mark }) => mark === "c" || mark === "p")
        .map(({ index, mark }) => ({ index, isPattern: mark === "p" })),
  };
}

function verdict(rules: string[], name: string, ...args: string[]): string {
  const context = newContext();
  const denial = findDenial(
    userWith(context, ...rules),
    request(context, name, ...args),
  );
  return denial === undefined ? "ok" : `${denial.reason} ${denial.index}`;
}

Deno.test("commands are allowed one by one, by container and by first argument", () => {
  assert.equal(verdict([], "get"), "command 0");
  assert.equal(verdict(["+get"], "get"), "ok");
  assert.equal(verdict(["+@all", "-get"], "get"), "command 0");
  assert.equal(verdict(["+client|id"], "client|id", "id"), "ok");
  assert.equal(verdict(["+client|id"], "client|kill", "kill"), "command 0");
  assert.equal(verdict(["+select|A"], "select", "a"), "ok");
  assert.equal(verdict(["+select|a"], "select", "a\0b"), "ok");
  assert.equal(verdict(["+select|a"], "select", "b"), "command 0");
  assert.equal(verdict(["+select|a"], "select"), "command 0");
  assert.equal(verdict([], "auth", "x"), "ok", "anybody may try to log in");
});

Deno.test("keys need a pattern that allows all that is done with them", () => {
  assert.equal(verdict(["+@all"], "get", "r:a"), "key 1");
  assert.equal(verdict(["+@all", "~a"], "get", "r:a"), "ok");
  assert.equal(verdict(["+@all", "%R~a"], "get", "r:a"), "ok");
  assert.equal(verdict(["+@all", "%W~a"], "get", "r:a"), "key 1");
  assert.equal(verdict(["+@all", "%W~a"], "set", "w:a"), "ok");
  assert.equal(verdict(["+@all", "%R~a", "%W~*"], "set", "rw:a"), "key 1");
  assert.equal(verdict(["+@all", "%R~a", "%W~a"], "set", "rw:a"), "ok");
  assert.equal(verdict(["+@all", "%W~a"], "exists", "-:a"), "ok");
  assert.equal(verdict(["+@all", "%W~a"], "exists", "-:b"), "key 1");
  assert.equal(verdict(["+@all", "~a"], "mget", "r:a", "r:b", "r:c"), "key 2");
  assert.equal(verdict(["+@all", "~*"], "get", "r:"), "ok");
  assert.equal(
    verdict(["+@all", "%RW~*"], "get", "r:"),
    "key 1",
    "a pattern that is a star does not match the empty key",
  );
});

Deno.test("patterns are those of KEYS", () => {
  const cases:
    readonly (readonly [pattern: string, key: string, ok: boolean])[] = [
      ["a", "a", true],
      ["a", "A", false],
      ["a", "ab", false],
      ["a*", "a", true],
      ["a*", "b", false],
      ["a*c", "abc", true],
      ["a?c", "abc", true],
      ["[ab]", "b", true],
      ["[^ab]", "b", false],
      ["\\*", "*", true],
      ["\\*", "a", false],
      ["a**", "ab", true],
      ["*a", "ba", true],
      ["", "", true],
      ["", "a", false],
    ];
  for (const [pattern, key, isAllowed] of cases) {
    assert.equal(
      verdict(["+@all", `~${pattern}`], "get", `r:${key}`),
      isAllowed ? "ok" : "key 1",
      `${pattern} and ${key}`,
    );
  }
});

Deno.test("one selector must allow all of a call", () => {
  const rules = ["(+get ~read*)", "(+set ~write*)"];
  assert.equal(verdict(rules, "get", "r:read1"), "ok");
  assert.equal(verdict(rules, "set", "w:write1"), "ok");
  assert.equal(verdict(rules, "get", "r:write1"), "key 1");
  assert.equal(
    verdict(["(%R~a +@all)", "(%W~a +@all)"], "set", "rw:a"),
    "key 1",
  );
  assert.equal(
    verdict(["+mget", "~key", "(+mget ~key ~other)"], "mget", "r:other", "r:x"),
    "key 2",
    "the furthest key is told",
  );
  assert.equal(
    verdict(["(+@all ~a)", "(+@all ~* &b)"], "ping", "r:x", "c:c"),
    "channel 2",
    "a channel is further than a key",
  );
});

Deno.test("channels need a pattern, and patterns of channels the same pattern", () => {
  assert.equal(verdict(["+@all", "&a*"], "ping", "c:ab"), "ok");
  assert.equal(verdict(["+@all", "&a*"], "ping", "c:b"), "channel 1");
  assert.equal(verdict(["+@all", "&a*"], "ping", "p:a*"), "ok");
  assert.equal(verdict(["+@all", "&a*"], "ping", "p:ab"), "channel 1");
  assert.equal(verdict(["+@all", "&*"], "ping", "p:ab", "c:x"), "ok");
  assert.equal(verdict(["+@all"], "ping"), "ok");
});

Deno.test("using any key needs a star, in a selector that allows the call", () => {
  const context = newContext();
  const may = (rules: string[], permissions: number) =>
    mayUseAllKeys(
      userWith(context, ...rules),
      request(context, "get", "r:list"),
      permissions,
    );
  assert.equal(may(["+@all", "~*"], READ), true);
  assert.equal(may(["+get", "~list", "~l*"], READ), false);
  assert.equal(may(["+get", "~list", "%W~*"], READ), false);
  assert.equal(may(["+get", "~list", "%R~*"], READ), true);
  assert.equal(may(["+get", "~list", "(%R~* +set)"], READ), false);
});

Deno.test("subscriptions are looked at only if a channel is taken away", () => {
  const context = newContext();
  const remain = (before: string[], after: string[]) =>
    channelsThatRemain(
      userWith(context, ...before),
      userWith(context, ...after),
    )?.map(({ text }) => text);
  assert.equal(remain(["&a"], ["&*"]), undefined);
  assert.equal(remain(["&a", "(&b)"], ["(&a)", "&b", "&c"]), undefined);
  assert.deepEqual(remain(["&a", "&b"], ["&b"]), ["b"]);
  assert.deepEqual(remain(["&*"], ["&a"]), ["a"]);
  assert.deepEqual(remain(["(&*)"], []), []);
  const left = userWith(context, "&a*", "&b").selectors[0].channelPatterns;
  assert.equal(allowsChannel(left, "ab", false), true);
  assert.equal(allowsChannel(left, "a*", true), true);
  assert.equal(allowsChannel(left, "ab*", true), false);
});
