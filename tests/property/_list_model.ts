/** Lists of a key space beside arrays that they are to equal. */
import assert from "node:assert/strict";
import { KeySpace } from "../unit/asm/_keyspace.ts";
import type { SeededRandom } from "../_support/mod.ts";

const HELD = 0;
const KEYS = ["one", "two", "three"];

/** How the lists of a model are kept. */
export interface ListShape {
  /** `list-max-listpack-size` */
  readonly fill: number;
  /** `list-compress-depth` */
  readonly depth: number;
  /** DEBUG QUICKLIST-PACKED-THRESHOLD */
  readonly largeBytes?: number;
}

/** Shapes between which every node limit and both ends of compression lie. */
export const LIST_SHAPES: readonly ListShape[] = [
  { fill: -2, depth: 0 },
  { fill: -1, depth: 1 },
  { fill: 1, depth: 2 },
  { fill: 3, depth: 0 },
  { fill: 4, depth: 1 },
  { fill: 5, depth: 1, largeBytes: 30 },
  { fill: -5, depth: 0, largeBytes: 1 },
  { fill: 100, depth: 3 },
];

/** Elements of all encodings; some pay to be compressed, some do not. */
export function drawElement(random: SeededRandom): string {
  return random.pickWeighted<() => string>([
    [6, () => random.pick(["a", "b", "c", "1", "-1", "", "300", "70000"])],
    [3, () => String(random.integer(-1e9, 1e9))],
    [3, () => "element ".repeat(random.integer(1, 40))],
    [2, () => String.fromCharCode(...random.bytes(random.integer(0, 300)))],
    [0.3, () => "long ".repeat(random.integer(100, 5_000))],
  ])();
}

/** See the top of the file. */
export class ListModel {
  readonly space: KeySpace;
  readonly #spare: number;
  /** What each key holds; no list is empty. */
  lists = new Map<string, string[]>();
  /** Operations refused for lack of memory. */
  refused = 0;

  constructor(space: KeySpace, shape: ListShape) {
    this.space = space;
    this.#spare = space.alloc(64 * 1024);
    space.call.listConfigure(shape.fill, shape.depth);
    space.call.listSetLarge(shape.largeBytes ?? 0);
    // Frames keep the room they have once had.
    this.#frame(Array.from({ length: 100 }, () => ""));
  }

  /** Draws and does something; `list` draws from it are in the model, too. */
  apply(random: SeededRandom): void {
    const key = random.pick(KEYS);
    const list = this.lists.get(key);
    if (list === undefined) return this.#create(random, key);
    random.pickWeighted<() => void>([
      [6, () => this.#push(random, key, list)],
      [2, () => this.#drop(random, key, list)],
      [3, () => this.#set(random, key, list)],
      [4, () => this.#insert(random, key, list)],
      [2, () => this.#remove(random, key, list)],
      [1, () => this.#trim(random, key, list)],
      [3, () => this.#move(random, key, list)],
      [0.3, () => this.#copy(random, key, list)],
      [0.2, () => this.#delete(key)],
    ])();
  }

  #entry(key: string): number {
    return this.space.entry(0, key);
  }

  /** True if it happened; else memory had run out, and nothing may have changed. */
  #happened(result: number): boolean {
    if (result !== 0) return true;
    this.refused++;
    return false;
  }

  /** Arguments of a command, the first of which is at index 1. */
  #frame(values: readonly string[]): void {
    const { call } = this.space;
    call.frameClear();
    call.frameAppend(this.#spare, 0);
    let at = this.space.valueAt(values.join(""));
    for (const value of values) {
      call.frameAppend(at, value.length);
      at += value.length;
    }
  }

  #draw(random: SeededRandom): string[] {
    const count = random.integer(1, random.chance(0.1) ? 40 : 4);
    return Array.from({ length: count }, () => drawElement(random));
  }

  #create(random: SeededRandom, key: string): void {
    const values = this.#draw(random);
    const atHead = random.integer(0, 1);
    this.#frame(values);
    const ptr = this.space.keyAt(key);
    const { call } = this.space;
    if (
      this.#happened(
        call.listCreate(0, ptr, key.length, atHead, 1, values.length),
      )
    ) this.lists.set(key, atHead ? values.toReversed() : values);
  }

  #push(random: SeededRandom, key: string, list: string[]): void {
    const values = this.#draw(random);
    const atHead = random.integer(0, 1);
    this.#frame(values);
    const entry = this.#entry(key);
    const length = this.space.call.listPush(0, entry, atHead, 1, values.length);
    if (!this.#happened(length)) return;
    if (atHead) list.unshift(...values.toReversed());
    else list.push(...values);
    assert.equal(length, list.length);
  }

  #removeIfEmpty(key: string, list: string[]): void {
    if (list.length > 0) return;
    assert.equal(this.space.call.deleteEntry(0, this.#entry(key)), 1);
    this.lists.delete(key);
  }

  #drop(random: SeededRandom, key: string, list: string[]): void {
    const atHead = random.integer(0, 1);
    const most = random.chance(0.2) ? list.length : Math.min(5, list.length);
    const count = random.integer(1, most);
    if (
      !this.#happened(
        this.space.call.listDrop(0, this.#entry(key), atHead, count),
      )
    ) return;
    list.splice(atHead ? 0 : list.length - count, count);
    this.#removeIfEmpty(key, list);
  }

  #set(random: SeededRandom, key: string, list: string[]): void {
    const index = random.integer(0, list.length - 1);
    const value = drawElement(random);
    const ptr = this.space.valueAt(value);
    const entry = this.#entry(key);
    if (
      this.#happened(
        this.space.call.listSet(0, entry, index, ptr, value.length),
      )
    ) list[index] = value;
  }

  #insert(random: SeededRandom, key: string, list: string[]): void {
    const pivot = random.chance(0.9) ? random.pick(list) : drawElement(random);
    const value = drawElement(random);
    const after = random.integer(0, 1);
    const at = this.space.valueAt(pivot + value);
    const { call } = this.space;
    const entry = this.#entry(key);
    const result = call.listInsert(
      0,
      entry,
      after,
      at,
      pivot.length,
      at + pivot.length,
      value.length,
    );
    if (!this.#happened(result)) return;
    const index = list.indexOf(pivot);
    if (index >= 0) list.splice(index + after, 0, value);
    assert.equal(result, index < 0 ? 1 : list.length + 1);
  }

  #remove(random: SeededRandom, key: string, list: string[]): void {
    const value = random.chance(0.9) ? random.pick(list) : drawElement(random);
    const fromTail = random.integer(0, 1);
    const limit = random.pick([1, 1, 2, 5, 0xffffffff]);
    const ptr = this.space.valueAt(value);
    const result = this.space.call.listRemove(
      0,
      this.#entry(key),
      fromTail,
      limit,
      ptr,
      value.length,
    );
    if (!this.#happened(result)) return;
    let removed = 0;
    const order = fromTail ? list.toReversed() : [...list];
    const kept = order.filter((one) => one !== value || ++removed > limit);
    list.splice(0, list.length, ...(fromTail ? kept.reverse() : kept));
    assert.equal(result, Math.min(removed, limit) + 1);
    this.#removeIfEmpty(key, list);
  }

  #trim(random: SeededRandom, key: string, list: string[]): void {
    const start = random.integer(0, Math.min(5, list.length - 1));
    const least = random.chance(0.1) ? 1 : Math.max(1, list.length - start - 5);
    const count = random.integer(least, list.length - start);
    if (
      this.#happened(
        this.space.call.listTrim(0, this.#entry(key), start, count),
      )
    ) list.splice(0, list.length, ...list.slice(start, start + count));
  }

  #move(random: SeededRandom, key: string, list: string[]): void {
    const { call } = this.space;
    const fromHead = random.integer(0, 1);
    const toHead = random.integer(0, 1);
    const to = random.pick(KEYS);
    const source = this.#entry(key);
    if (!this.#happened(call.listHold(source, fromHead))) return;
    const value = fromHead ? list[0] : list.at(-1)!;
    const held = call.listHeldLength();
    assert.equal(this.space.text(call.listHeld(), held), value);
    const target = this.lists.get(to);
    const pushed = target === undefined
      ? call.listCreate(0, this.space.keyAt(to), to.length, toHead, HELD, 1)
      : call.listPush(0, this.#entry(to), toHead, HELD, 1);
    if (this.#happened(pushed)) {
      if (target === undefined) this.lists.set(to, [value]);
      else if (toHead) target.unshift(value);
      else target.push(value);
      const dropped = call.listDrop(0, source, fromHead, 1);
      assert.ok(dropped === 1 || call.undoIsOpen(), "what is held is dropped");
      if (dropped === 1) {
        if (fromHead) list.shift();
        else list.pop();
        this.#removeIfEmpty(key, list);
      } else this.refused++;
    }
    call.listRelease();
  }

  #copy(random: SeededRandom, key: string, list: string[]): void {
    const to = random.pick(KEYS);
    if (to === key) return;
    const { call } = this.space;
    const entry = this.#entry(key);
    const ptr = this.space.keyAt(to);
    if (this.#happened(call.copyEntry(entry, 0, ptr, to.length))) {
      this.lists.set(to, [...list]);
    }
  }

  #delete(key: string): void {
    assert.equal(this.space.delete(0, key), 1);
    this.lists.delete(key);
  }

  /** A copy of what the keys hold. */
  snapshot(): Map<string, string[]> {
    return new Map([...this.lists].map(([key, list]) => [key, [...list]]));
  }

  /** The elements of a list, by walking it. */
  read(entry: number): string[] {
    const { call } = this.space;
    const found: string[] = [];
    call.listWalk(entry);
    let result: number;
    while ((result = call.listWalkNext()) === 1) {
      found.push(this.space.text(call.listWalkPtr(), call.listWalkLength()));
    }
    assert.equal(result, 0, "memory to look at a list");
    return found;
  }

  /** Every list is sound and equals its array; no other keys are there. */
  compare(): void {
    const { call } = this.space;
    for (const key of KEYS) {
      const list = this.lists.get(key);
      const entry = this.space.find(0, key);
      assert.equal(entry !== 0, list !== undefined, `${key} is there`);
      if (list === undefined) continue;
      assert.equal(call.listCheck(entry), 0, `${key} is sound`);
      assert.deepEqual(this.read(entry), list);
      assert.equal(call.listLengthOf(entry), list.length);
    }
  }

  /** Deletes everything; two spare blocks are left, as always after a change. */
  clear(): void {
    for (const key of [...this.lists.keys()]) this.#delete(key);
    const { call } = this.space;
    this.#frame(["a"]);
    assert.notEqual(call.listCreate(0, this.space.keyAt("k"), 1, 0, 1, 1), 0);
    this.space.delete(0, "k");
    // A log that has grown large gives its memory back.
    assert.equal(call.undoIsOpen(), 0);
    call.undoBegin();
    call.undoReserve(10_000);
    call.undoCommit();
    this.space.settle();
  }
}
