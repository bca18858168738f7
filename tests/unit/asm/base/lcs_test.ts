import assert from "node:assert/strict";
import { bytes, Kernels, random, text } from "../_kernels.ts";

const kernels = new Kernels();
const { call } = kernels;

interface Match {
  length: number;
  word: string;
  ranges: number[][];
}

/** The full table, walked back as Redis's LCS does. */
function model(a: Uint8Array, b: Uint8Array): Match {
  const table = [new Uint32Array(b.length + 1)];
  for (let i = 1; i <= a.length; i++) {
    const row = new Uint32Array(b.length + 1);
    for (let j = 1; j <= b.length; j++) {
      row[j] = a[i - 1] === b[j - 1]
        ? table[i - 1][j - 1] + 1
        : Math.max(table[i - 1][j], row[j - 1]);
    }
    table.push(row);
  }
  const word: number[] = [];
  const ranges: number[][] = [];
  let open: number[] | undefined;
  let [i, j] = [a.length, b.length];
  while (i > 0 && j > 0) {
    if (a[i - 1] === b[j - 1]) {
      word.unshift(a[--i]);
      j--;
      open = open ? [i, open[1], j, open[3]] : [i, i, j, j];
      continue;
    }
    if (table[i - 1][j] > table[i][j - 1]) i--;
    else j--;
    if (open) ranges.push(open);
    open = undefined;
  }
  if (open) ranges.push(open);
  return {
    length: table[a.length][b.length],
    word: text(Uint8Array.from(word)),
    ranges,
  };
}

function run(a: Uint8Array, b: Uint8Array, lengthMin = 0): Match {
  const [aPtr, bPtr] = [kernels.put(a), kernels.put(b)];
  const state = call.lcsRun(aPtr, a.length, bPtr, b.length);
  assert.notEqual(state, 0);
  const length = call.lcsLength(state);
  const target = kernels.alloc(length + 8);
  kernels.view(target, length + 8).fill(0xa5);
  call.lcsWrite(state, target);
  const word = kernels.text(target, length);
  assert.ok(kernels.view(target + length, 8).every((byte) => byte === 0xa5));
  const ranges: number[][] = [];
  while (call.lcsNextRange(state, lengthMin)) {
    ranges.push([
      call.lcsAStart(),
      call.lcsAEnd(),
      call.lcsBStart(),
      call.lcsBEnd(),
    ]);
  }
  call.lcsFree(state);
  for (const ptr of [aPtr, bPtr, target]) call.free(ptr);
  return { length, word, ranges };
}

Deno.test("LCS of the documentation's example", () => {
  const result = run(bytes("ohmytext"), bytes("mynewtext"));
  assert.deepEqual(result, {
    length: 6,
    word: "mytext",
    ranges: [[4, 7, 5, 8], [2, 3, 0, 1]],
  });
  assert.deepEqual(
    run(bytes("ohmytext"), bytes("mynewtext"), 4).ranges,
    [[4, 7, 5, 8]],
  );
});

Deno.test("LCS finds what the full table finds, by the same path", () => {
  const next = random(1);
  const before = call.memoryUsed();
  for (let i = 0; i < 1500; i++) {
    const letters = 1 + next(5);
    const make = () =>
      Uint8Array.from({ length: next(150) }, () => next(letters));
    const [a, b] = [make(), make()];
    assert.deepEqual(run(a, b), model(a, b));
  }
  assert.equal(call.memoryUsed(), before, "nothing leaks");
});

Deno.test("LCS of empty strings is empty", () => {
  const none = { length: 0, word: "", ranges: [] };
  assert.deepEqual(run(bytes(""), bytes("")), none);
  assert.deepEqual(run(bytes("abc"), bytes("")), none);
  assert.deepEqual(run(bytes(""), bytes("abc")), none);
});
