/**
 * The rules that describe users, beside a live `redis-server`: with the
 * commands Redis has, the same rights must be described by the same rules.
 * Redis lists single commands in the order of a hash table; categories come in
 * the same order always.
 */

import assert from "node:assert/strict";
import { type AclCommand, Catalogue, Users } from "../../src/acl/mod.ts";
import { ACL_CATEGORIES } from "../../src/commands/spec.ts";
import {
  type PlainValue,
  redisBinary,
  redisTest,
  RespClient,
  SeededRandom,
  startServer,
  testSeed,
} from "../_support/mod.ts";

const ROUNDS = 1500;
const NO_AUTH = 1;

const CATEGORY_BITS: Readonly<Record<string, number>> = Object.fromEntries(
  ACL_CATEGORIES.map((name, index) => [name, 1 << index]),
);

/** The commands of a server, from COMMAND. */
function catalogueOf(reply: PlainValue): Catalogue {
  const entries: AclCommand[] = [];
  const add = (info: PlainValue, parent: AclCommand | undefined) => {
    const [fullName, , flags, , , , categories, , , subcommands] =
      info as PlainValue[];
    const subs: AclCommand[] = [];
    let aclBits = 0;
    for (const category of categories as string[]) {
      aclBits |= CATEGORY_BITS[category.slice(1)];
    }
    const command = {
      id: entries.length,
      fullName: fullName as string,
      parent,
      subcommands: subs,
      aclBits,
      flagBits: (flags as string[]).includes("no_auth") ? NO_AUTH : 0,
    };
    entries.push(command);
    for (const sub of subcommands as PlainValue[]) subs.push(add(sub, command));
    return command;
  };
  for (const info of reply as PlainValue[]) add(info, undefined);
  return new Catalogue(entries, CATEGORY_BITS, NO_AUTH);
}

function randomRule(random: SeededRandom, catalogue: Catalogue): string {
  const command = random.pick(catalogue.commands);
  const sign = random.pick(["+", "+", "-"]);
  return random.pickWeighted<() => string>([
    [8, () => `${sign}${command.fullName}`],
    [6, () => `${sign}@${random.pick(catalogue.categories)}`],
    [1, () => random.pick(["+@all", "-@all", "allcommands", "reset"])],
    [1, () => `+${command.fullName}|${random.pick(["x", "y", "X"])}`],
    [1, () => random.pick(["~a", "%R~b", "%W~a", "allkeys", "resetkeys"])],
    [1, () => random.pick(["&a", "allchannels", "resetchannels", "on", "off"])],
    [1, () => `(${randomRule(random, catalogue)} ~c)`],
    [1, () => "clearselectors"],
  ])();
}

/** Single commands, which come after categories, in one order. */
function normal(line: string): string {
  return line.split(/( \(|\)(?: |$))/).map((part) => {
    const words = part.split(" ");
    const isSingle = (word: string) => /^[+-][^@]/.test(word);
    return [
      ...words.filter((word) => !isSingle(word)),
      ...words.filter(isSingle).sort(),
    ].join(" ");
  }).join("");
}

redisTest("rights are described by the rules Redis chooses", async () => {
  const seed = testSeed();
  const random = new SeededRandom(seed);
  await using server = await startServer({ binary: redisBinary() });
  using client = await RespClient.connect({ port: server.port });
  const catalogue = catalogueOf(await client.call("COMMAND"));
  const users = new Users({
    catalogue,
    isAllChannelsByDefault: () => false,
  });
  let applied = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const count = random.integer(1, random.chance(0.1) ? 40 : 6);
    const rules = Array.from(
      { length: count },
      () => randomRule(random, catalogue),
    );
    const where = `seed ${seed}, round ${round}: ${rules.join(" ")}`;
    const problem = users.set("u", rules);
    const answer = await client.call("ACL", "SETUSER", "u", ...rules).then(
      () => undefined,
      (error: Error) => error.message,
    );
    assert.equal(problem && `ERR ${problem}`, answer, where);
    if (problem !== undefined) continue;
    applied++;
    const lines = await client.call("ACL", "LIST") as string[];
    assert.deepEqual(users.lines().map(normal), lines.map(normal), where);
  }
  assert.ok(applied > ROUNDS / 3, `only ${applied} were valid`);
});

redisTest(
  "commands are in the categories in which Redis has them",
  async () => {
    await using server = await startServer({ binary: redisBinary() });
    using client = await RespClient.connect({ port: server.port });
    assert.deepEqual(await client.call("ACL", "CAT"), [...ACL_CATEGORIES]);
    const catalogue = catalogueOf(await client.call("COMMAND"));
    for (const category of ACL_CATEGORIES) {
      const listed = await client.call("ACL", "CAT", category) as string[];
      const bit = catalogue.categoryBit(category);
      const names = catalogue.commands.filter(({ aclBits }) => aclBits & bit)
        .map(({ fullName }) => fullName);
      assert.deepEqual(names.sort(), listed.sort(), category);
    }
  },
);
