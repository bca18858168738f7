/** Sets in a key space of their own, driven by text. */
import assert from "node:assert/strict";
import { KeySpace, type KeySpaceOptions } from "./_keyspace.ts";

export const TYPE_SET = 2;
export const LISTPACK = 3;
export const INTSET = 4;
export const HASHTABLE = 5;

/** Latin-1 text to and from the frame and the reply of a command. */
export class SetSpace extends KeySpace {
  readonly #output: number;

  constructor(options: KeySpaceOptions = {}) {
    super(options);
    this.#output = this.call.outputNew();
    this.call.outputSelect(this.#output);
  }

  /** Makes these the arguments of the command being executed. */
  arguments(members: readonly string[]): void {
    this.call.frameClear();
    const start = this.valueAt(members.join(""));
    let at = start;
    for (const member of members) {
      assert.equal(this.call.frameAppend(at, member.length), 1);
      at += member.length;
    }
  }

  /** The reply written since the last look. */
  reply(): string {
    const { call } = this;
    const text = this.text(
      call.outputStart(this.#output),
      call.outputLength(this.#output),
    );
    call.outputClear(this.#output);
    return text;
  }

  /** SADD; what `setAddArguments` returns. */
  add(key: string, ...members: string[]): number {
    const entry = this.find(0, key);
    this.arguments(members);
    return this.call.setAddArguments(
      0,
      entry,
      this.keyAt(key),
      key.length,
      0,
    );
  }

  /** SREM, without the deletion of an empty set. */
  remove(key: string, ...members: string[]): number {
    const entry = this.entry(0, key);
    this.arguments(members);
    return this.call.setRemoveArguments(0, entry, 0);
  }

  /** Deletes a set that has become empty. */
  dropIfEmpty(key: string): void {
    const entry = this.find(0, key);
    if (entry !== 0 && this.call.setCard(entry) === 0) this.delete(0, key);
  }

  has(key: string, member: string): boolean {
    const entry = this.entry(0, key);
    const at = this.valueAt(member);
    return this.call.setHas(entry, at, member.length) !== 0;
  }

  /** Members in ascending order; none for a key that is not there. */
  members(key: string): string[] {
    const entry = this.find(0, key);
    if (entry === 0) return [];
    assert.equal(this.call.entryType(entry), TYPE_SET);
    const members: string[] = [];
    this.call.setEachBegin(entry);
    while (this.call.setEachNext()) members.push(this.#inView());
    return members.sort();
  }

  #inView(): string {
    return this.text(
      this.call.setMemberPtr(),
      this.call.setMemberLength() >>> 0,
    );
  }

  /** A random member. */
  random(key: string): string {
    this.call.setRandom(this.entry(0, key));
    return this.#inView();
  }

  encoding(key: string): number {
    return this.call.entryEncoding(this.entry(0, key));
  }

  /** Names the sets of these keys as operands. */
  operands(keys: readonly string[]): void {
    this.call.setOperandsReset();
    for (const key of keys) {
      assert.equal(this.call.setOperand(this.find(0, key)), 1);
    }
  }

  /** Members that a whole SSCAN returns, repetitions included. */
  scanMembers(key: string, count: number): string[] {
    const entry = this.entry(0, key);
    const members: string[] = [];
    let cursor = 0;
    do {
      cursor = this.call.setScanRun(entry, cursor, count) >>> 0;
      const found = this.call.setScanReply(entry, 0, -1);
      const listed = bulks(this.reply());
      assert.equal(listed.length, found);
      members.push(...listed);
    } while (cursor !== 0);
    return members;
  }
}

/** The bulk strings of a reply; headers of aggregates are passed over. */
export function bulks(reply: string): string[] {
  const texts: string[] = [];
  for (let at = 0; at < reply.length;) {
    const end = reply.indexOf("\r\n", at);
    if (reply[at] !== "$") {
      at = end + 2;
      continue;
    }
    const length = Number(reply.slice(at + 1, end));
    texts.push(reply.slice(end + 2, end + 2 + length));
    at = end + 4 + length;
  }
  return texts;
}
