/** Rules made at random: nothing is half applied, and a description makes the same user. */

import assert from "node:assert/strict";
import { parseAclFile, Users } from "../../../src/acl/mod.ts";
import { COMMAND_TABLE } from "../../../src/commands/table.ts";
import { SeededRandom, testSeed } from "../../_support/mod.ts";
import { described, wholeContext } from "./_context.ts";

const ROUNDS = 3000;

const WORDS = [
  ...["on", "off", "nopass", "resetpass", "reset", "clearselectors"],
  ...["allkeys", "resetkeys", "allchannels", "resetchannels"],
  ...["allcommands", "nocommands", "sanitize-payload", "~*", "&*", ""],
  ...["+@all", "-@all", "()", "(", ")", "(~a", "+get)", ">p", "<p", "~", "&"],
];

function randomRule(random: SeededRandom): string {
  const { entries } = COMMAND_TABLE;
  const name = random.pick(entries).fullName;
  const category = random.pick(wholeContext().catalogue.categories);
  const pattern = random.pick(["a", "a*", "b?", "[a-c]", "\\*", "a\x80"]);
  const sign = random.pick(["+", "-"]);
  return random.pickWeighted<() => string>([
    [4, () => random.pick(WORDS)],
    [5, () => `${sign}${name}`],
    [5, () => `${sign}@${category}`],
    [2, () => `+${name}|${random.pick(["0", "X", "", "id"])}`],
    [4, () => random.pick(["~", "%R~", "%W~", "%RW~", "&", "%"]) + pattern],
    [2, () => `(${randomRule(random)} ${randomRule(random)})`],
    [1, () => String.fromCharCode(...random.bytes(random.integer(0, 6)))],
  ])();
}

/**
 * As in Redis, a selector with a word that holds a parenthesis has no text
 * that makes it again.
 */
function hasParenthesis(users: Users): boolean {
  return users.all().some(({ selectors }) =>
    selectors.some(({ keyPatterns, channelPatterns, firstArguments }) =>
      [
        ...keyPatterns.map(({ text }) => text),
        ...channelPatterns.map(({ text }) => text),
        ...[...firstArguments.values()].flat(),
      ].some((text) => /[()]/.test(text))
    )
  );
}

Deno.test("rules made at random are applied whole or not at all, and can be described", () => {
  const seed = testSeed();
  const random = new SeededRandom(seed);
  const context = wholeContext();
  const users = new Users(context);
  let applied = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const rules = Array.from(
      { length: random.integer(0, 4) },
      () => randomRule(random),
    );
    if (random.chance(0.1)) rules.unshift("reset");
    const where = `seed ${seed}: ${JSON.stringify(rules)}`;
    const before = users.lines();
    const problem = users.set("u", rules);
    if (problem !== undefined) {
      assert.deepEqual(users.lines(), before, where);
      continue;
    }
    applied++;
    if (hasParenthesis(users)) continue;
    const text = described(users, "u");
    const again = new Users(context);
    assert.equal(again.set("u", text.split(" ")), undefined, where);
    assert.equal(described(again, "u"), text, where);
    const [user, copy] = [users.get("u")!, again.get("u")!];
    for (const [i, selector] of user.selectors.entries()) {
      const { allowed, startsFromAll } = copy.selectors[i];
      assert.deepEqual(selector.allowed, allowed, where);
      assert.equal(selector.startsFromAll, startsFromAll, where);
    }
  }
  assert.ok(applied > ROUNDS / 10, `only ${applied} were valid`);
});

Deno.test("files made at random are read, and what is saved is read the same", () => {
  const seed = testSeed();
  const random = new SeededRandom(seed);
  const context = wholeContext();
  for (let round = 0; round < 300; round++) {
    const lines = Array.from({ length: random.integer(0, 5) }, () => {
      const rules = Array.from(
        { length: random.integer(0, 4) },
        () => randomRule(random),
      );
      const name = random.pick(["default", "a", "b", "", "\xff"]);
      return ["user", name, ...rules].join(random.pick([" ", " ", "  ", "\t"]));
    });
    const file = parseAclFile(lines.join("\n"), "f", context);
    if ("errors" in file) continue;
    const users = new Users(context);
    users.replace(file.users);
    if (hasParenthesis(users)) continue;
    const saved = users.lines();
    const again = parseAclFile(`${saved.join("\n")}\n`, "f", context);
    assert.ok("users" in again, `seed ${seed}: ${saved}`);
    users.replace(again.users);
    assert.deepEqual(users.lines(), saved, `seed ${seed}`);
  }
});
