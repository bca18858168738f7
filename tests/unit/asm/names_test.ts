import assert from "node:assert/strict";
import { Kernels } from "./_kernels.ts";

const CONTAINER = 1;
const SUBCOMMAND = 2;

const kernels = new Kernels();
const { call } = kernels;

function add(name: string, id: number, kernel = 0, flags = 0): number {
  const all = name.includes("|") ? flags | SUBCOMMAND : flags;
  return call.nameAdd(kernels.put(name), name.length, id, kernel, all);
}

/** Id of a command as a client sends it, each word at the end of its block. */
function find(...args: string[]): number {
  call.frameClear();
  for (const arg of args) call.frameAppend(kernels.put(arg), arg.length);
  return call.nameFind();
}

Deno.test("names are found without regard to case, and nothing else is", () => {
  add("get", 1);
  add("set", 2);
  add("sixteen_bytes_ok", 3);
  add("seventeen_bytes__", 4);
  assert.equal(find("get"), 1);
  assert.equal(find("GeT", "key"), 1);
  assert.equal(find("SET"), 2);
  assert.equal(find("Sixteen_Bytes_OK"), 3);
  assert.equal(find("SEVENTEEN_BYTES__"), 4);
  for (
    const other of [
      ...["", "ge", "gets", "g\0t", "get ", "get\0", "ge\u0054\0", "[et"],
      ...["seventeen_bytes_", "sixteen_bytes_ok_", "x".repeat(1_000)],
    ]
  ) assert.equal(find(other), -1, JSON.stringify(other));
});

Deno.test("only letters fold", () => {
  add("a@[`{z", 5);
  assert.equal(find("A@[`{Z"), 5);
  assert.equal(find("a`[`{z"), -1);
  assert.equal(find("a@{`{z"), -1);
  assert.equal(find("a@[@{z"), -1);
});

Deno.test("a subcommand is found by its container, whatever that is called", () => {
  add("client", 10, 0, CONTAINER);
  call.nameContainer(kernels.put("client"), 6, 10);
  add("client|list", 11);
  add("client|no-touch-and-a-long-tail", 12);
  add("renamed", 10, 0, CONTAINER);
  assert.equal(find("client"), 10);
  assert.equal(find("CLIENT", "LIST"), 11);
  assert.equal(find("client", "No-Touch-And-A-Long-Tail"), 12);
  assert.equal(find("client", "absent"), 10);
  assert.equal(find("client", ""), 10);
  assert.equal(find("client", "x".repeat(500)), 10);
  assert.equal(find("renamed", "list"), 11);
});

Deno.test("a container and subcommand in one word are no command", () => {
  assert.equal(find("client|list"), -1);
  assert.equal(find("client|no-touch-and-a-long-tail", "x"), -1);
});

Deno.test("a name can be given to another command", () => {
  add("flushall", 20);
  assert.equal(find("flushall"), 20);
  add("flushall", 21);
  assert.equal(find("flushall"), 21);
});

Deno.test("a command may be given a long secret name", () => {
  const secret = "b840fc02d524045429941cc15f59e41cb7be6c52";
  assert.equal(add(secret, 30), 1);
  assert.equal(find(secret.toUpperCase()), 30);
  const longest = "n".repeat(128);
  assert.equal(add(longest, 31), 1);
  assert.equal(find(longest), 31);
  assert.equal(add("n".repeat(5_000), 32), 0, "too long is refused");
});

Deno.test("hundreds of names are told apart", () => {
  const names = Array.from({ length: 500 }, (_, i) => `command-number-${i}`);
  names.forEach((name, i) => assert.equal(add(name, i), 1));
  names.forEach((name, i) => assert.equal(find(name), i));
});

Deno.test("a full table refuses names rather than search for ever", () => {
  let added = 0;
  while (add(`filler-${added}`, added) === 1) {
    assert.ok(++added < 1_024, "there is an end");
  }
  assert.equal(find("not-in-a-full-table"), -1);
});
