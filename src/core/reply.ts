/**
 * Replies: thin names over the core's reply writer, which writes into the
 * output buffer of the selected client in that client's protocol version.
 */

import type { Core } from "./mod.ts";

/** Writes the reply of the command being executed. */
export class Reply {
  /** Hears of every error reply: for statistics. */
  onError: (text: string) => void = () => {};
  readonly #core: Core;

  constructor(core: Core) {
    this.#core = core;
  }

  ok(): void {
    this.#core.x.replyOk();
  }

  /** A simple string; the text must have no line ends. */
  simple(text: string): void {
    this.#core.x.replySimple(this.#core.putText(text), text.length);
  }

  /**
   * An error. The text starts with its code (`ERR `, `WRONGTYPE `); line ends
   * are replaced by spaces, as in Redis.
   */
  error(text: string): void {
    this.onError(text);
    this.#core.x.replyError(this.#core.putText(text), text.length);
  }

  /** An integer up to 2^53 either way. */
  integer(value: number): void {
    this.#core.x.replyIntegerF64(value);
  }

  /** Any 64-bit integer. */
  bigInteger(value: bigint): void {
    this.#core.x.replyInteger(value);
  }

  /** 1 or 0. */
  flag(value: boolean): void {
    this.#core.x.replyIntegerF64(value ? 1 : 0);
  }

  /** RESP3 boolean; 1 or 0 in RESP2. */
  boolean(value: boolean): void {
    this.#core.x.replyBoolean(value ? 1 : 0);
  }

  /** A bulk string from the core's memory. */
  bulk(ptr: number, length: number): void {
    this.#core.x.replyBulk(ptr, length);
  }

  /** A bulk string from a byte string. */
  text(text: string): void {
    this.#core.x.replyBulk(this.#core.putText(text), text.length);
  }

  bytes(bytes: Uint8Array): void {
    this.#core.x.replyBulk(this.#core.putBytes(bytes), bytes.length);
  }

  null(): void {
    this.#core.x.replyNull();
  }

  nullArray(): void {
    this.#core.x.replyNullArray();
  }

  array(length: number): void {
    this.#core.x.replyArray(length);
  }

  /** A map of that many pairs; in RESP2 a flat array. */
  map(pairs: number): void {
    this.#core.x.replyMap(pairs);
  }

  set(length: number): void {
    this.#core.x.replySet(length);
  }

  push(length: number): void {
    this.#core.x.replyPush(length);
  }

  /** False in RESP2, which has none: the pairs must then be left out. */
  attribute(pairs: number): boolean {
    return this.#core.x.replyAttribute(pairs) !== 0;
  }

  double(value: number): void {
    this.#core.x.replyDouble(value);
  }

  bigNumber(digits: string): void {
    this.#core.x.replyBigNumber(this.#core.putText(digits), digits.length);
  }

  /** A verbatim string in RESP3, a bulk string in RESP2; format is `txt` or `mkd`. */
  verbatim(text: string, format: "txt" | "mkd" = "txt"): void {
    const word = format.charCodeAt(0) | format.charCodeAt(1) << 8 |
      format.charCodeAt(2) << 16;
    this.#core.x.replyVerbatim(word, this.#core.putText(text), text.length);
  }

  /** An array of bulk strings. */
  texts(texts: readonly string[]): void {
    this.array(texts.length);
    for (const text of texts) this.text(text);
  }

  /** HELP of a container command: an array of simple strings. */
  help(lines: readonly string[]): void {
    this.array(lines.length);
    for (const line of lines) this.simple(line);
  }

  /** Starts an aggregate whose length is not known yet. */
  deferred(): number {
    return this.#core.x.replyDeferred();
  }

  deferredArray(mark: number, length: number): void {
    this.#core.x.replyDeferredArray(mark, length);
  }

  deferredMap(mark: number, pairs: number): void {
    this.#core.x.replyDeferredMap(mark, pairs);
  }

  deferredSet(mark: number, length: number): void {
    this.#core.x.replyDeferredSet(mark, length);
  }
}
