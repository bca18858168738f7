/** Streams in a WASM instance of their own, driven by text. */
import assert from "node:assert/strict";
import { KeySpace, type KeySpaceOptions } from "./_keyspace.ts";

/** A reply, or a part of one. */
export type Reply = string | number | null | Reply[];

/** How XADD is told the ID. */
const ID_GIVEN = 0;
const TYPE_STREAM = 6;
const ENCODING_STREAM = 8;
const ARGUMENT_BYTES = 1 << 16;

/** A key space with the arguments and replies that stream commands need. */
export class Streams extends KeySpace {
  readonly #arguments: number;
  readonly #output: number;

  constructor(options: KeySpaceOptions = {}) {
    super(options);
    this.#arguments = this.alloc(ARGUMENT_BYTES);
    this.#output = this.call.outputNew();
    this.call.outputSelect(this.#output);
  }

  /** Fills the argument frame. */
  arguments(...words: (string | number)[]): void {
    const { call } = this;
    call.frameClear();
    let at = this.#arguments;
    for (const word of words) {
      const text = String(word);
      for (let i = 0; i < text.length; i++) {
        this.bytes[at + i] = text.charCodeAt(i);
      }
      assert.equal(call.frameAppend(at, text.length), 1);
      at += text.length;
    }
    assert.ok(at <= this.#arguments + ARGUMENT_BYTES);
  }

  /** Puts an ID into a register (0: ID, 1: START, 2: END). */
  setId(register: number, id: string): void {
    const at = this.valueAt(id);
    assert.equal(this.call.streamIdParseLax(register, at, id.length), 1, id);
  }

  /** What was replied since the last look. */
  reply(): Reply {
    const { call } = this;
    const length = call.outputLength(this.#output) >>> 0;
    const text = this.text(call.outputStart(this.#output), length);
    call.outputClear(this.#output);
    const lines = new Lines(text);
    return text === "" ? null : lines.next();
  }

  /** The stream at a key; 0 if there is none. */
  stream(key: string): number {
    const entry = this.find(0, key);
    if (entry === 0) return 0;
    assert.equal(this.call.entryType(entry), TYPE_STREAM);
    assert.equal(this.call.entryEncoding(entry), ENCODING_STREAM);
    return this.call.valuePtr(entry);
  }

  /** XADD; what the core's `streamAdd` returns. */
  add(key: string, id: string, ...pairs: string[]): number {
    this.arguments("XADD", key, id, ...pairs);
    this.setId(0, id);
    const { call } = this;
    return call.streamAdd(
      0,
      call.argPtr(1),
      call.argLength(1),
      this.find(0, key),
      3,
      pairs.length / 2,
      ID_GIVEN,
    );
  }

  /** XDEL */
  deleteIds(key: string, ...ids: string[]): number {
    this.arguments("XDEL", key, ...ids);
    return this.call.streamDeleteIds(0, this.entry(0, key), ids.length + 2);
  }

  /** XTRIM MAXLEN */
  trimToLength(key: string, length: number, approximate: boolean): number {
    const { call } = this;
    return call.streamTrimTo(this.stream(key), length, approximate ? 1 : 0, 0);
  }

  /** XTRIM MINID */
  trimToId(key: string, id: string): number {
    this.setId(1, id);
    return this.call.streamTrimTo(this.stream(key), -1, 0, 0);
  }

  /** XRANGE or XREVRANGE over everything. */
  range(key: string, reverse = false): Reply {
    this.call.streamRangeAll();
    this.call.streamRangeReply(this.stream(key), 0, reverse ? 1 : 0);
    return this.reply();
  }

  /** XGROUP CREATE from the beginning; the group. */
  createGroup(key: string, name: string): number {
    this.arguments("XGROUP", "CREATE", key, name);
    this.setId(0, "0-0");
    return this.call.streamGroupCreate(this.stream(key), 3, 0n);
  }

  group(key: string, name: string): number {
    this.arguments("XGROUP", "FIND", key, name);
    return this.call.streamGroupFind(this.stream(key), 3);
  }

  /** XREADGROUP of what is new; whether there was memory for it. */
  readGroup(
    key: string,
    group: string,
    consumer: string,
    count: number,
  ): boolean {
    const found = this.group(key, group);
    this.arguments("XREADGROUP", key, group, consumer);
    const stream = this.stream(key);
    return this.call.streamGroupRead(0, stream, found, 1, 2, 3, count, 0, 0) !==
      0;
  }

  /** XACK; how many, negative when out of memory. */
  acknowledge(key: string, group: string, ...ids: string[]): number {
    const found = this.group(key, group);
    this.arguments("XACK", key, group, ...ids);
    return this.call.streamAck(found, ids.length + 3);
  }

  /** XCLAIM with FORCE. */
  claim(
    key: string,
    group: string,
    consumer: string,
    ...ids: string[]
  ): boolean {
    const found = this.group(key, group);
    this.arguments("XCLAIM", key, group, consumer, 0, ...ids);
    this.setId(0, "0-0");
    const last = ids.length + 4;
    const stream = this.stream(key);
    return this.call.streamClaim(0, stream, found, last, 0n, 5n, -1n, 1, 1) !==
      0;
  }

  /** XAUTOCLAIM from the beginning. */
  autoClaim(
    key: string,
    group: string,
    consumer: string,
    count: number,
  ): boolean {
    const found = this.group(key, group);
    this.arguments("XAUTOCLAIM", key, group, consumer);
    this.setId(1, "-");
    const stream = this.stream(key);
    return this.call.streamAutoClaim(0, stream, found, 0n, count, 1) !== 0;
  }

  /** XGROUP DELCONSUMER; how many were pending, -1 if there is none such. */
  removeConsumer(key: string, group: string, consumer: string): number {
    const found = this.group(key, group);
    this.arguments("XGROUP", "DELCONSUMER", key, group, consumer);
    const its = this.call.streamConsumerFind(found, 4);
    return its === 0 ? -1 : this.call.streamConsumerRemove(found, its);
  }

  /** XINFO STREAM FULL of everything: all there is to know, as text. */
  dump(key: string): string {
    const stream = this.stream(key);
    if (stream === 0) return "";
    this.call.streamInfoFull(stream, 0);
    return JSON.stringify(this.reply());
  }

  /** Verifies the structure of a stream, if there is one. */
  checkStream(key: string): void {
    const stream = this.stream(key);
    if (stream !== 0) assert.equal(this.call.streamCheck(stream), 0, key);
  }

  /** XINFO STREAM, as text: short, however long the stream is. */
  info(key: string): string {
    const stream = this.stream(key);
    if (stream === 0) return "";
    this.call.streamInfo(stream);
    return JSON.stringify(this.reply());
  }

  /** The listpack of the first node. */
  firstListpack(key: string): string {
    const u32 = (at: number) =>
      new DataView(this.memory.buffer).getUint32(at, true);
    const leaf = u32(this.stream(key) >>> 0);
    const listpack = u32(u32(leaf + 8) + 16);
    return this.text(listpack, u32(listpack));
  }
}

/** A reply in RESP2, line by line. */
class Lines {
  #at = 0;

  constructor(readonly text: string) {}

  #line(): string {
    const end = this.text.indexOf("\r\n", this.#at);
    const line = this.text.slice(this.#at, end);
    this.#at = end + 2;
    return line;
  }

  next(): Reply {
    const line = this.#line();
    const number = Number(line.slice(1));
    switch (line[0]) {
      case ":":
        return number;
      case "$": {
        if (number < 0) return null;
        const start = this.#at;
        this.#at += number + 2;
        return this.text.slice(start, start + number);
      }
      case "*":
        return number < 0
          ? null
          : Array.from({ length: number }, () => this.next());
    }
    return line;
  }
}
