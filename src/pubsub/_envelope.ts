/**
 * A message on its way to its receivers: encoded once a protocol version, then
 * copied to every receiver's output.
 */

import type { Core } from "../core/mod.ts";
import { OutOfMemory } from "../keyspace/mod.ts";
import type { Subscriber } from "./_subscriber.ts";

/** What a message is called, by how its receivers subscribed. */
export type MessageWord = "message" | "pmessage" | "smessage";

const WORDS: readonly MessageWord[] = ["message", "pmessage", "smessage"];

/** Bytes in the core's memory. */
interface Bytes {
  readonly ptr: number;
  readonly length: number;
}

/** One protocol version's encoding. */
interface Encoding {
  readonly protocol: number;
  /** The core's output that holds it. */
  readonly output: number;
  isReady: boolean;
  ptr: number;
  length: number;
}

/** One object serves all messages: `address`, then `deliver`. */
export class Envelope {
  readonly #core: Core;
  readonly #words: ReadonlyMap<MessageWord, Bytes>;
  readonly #resp2: Encoding;
  readonly #resp3: Encoding;
  #word: MessageWord = "message";
  #pattern: Bytes | undefined = undefined;
  #channelPtr = 0;
  #channelLength = 0;
  #messagePtr = 0;
  #messageLength = 0;

  constructor(core: Core) {
    this.#core = core;
    this.#words = new Map(WORDS.map((word) => [word, bulkOf(core, word)]));
    this.#resp2 = newEncoding(core, 2);
    this.#resp3 = newEncoding(core, 3);
  }

  /** Begins a message; the bytes must stay where they are until it is delivered. */
  address(
    word: MessageWord,
    pattern: Bytes | undefined,
    channelPtr: number,
    channelLength: number,
    messagePtr: number,
    messageLength: number,
  ): void {
    this.#word = word;
    this.#pattern = pattern;
    this.#channelPtr = channelPtr;
    this.#channelLength = channelLength;
    this.#messagePtr = messagePtr;
    this.#messageLength = messageLength;
    this.#resp2.isReady = false;
    this.#resp3.isReady = false;
  }

  /** Sends it to all of them and returns how many they are. Changes the selected output. */
  deliver(subscribers: ReadonlySet<Subscriber>): number {
    for (const subscriber of subscribers) {
      const encoding = subscriber.protocol === 2 ? this.#resp2 : this.#resp3;
      if (!encoding.isReady) this.#encode(encoding);
      subscriber.push(encoding.ptr, encoding.length);
    }
    return subscribers.size;
  }

  /** Gives back what a long message took. */
  discard(): void {
    const { x } = this.#core;
    if (this.#resp2.isReady) x.outputClear(this.#resp2.output);
    if (this.#resp3.isReady) x.outputClear(this.#resp3.output);
  }

  #encode(encoding: Encoding): void {
    const { x } = this.#core;
    const { output } = encoding;
    const word = this.#words.get(this.#word)!;
    const pattern = this.#pattern;
    x.outputClear(output);
    x.outputSelect(output);
    x.replySetProtocol(encoding.protocol);
    x.replyPush(pattern === undefined ? 3 : 4);
    x.outputAppend(word.ptr, word.length);
    if (pattern !== undefined) x.replyBulk(pattern.ptr, pattern.length);
    x.replyBulk(this.#channelPtr, this.#channelLength);
    x.replyBulk(this.#messagePtr, this.#messageLength);
    if (x.outputFlags(output) !== 0) throw new OutOfMemory();
    encoding.ptr = x.outputStart(output);
    encoding.length = x.outputLength(output);
    encoding.isReady = true;
  }
}

function newEncoding(core: Core, protocol: number): Encoding {
  const output = core.x.outputNew();
  if (output === 0) throw new OutOfMemory();
  return { protocol, output, isReady: false, ptr: 0, length: 0 };
}

/** A word as a bulk string, for good. */
function bulkOf(core: Core, word: string): Bytes {
  const text = `$${word.length}\r\n${word}\r\n`;
  const ptr = core.x.alloc(text.length);
  if (ptr === 0) throw new OutOfMemory();
  const bytes = core.view(ptr, text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return { ptr, length: text.length };
}
