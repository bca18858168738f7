/**
 * Values of the Redis serialization protocol as tests see them: an incremental
 * decoder, and conversion to plain JavaScript values.
 *
 * The decoder is independent of the server's own parser on purpose: a mistake
 * shared by both sides could not be seen.
 */

const CARRIAGE_RETURN = 13;
const LINE_FEED = 10;

/** A decoded reply that keeps the wire type, so that `+OK` and `$2 OK` differ. */
export type RespValue =
  | { readonly kind: "simple"; readonly text: string }
  | { readonly kind: "error"; readonly text: string }
  | { readonly kind: "integer"; readonly value: bigint }
  | { readonly kind: "bulk"; readonly bytes: Uint8Array | null }
  | { readonly kind: "array"; readonly items: RespValue[] | null }
  | { readonly kind: "null" }
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "double"; readonly text: string }
  | { readonly kind: "bignumber"; readonly text: string }
  | { readonly kind: "bulkError"; readonly bytes: Uint8Array }
  | {
    readonly kind: "verbatim";
    readonly format: string;
    readonly bytes: Uint8Array;
  }
  | { readonly kind: "map"; readonly items: RespValue[] }
  | { readonly kind: "attribute"; readonly items: RespValue[] }
  | { readonly kind: "set"; readonly items: RespValue[] }
  | { readonly kind: "push"; readonly items: RespValue[] };

/** What {@linkcode toPlain} gives; maps become `Map`s, sets become arrays. */
export type PlainValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | Error
  | PlainValue[]
  | Map<string, PlainValue>;

/** The bytes received cannot be a reply. `offset` counts from the buffer's start. */
export class RespSyntaxError extends Error {
  override readonly name = "RespSyntaxError";
  constructor(message: string, readonly offset: number) {
    super(`${message} at byte ${offset}`);
  }
}

/** An error reply, thrown by `RespClient.call`. The message is the reply's text. */
export class ReplyError extends Error {
  override readonly name = "ReplyError";
}

const latin1 = new TextDecoder("latin1");

/** Decodes bytes one character each, so that nothing is lost when printed. */
export function bytesToLatin1(bytes: Uint8Array): string {
  return latin1.decode(bytes);
}

type AggregateKind = "array" | "map" | "attribute" | "set" | "push";

interface Frame {
  readonly kind: AggregateKind;
  readonly items: RespValue[];
  /** Items still to come, or -1 for a streamed aggregate ended by `.`. */
  remaining: number;
}

const AGGREGATES: Readonly<Record<string, AggregateKind>> = {
  "*": "array",
  "%": "map",
  "|": "attribute",
  "~": "set",
  ">": "push",
};

const END_OF_STREAM = Symbol("end of streamed aggregate");

/**
 * Decodes one top-level value at a time and remembers where it stopped, so a
 * reply of a million elements arriving in pieces is scanned once.
 */
export class RespDecoder {
  #frames: Frame[] = [];
  #position = 0;

  /** The offset of the next byte to look at. */
  get position(): number {
    return this.#position;
  }

  /** Forgets `byteCount` bytes that the caller has cut off the buffer's front. */
  discard(byteCount: number): void {
    this.#position -= byteCount;
  }

  /**
   * The next complete top-level value, or `undefined` when more bytes are
   * needed.
   * @throws {RespSyntaxError} when the bytes are not RESP.
   */
  next(buffer: Uint8Array): RespValue | undefined {
    while (true) {
      const step = this.#readItem(buffer);
      if (step === undefined) return undefined;
      let complete: RespValue | undefined = step === END_OF_STREAM
        ? this.#endStream()
        : step === null
        ? undefined
        : step;
      while (complete !== undefined) {
        const frame = this.#frames.at(-1);
        if (frame === undefined) return complete;
        frame.items.push(complete);
        if (frame.remaining > 0) frame.remaining--;
        complete = frame.remaining === 0 ? this.#closeFrame() : undefined;
      }
    }
  }

  #closeFrame(): RespValue {
    const { kind, items } = this.#frames.pop()!;
    return { kind, items };
  }

  #endStream(): RespValue {
    if (this.#frames.at(-1)?.remaining !== -1) {
      throw new RespSyntaxError("unexpected end of stream", this.#position);
    }
    return this.#closeFrame();
  }

  /** A leaf, `null` after opening an aggregate, `undefined` when bytes lack. */
  #readItem(
    buffer: Uint8Array,
  ): RespValue | null | undefined | typeof END_OF_STREAM {
    const start = this.#position;
    const lineEnd = findLineEnd(buffer, start);
    if (lineEnd < 0) return undefined;
    const type = String.fromCharCode(buffer[start]);
    const line = latin1.decode(buffer.subarray(start + 1, lineEnd));
    const afterLine = lineEnd + 2;
    if (type === ".") {
      this.#position = afterLine;
      return END_OF_STREAM;
    }
    const aggregate = AGGREGATES[type];
    if (aggregate !== undefined) {
      this.#position = afterLine;
      return this.#openFrame(aggregate, line, start);
    }
    if (type === "$" || type === "=" || type === "!") {
      return this.#readBulk(buffer, type, line, start, afterLine);
    }
    this.#position = afterLine;
    return scalar(type, line, start);
  }

  #openFrame(
    kind: AggregateKind,
    line: string,
    start: number,
  ): RespValue | null {
    if (line === "?") {
      this.#frames.push({ kind, items: [], remaining: -1 });
      return null;
    }
    const count = parseCount(line, start);
    if (count < 0) {
      if (kind !== "array") throw new RespSyntaxError("negative count", start);
      return { kind: "array", items: null };
    }
    const remaining = kind === "map" || kind === "attribute"
      ? count * 2
      : count;
    if (remaining === 0) return { kind, items: [] };
    this.#frames.push({ kind, items: [], remaining });
    return null;
  }

  #readBulk(
    buffer: Uint8Array,
    type: "$" | "=" | "!",
    line: string,
    start: number,
    bodyStart: number,
  ): RespValue | undefined {
    const length = parseCount(line, start);
    if (length < 0) {
      if (type !== "$") throw new RespSyntaxError("negative length", start);
      this.#position = bodyStart;
      return { kind: "bulk", bytes: null };
    }
    const bodyEnd = bodyStart + length;
    if (buffer.length < bodyEnd + 2) return undefined;
    if (
      buffer[bodyEnd] !== CARRIAGE_RETURN || buffer[bodyEnd + 1] !== LINE_FEED
    ) {
      throw new RespSyntaxError("bulk without final CRLF", bodyEnd);
    }
    const bytes = buffer.slice(bodyStart, bodyEnd);
    this.#position = bodyEnd + 2;
    if (type === "$") return { kind: "bulk", bytes };
    if (type === "!") return { kind: "bulkError", bytes };
    return {
      kind: "verbatim",
      format: latin1.decode(bytes.subarray(0, 3)),
      bytes: bytes.subarray(4),
    };
  }
}

function findLineEnd(buffer: Uint8Array, start: number): number {
  let at = buffer.indexOf(CARRIAGE_RETURN, start);
  while (at >= 0 && at + 1 < buffer.length) {
    if (buffer[at + 1] === LINE_FEED) return at;
    at = buffer.indexOf(CARRIAGE_RETURN, at + 1);
  }
  return -1;
}

function parseCount(line: string, offset: number): number {
  if (!/^-?\d+$/.test(line)) {
    throw new RespSyntaxError(`bad length ${JSON.stringify(line)}`, offset);
  }
  return Number(line);
}

function scalar(type: string, line: string, offset: number): RespValue {
  switch (type) {
    case "+":
      return { kind: "simple", text: line };
    case "-":
      return { kind: "error", text: line };
    case ":":
      if (!/^[+-]?\d+$/.test(line)) break;
      return { kind: "integer", value: BigInt(line) };
    case "_":
      if (line !== "") break;
      return { kind: "null" };
    case "#":
      if (line !== "t" && line !== "f") break;
      return { kind: "boolean", value: line === "t" };
    case ",":
      return { kind: "double", text: line };
    case "(":
      return { kind: "bignumber", text: line };
  }
  throw new RespSyntaxError(
    `not a reply: ${JSON.stringify(type + line.slice(0, 80))}`,
    offset,
  );
}

/** Whether a value is an error of either kind. */
export function isErrorValue(value: RespValue): boolean {
  return value.kind === "error" || value.kind === "bulkError";
}

/**
 * A plain JavaScript value: bulk strings as Latin-1 text (use the decoded value
 * itself where bytes matter), integers as numbers while they are exact, map keys
 * as strings, errors as {@linkcode ReplyError} objects (not thrown).
 */
export function toPlain(value: RespValue): PlainValue {
  switch (value.kind) {
    case "simple":
      return value.text;
    case "error":
      return new ReplyError(value.text);
    case "bulkError":
      return new ReplyError(bytesToLatin1(value.bytes));
    case "integer": {
      const number = Number(value.value);
      return Number.isSafeInteger(number) ? number : value.value;
    }
    case "bulk":
      return value.bytes === null ? null : bytesToLatin1(value.bytes);
    case "verbatim":
      return bytesToLatin1(value.bytes);
    case "null":
      return null;
    case "boolean":
      return value.value;
    case "double":
      return plainDouble(value.text);
    case "bignumber":
      return BigInt(value.text);
    case "map":
    case "attribute":
      return plainMap(value.items);
    case "array":
      return value.items === null ? null : value.items.map(toPlain);
    case "set":
    case "push":
      return value.items.map(toPlain);
  }
}

function plainDouble(text: string): number {
  if (text === "inf") return Infinity;
  if (text === "-inf") return -Infinity;
  return Number(text);
}

function plainMap(items: readonly RespValue[]): Map<string, PlainValue> {
  const map = new Map<string, PlainValue>();
  for (let index = 0; index < items.length; index += 2) {
    map.set(String(toPlain(items[index])), toPlain(items[index + 1]));
  }
  return map;
}

/** A short printable form of raw bytes, escaped as `redis-cli` escapes them. */
export function printableBytes(bytes: Uint8Array, byteCountMax = 300): string {
  let text = "";
  for (const byte of bytes.subarray(0, byteCountMax)) {
    if (byte === CARRIAGE_RETURN) text += "\\r";
    else if (byte === LINE_FEED) text += "\\n";
    else if (byte === 34 || byte === 92) {
      text += "\\" + String.fromCharCode(byte);
    } else if (byte >= 32 && byte < 127) text += String.fromCharCode(byte);
    else text += "\\x" + byte.toString(16).padStart(2, "0");
  }
  const more = bytes.length - byteCountMax;
  return more > 0 ? `"${text}"… (${more} more bytes)` : `"${text}"`;
}
