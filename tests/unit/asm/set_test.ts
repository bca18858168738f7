import assert from "node:assert/strict";
import { bulks, HASHTABLE, INTSET, LISTPACK, SetSpace } from "./_sets.ts";

function numbers(count: number, first = 0): string[] {
  return Array.from({ length: count }, (_, index) => String(first + index));
}

function names(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `member:${index}`);
}

/** The value of a set that is an intset, as text of hex digits. */
function intsetBytes(space: SetSpace, key: string): string {
  const { call } = space;
  const ptr = call.valuePtr(space.entry(0, key)) >>> 0;
  const view = new DataView(space.memory.buffer);
  const bytes = 8 + view.getUint32(ptr, true) * view.getUint32(ptr + 4, true);
  return [...space.get(ptr, bytes)]
    .map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

Deno.test("an intset has Redis's bytes", () => {
  const space = new SetSpace();
  space.add("s", "3", "-1", "2");
  assert.equal(intsetBytes(space, "s"), "0200000003000000ffff02000300");
  space.add("s", "32768");
  assert.equal(
    intsetBytes(space, "s"),
    "0400000004000000ffffffff020000000300000000800000",
  );
  space.add("s", "-9223372036854775808");
  assert.equal(
    intsetBytes(space, "s"),
    "0800000005000000" + "0000000000000080" + "ffffffffffffffff" +
      "0200000000000000" + "0300000000000000" + "0080000000000000",
  );
  // Integers do not become narrower.
  space.remove("s", "-9223372036854775808", "32768", "2");
  assert.equal(
    intsetBytes(space, "s"),
    "0800000002000000ffffffffffffffff0300000000000000",
  );
});

Deno.test("an intset keeps its order and answers at every width", () => {
  const values = [
    ..."5 -5 0 32767 -32768 32768 -32769 2147483647 -2147483648".split(" "),
    ..."2147483648 -2147483649 9223372036854775807".split(" "),
    "-9223372036854775808",
  ];
  const space = new SetSpace();
  for (const [index, value] of values.entries()) {
    assert.equal(space.add("s", value), 1);
    assert.equal(space.add("s", value), 0);
    for (const [at, other] of values.entries()) {
      assert.equal(space.has("s", other), at <= index, `${other} in ${value}`);
    }
    space.call.setEachBegin(space.entry(0, "s"));
    let last: bigint | undefined;
    while (space.call.setEachNext()) {
      const now = BigInt(
        space.text(space.call.setMemberPtr(), space.call.setMemberLength()),
      );
      assert.ok(last === undefined || last < now);
      last = now;
    }
  }
  assert.equal(space.encoding("s"), INTSET);
  for (const text of ["05", "+5", "5.0", "", "9223372036854775808"]) {
    assert.equal(space.has("s", text), false, text);
  }
});

Deno.test("a set changes its encoding at the thresholds, and never back", () => {
  const space = new SetSpace();
  space.call.setLimits(4, 6, 10);
  space.add("i", ...numbers(4));
  assert.equal(space.encoding("i"), INTSET);
  space.add("i", "4");
  assert.equal(space.encoding("i"), HASHTABLE, "too many integers");
  space.remove("i", "4", "3");
  assert.equal(space.encoding("i"), HASHTABLE);
  space.add("l", "1", "2", "x");
  assert.equal(space.encoding("l"), LISTPACK, "not an integer");
  space.add("l", "3", "4", "y");
  assert.equal(space.encoding("l"), LISTPACK);
  space.add("l", "z");
  assert.equal(space.encoding("l"), HASHTABLE, "too many members");
  assert.deepEqual(space.members("l"), ["1", "2", "3", "4", "x", "y", "z"]);
  space.add("v", "0123456789");
  assert.equal(space.encoding("v"), LISTPACK);
  space.add("v", "0123456789a");
  assert.equal(space.encoding("v"), HASHTABLE, "too long a member");
  space.add("w", "0123456789a");
  assert.equal(space.encoding("w"), HASHTABLE);
  space.add("n", "12345678901", "x");
  assert.equal(space.encoding("n"), HASHTABLE, "an integer too long");
  space.check();
});

Deno.test("SADD that runs out of memory leaves the members there were", () => {
  const space = new SetSpace();
  space.call.memoryLimitPages(space.call.memoryReserved() / 65536 + 10);
  // A thousand members of 900 bytes do not fit into 10 pages.
  const many = Array.from(
    { length: 1_000 },
    (_, index) => `${index}:`.padEnd(900, "v"),
  );
  assert.equal(space.add("new", ...many), -1);
  assert.equal(space.find(0, "new"), 0);
  assert.equal(space.add("s", "1", "2", many[7]), 3);
  const dirty = space.call.dirtyCount();
  assert.equal(space.add("s", "3", ...many), -1);
  assert.deepEqual(space.members("s"), ["1", "2", many[7]]);
  assert.equal(space.call.dirtyCount(), dirty);
  assert.equal(space.add("s", "3"), 1);
  space.check();
});

Deno.test("storing what does not fit leaves the destination", () => {
  const space = new SetSpace();
  space.call.memoryLimitPages(space.call.memoryReserved() / 65536 + 40);
  const many = Array.from(
    { length: 1_000 },
    (_, index) => `${index}:`.padEnd(900, "v"),
  );
  for (const key of ["a", "b"]) {
    assert.equal(space.add(key, ...many.slice(0, 900)), 900);
  }
  space.add("d", "old");
  space.operands(["a", "b"]);
  assert.equal(space.call.setUnionStore(0, space.keyAt("d"), 1), -1);
  assert.deepEqual(space.members("d"), ["old"]);
  space.check();
});

/** How often each member is drawn should lie near what chance gives. */
function assertFair(draws: Map<string, number>, count: number): void {
  const total = [...draws.values()].reduce((sum, drawn) => sum + drawn, 0);
  const expected = total / count;
  let chiSquare = 0;
  for (const drawn of draws.values()) {
    chiSquare += (drawn - expected) ** 2 / expected;
  }
  chiSquare += (count - draws.size) * expected;
  // Five standard deviations of a chi-square distribution above its mean.
  const limit = count - 1 + 5 * Math.sqrt(2 * (count - 1));
  assert.ok(chiSquare < limit, `chi-square ${chiSquare} of ${limit}`);
}

function draw(space: SetSpace, key: string, times: number) {
  const draws = new Map<string, number>();
  for (let i = 0; i < times; i++) {
    const member = space.random(key);
    draws.set(member, (draws.get(member) ?? 0) + 1);
  }
  return draws;
}

Deno.test("every member is as likely as any other to be drawn", () => {
  const space = new SetSpace();
  const sets: [key: string, members: string[], encoding: number][] = [
    ["intset", numbers(100), INTSET],
    ["listpack", names(100), LISTPACK],
    ["dict", names(700), HASHTABLE],
  ];
  for (const [key, members, encoding] of sets) {
    space.add(key, ...members);
    assert.equal(space.encoding(key), encoding);
    const draws = draw(space, key, 200 * members.length);
    assertFair(draws, members.length);
  }
});

Deno.test("drawing is fair while the table grows or shrinks", () => {
  for (const left of [0, 580]) {
    const space = new SetSpace();
    const members = names(left === 0 ? 325 : 700);
    space.add("s", ...members);
    const dict = () => space.call.valuePtr(space.entry(0, "s"));
    if (left !== 0) space.remove("s", ...members.splice(0, left));
    assert.equal(
      space.call.dictResizing(dict()),
      1,
      "in the midst of resizing",
    );
    assertFair(draw(space, "s", 200 * members.length), members.length);
  }
});

Deno.test("distinct members are drawn fairly, however many are wanted", () => {
  const space = new SetSpace();
  space.add("intset", ...numbers(60));
  space.add("dict", ...names(300));
  for (const key of ["intset", "dict"]) {
    const size = space.call.setCard(space.entry(0, key));
    for (const part of [0.1, 0.5, 0.9]) {
      const count = Math.round(size * part);
      const draws = new Map<string, number>();
      for (let i = 0; i < 300; i++) {
        const entry = space.entry(0, key);
        assert.equal(space.call.setRandomDistinctReply(entry, count), 1);
        const drawn = bulks(space.reply());
        assert.equal(new Set(drawn).size, count);
        for (const one of drawn) draws.set(one, (draws.get(one) ?? 0) + 1);
      }
      assertFair(draws, size);
    }
  }
});

Deno.test("drawing many distinct members of a dict leaves nothing behind", () => {
  const space = new SetSpace();
  space.add("s", ...names(3_000));
  const entry = space.entry(0, "s");
  const one = () => {
    space.call.setRandomDistinctReply(entry, 900);
    space.reply();
    return space.call.memoryUsed();
  };
  const used = one();
  for (let i = 0; i < 50; i++) assert.equal(one(), used);
});

Deno.test("a large set is freed a slice at a time, wholly", () => {
  const space = new SetSpace();
  // Lets the buffers grow.
  space.add("s", ...names(5_000));
  space.delete(0, "s");
  space.settle();
  const used = space.call.memoryUsed();
  space.add("s", ...names(5_000));
  assert.equal(space.delete(0, "s"), 1);
  assert.ok(space.call.memoryUsed() > used + 100_000, "freed later");
  let slices = 0;
  while (space.call.retiredFree(500) !== 0) slices++;
  assert.ok(slices >= 9 && slices < 50, `${slices} slices`);
  assert.equal(space.call.memoryUsed(), used);
});

Deno.test("emptying a database frees small sets that are dicts, too", () => {
  const space = new SetSpace();
  space.call.setLimits(0, 0, 0);
  const fill = () => {
    for (let i = 0; i < 2_000; i++) space.add(`s${i}`, "a", "b", `${i}`);
    space.call.databaseFlush(0);
    space.settle();
    return space.call.memoryUsed();
  };
  const used = fill();
  assert.equal(fill(), used);
  space.check();
});

Deno.test("usage counts every block of a set", () => {
  for (const members of [numbers(300), names(100), names(2_000)]) {
    const space = new SetSpace();
    space.add("other", ...members);
    const before = space.call.memoryUsed();
    space.add("s", ...members);
    const taken = space.call.memoryUsed() - before;
    const usage = space.call.entryUsage(space.entry(0, "s"));
    assert.ok(
      Math.abs(usage - taken) < taken / 20,
      `${usage} of ${taken} for ${members.length}`,
    );
  }
});

Deno.test("a set shrinks its table as members go", () => {
  const space = new SetSpace();
  const members = names(10_000);
  space.add("s", ...members);
  const before = space.call.entryUsage(space.entry(0, "s"));
  space.remove("s", ...members.slice(100));
  // Resizing goes on with every change.
  for (let i = 0; i < 2_000; i++) {
    space.add("s", "x");
    space.remove("s", "x");
  }
  const after = space.call.entryUsage(space.entry(0, "s"));
  assert.ok(after < before / 20, `${after} of ${before}`);
  assert.deepEqual(space.members("s"), members.slice(0, 100).sort());
});
