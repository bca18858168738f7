/** Drives the WASM parser the way a connection does. */
import assert from "node:assert/strict";
import { bytes, Kernels } from "../_kernels.ts";
import type { Outcome } from "./_model.ts";

const STATE_BYTES = 32;
const NEED_MORE = -1;
const PROTOCOL_ERROR = -2;
const GUARD = 0xa5;
const GUARD_BYTES = 16;

/** `parserSetFlags`: the client has yet to authenticate. */
export const UNAUTHENTICATED = 1;

/** One client: a parser state, and a reply buffer for protocol errors. */
export class Client {
  readonly #kernels: Kernels;
  readonly state: number;
  readonly #output: number;
  /** Bytes the parser said it needs, after `undefined`. */
  needed = 0;

  constructor(kernels: Kernels, flags = 0) {
    this.#kernels = kernels;
    this.state = kernels.alloc(STATE_BYTES);
    kernels.view(this.state, STATE_BYTES).fill(0);
    kernels.call.parserSetFlags(this.state, flags);
    this.#output = kernels.call.outputNew() >>> 0;
  }

  /** Parses at an address; arguments must lie in what was given. */
  parseAt(input: number, length: number): Outcome {
    const { call } = this.#kernels;
    const argc = call.parse(this.state, input, length);
    if (argc === NEED_MORE) {
      this.needed = call.parseNeeded(this.state) >>> 0;
      if (length > 0) assert.ok(this.needed > length, "needs more than it has");
      return undefined;
    }
    if (argc === PROTOCOL_ERROR) return { error: this.#errorText() };
    assert.ok(argc >= 0, `parse returned ${argc}`);
    const used = call.parseConsumed() >>> 0;
    assert.ok(used > 0 && used <= length, `consumed ${used} of ${length}`);
    assert.equal(call.frameCount(), argc);
    const args: string[] = [];
    for (let i = 0; i < argc; i++) {
      const ptr = call.argPtr(i) >>> 0;
      const size = call.argLength(i) >>> 0;
      assert.ok(
        ptr >= input && ptr + size <= input + used,
        "argument in bounds",
      );
      args.push(this.#kernels.text(ptr, size));
    }
    return { used, args };
  }

  /** Parses bytes put between guards, in a block of their own each time. */
  parse(data: Uint8Array): Outcome {
    const kernels = this.#kernels;
    const block = kernels.alloc(data.length + 2 * GUARD_BYTES);
    kernels.view(block, data.length + 2 * GUARD_BYTES).fill(GUARD);
    const input = block + GUARD_BYTES;
    kernels.view(input, data.length).set(data);
    const outcome = this.parseAt(input, data.length);
    for (const at of [block, input + data.length]) {
      const guard = kernels.view(at, GUARD_BYTES);
      assert.ok(guard.every((byte) => byte === GUARD), "guard bytes untouched");
    }
    kernels.call.free(block);
    return outcome;
  }

  /** Whether nothing of a command is remembered. */
  idle(): boolean {
    return this.#kernels.view(this.state, STATE_BYTES - 4).every((b) =>
      b === 0
    );
  }

  free(): void {
    const { call } = this.#kernels;
    call.parserReset(this.state);
    call.free(this.state);
    call.outputFree(this.#output);
  }

  #errorText(): string {
    const { call } = this.#kernels;
    call.outputSelect(this.#output);
    call.replyProtocolError(call.parseError());
    const line = this.#kernels.text(
      call.outputStart(this.#output),
      call.outputLength(this.#output),
    );
    call.outputClear(this.#output);
    call.outputSelect(0);
    const match = /^-ERR Protocol error: ([^]*)\r\n$/.exec(line);
    assert.ok(match, line);
    return match[1];
  }
}

/** Everything in `data`, given in pieces cut at `cuts`, as one connection. */
export function feed(
  kernels: Kernels,
  data: Uint8Array,
  cuts: number[],
  flags = 0,
): Outcome[] {
  const client = new Client(kernels, flags);
  const outcomes: Outcome[] = [];
  let start = 0;
  for (const cut of [...cuts, data.length]) {
    while (true) {
      const outcome = client.parse(data.subarray(start, cut));
      if (outcome === undefined) break;
      outcomes.push(outcome);
      if ("error" in outcome) {
        client.free();
        return outcomes;
      }
      start += outcome.used;
      assert.ok(client.idle(), "no state between commands");
    }
  }
  client.free();
  return outcomes;
}

/** A command as clients send it. */
export function encode(...args: (string | Uint8Array)[]): Uint8Array {
  const parts = [bytes(`*${args.length}\r\n`)];
  for (const arg of args) {
    const data = typeof arg === "string" ? bytes(arg) : arg;
    parts.push(bytes(`$${data.length}\r\n`), data, bytes("\r\n"));
  }
  return join(parts);
}

/** Byte arrays in a row. */
export function join(parts: Uint8Array[]): Uint8Array {
  const result = new Uint8Array(
    parts.reduce((sum, part) => sum + part.length, 0),
  );
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}
