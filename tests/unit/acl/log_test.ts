/** The log of what was denied. */

import assert from "node:assert/strict";
import { type AclEvent, AclLog } from "../../../src/acl/mod.ts";

const EVENT: AclEvent = {
  reason: "command",
  context: "toplevel",
  object: "get",
  username: "u",
  clientInfo: "id=1",
  nowMs: 1_000_000,
};

Deno.test("like events within a minute are counted in one entry, which comes to the front", () => {
  const log = new AclLog(() => 128);
  log.add(EVENT);
  log.add({ ...EVENT, object: "set" });
  log.add({ ...EVENT, nowMs: EVENT.nowMs + 60_000, clientInfo: "id=2" });
  assert.deepEqual(log.entries, [
    {
      ...EVENT,
      nowMs: EVENT.nowMs + 60_000,
      clientInfo: "id=2",
      id: 0,
      count: 2,
      createdMs: EVENT.nowMs,
    },
    { ...EVENT, object: "set", id: 1, count: 1, createdMs: EVENT.nowMs },
  ]);
});

Deno.test("events that differ, or are long ago, have an entry each", () => {
  const log = new AclLog(() => 128);
  log.add(EVENT);
  log.add({ ...EVENT, reason: "key" });
  log.add({ ...EVENT, context: "multi" });
  log.add({ ...EVENT, username: "v" });
  log.add({ ...EVENT, nowMs: EVENT.nowMs + 60_001 });
  assert.deepEqual(log.entries.map(({ id, count }) => [id, count]), [
    [4, 1],
    [3, 1],
    [2, 1],
    [1, 1],
    [0, 1],
  ]);
});

Deno.test("only the ten newest entries are looked at for a like one", () => {
  const log = new AclLog(() => 128);
  for (let i = 0; i <= 10; i++) log.add({ ...EVENT, object: `o${i}` });
  log.add({ ...EVENT, object: "o1" });
  assert.equal(log.entries.length, 11);
  log.add({ ...EVENT, object: "o0" });
  assert.equal(log.entries.length, 12);
});

Deno.test("the log is as long as acllog-max-len says when something is added", () => {
  let max = 3;
  const log = new AclLog(() => max);
  const add = (object: string) => log.add({ ...EVENT, object });
  for (const object of ["a", "b", "c", "d"]) add(object);
  assert.deepEqual(log.entries.map(({ object }) => object), ["d", "c", "b"]);
  max = 1;
  assert.equal(log.entries.length, 3);
  add("e");
  assert.deepEqual(log.entries.map(({ object }) => object), ["e"]);
  max = 0;
  add("f");
  assert.equal(log.entries.length, 0);
  log.add(EVENT);
  log.clear();
  assert.equal(log.entries.length, 0);
});
