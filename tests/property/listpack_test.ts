import assert from "node:assert/strict";
import { KeySpace } from "../unit/asm/_keyspace.ts";
import type { SeededRandom } from "../_support/mod.ts";
import { operations, withSeed } from "./_operations.ts";

const LENGTHS = [0, 1, 5, 20, 21, 62, 63, 64, 126, 127, 128, 4095, 4096, 17000];
const NUMBERS = [
  ..."0 1 127 128 -1 4095 4096 -4096 -4097 32767 32768 -32768 -32769".split(
    " ",
  ),
  ..."8388607 8388608 -8388608 -8388609 2147483647 2147483648".split(" "),
  ..."-2147483648 -2147483649 9223372036854775807 -9223372036854775808".split(
    " ",
  ),
  ..."01 -0 +1 9223372036854775808 1.0".split(" "),
];

function text(random: SeededRandom): string {
  if (random.chance(0.5)) return random.pick(NUMBERS);
  return "x".repeat(random.pick(LENGTHS)).replace(/^x/, "y");
}

/** A listpack beside the array it is to equal. */
class Both {
  lp: number;
  readonly model: string[] = [];

  constructor(readonly space: KeySpace) {
    this.lp = space.call.lpNew();
  }

  /** A change of the listpack; where and what is drawn. */
  change(random: SeededRandom): void {
    const { call } = this.space;
    const { model } = this;
    const value = text(random);
    const at = random.integer(0, Math.max(0, model.length - 1));
    const ptr = this.space.valueAt(value);
    call.undoReserve(8);
    const p = call.lpSeek(this.lp, at);
    const kind = model.length === 0 ? 0 : random.integer(0, 6);
    let lp: number;
    if (kind === 0) {
      lp = call.lpAppend(this.lp, ptr, value.length);
      model.push(value);
    } else if (kind === 1) {
      lp = call.lpPrepend(this.lp, ptr, value.length);
      model.unshift(value);
    } else if (kind === 2) {
      lp = call.lpInsertBefore(this.lp, p, ptr, value.length);
      model.splice(at, 0, value);
    } else if (kind === 3) {
      lp = call.lpInsertAfter(this.lp, p, ptr, value.length);
      model.splice(at + 1, 0, value);
    } else if (kind === 4) {
      lp = call.lpReplace(this.lp, p, ptr, value.length);
      model[at] = value;
    } else if (kind === 5) {
      lp = call.lpDelete(this.lp, p);
      model.splice(at, 1);
    } else {
      const count = random.integer(1, 4);
      lp = call.lpDeleteRange(this.lp, p, count);
      model.splice(at, count);
    }
    assert.notEqual(lp, 0);
    this.lp = lp;
  }

  view(p: number): string {
    const { call } = this.space;
    call.lpView(p);
    return this.space.text(call.lpViewPtr(), call.lpViewLength());
  }

  read(lp = this.lp): string[] {
    const { call } = this.space;
    const found: string[] = [];
    for (let p = call.lpFirst(lp); p !== 0; p = call.lpNext(lp, p)) {
      found.push(this.view(p));
    }
    return found;
  }

  readBackwards(): string[] {
    const { call } = this.space;
    const found: string[] = [];
    for (let p = call.lpLast(this.lp); p !== 0; p = call.lpPrev(this.lp, p)) {
      found.unshift(this.view(p));
    }
    return found;
  }

  compare(): void {
    const { call } = this.space;
    assert.deepEqual(this.read(), this.model);
    assert.deepEqual(this.readBackwards(), this.model);
    assert.equal(call.lpCount(this.lp), this.model.length);
    assert.equal(call.lpValidate(this.lp, call.lpBytes(this.lp)), 1);
  }

  find(value: string, skip: number): void {
    const { call } = this.space;
    const ptr = this.space.valueAt(value);
    const first = call.lpFirst(this.lp);
    const p = call.lpFind(this.lp, first, ptr, value.length, skip);
    const index = this.model.findIndex((held, at) =>
      held === value && at % (skip + 1) === 0
    );
    assert.equal(p, index < 0 ? 0 : call.lpSeek(this.lp, index));
  }
}

Deno.test("a listpack equals an array after every change", () => {
  withSeed((random) => {
    const space = new KeySpace();
    for (let round = 0; round < operations(60); round++) {
      const before = space.payloadBytes();
      const both = new Both(space);
      for (let i = 0; i < 40; i++) {
        both.change(random);
        both.compare();
        both.find(random.pick([...both.model, "none"]), random.integer(0, 1));
      }
      for (let index = -45; index < 45; index++) {
        const p = space.call.lpSeek(both.lp, index);
        assert.equal(p === 0 ? undefined : both.view(p), both.model.at(index));
      }
      space.call.lpFree(both.lp);
      assert.equal(space.payloadBytes(), before);
    }
  });
});

Deno.test("listpacks changed within an undo log leave the old one whole", () => {
  withSeed((random) => {
    const space = new KeySpace();
    const { call } = space;
    // The log keeps the room it has once had.
    call.undoBegin();
    call.undoReserve(1024);
    call.undoCommit();
    for (let round = 0; round < operations(60); round++) {
      const both = new Both(space);
      for (let i = 0; i < 20; i++) both.change(random);
      const held = [...both.model];
      const old = both.lp;
      const bytes = space.payloadBytes();
      call.undoBegin();
      for (let i = 0; i < 20; i++) both.change(random);
      both.compare();
      if (round % 2 === 0) {
        assert.equal(call.undoRollback(0), 1);
        assert.deepEqual(both.read(old), held);
        assert.equal(space.payloadBytes(), bytes);
        call.lpFree(old);
      } else {
        call.undoCommit();
        both.compare();
        call.lpFree(both.lp);
      }
    }
  });
});

Deno.test("no damaged listpack passes for a whole one and is read beyond its end", () => {
  withSeed((random) => {
    const space = new KeySpace();
    const { call } = space;
    let accepted = 0;
    for (let round = 0; round < operations(3000); round++) {
      const both = new Both(space);
      for (let i = 0; i < 5; i++) both.change(random);
      const length = call.lpBytes(both.lp);
      const at = random.integer(0, length - 1);
      space.bytes[both.lp + at] ^= 1 << random.integer(0, 7);
      if (call.lpValidate(both.lp, length) === 1) {
        accepted++;
        const end = both.lp + length;
        for (let p = call.lpFirst(both.lp); p !== 0;) {
          call.lpView(p);
          assert.ok(p < end);
          p = call.lpNext(both.lp, p);
        }
      }
      call.lpFree(both.lp);
    }
    // A changed letter is no damage that could be seen.
    assert.ok(accepted > 0);
  });
});
