/**
 * Publish/subscribe: who is subscribed to what, and the delivery of messages.
 *
 * A message is encoded at most once a protocol version and appended to the
 * output of each receiver, which the server flushes once a turn. Channels,
 * patterns and shard channels that nobody is subscribed to do not exist.
 */

import type { Core } from "../core/mod.ts";
import { OutOfMemory } from "../keyspace/mod.ts";
import { Envelope } from "./_envelope.ts";
import {
  type Subscriber,
  type SubscriptionKind,
  Subscriptions,
} from "./_subscriber.ts";

export { Notifications } from "./_notifications.ts";
export { Subscriptions } from "./_subscriber.ts";
export type { Subscriber, SubscriptionKind } from "./_subscriber.ts";

/** A pattern in the core's memory, to be matched there. */
interface Pattern {
  readonly ptr: number;
  readonly length: number;
  readonly subscribers: Set<Subscriber>;
}

const NOBODY: ReadonlySet<Subscriber> = new Set();

/** See the top of the file. */
export class PubSub {
  readonly #core: Core;
  readonly #envelope: Envelope;
  readonly #channels = new Map<string, Set<Subscriber>>();
  readonly #shardChannels = new Map<string, Set<Subscriber>>();
  readonly #patterns = new Map<string, Pattern>();
  readonly #onChange: () => void;
  /** Text on its way into the core. */
  #text = 0;
  #textBytes = 0;
  #clients = 0;

  /** `onChange` is told when there begin or cease to be subscribers. */
  constructor(core: Core, onChange: () => void = () => {}) {
    this.#core = core;
    this.#onChange = onChange;
    this.#envelope = new Envelope(core);
  }

  // ---------------------------------------------------------------- figures

  /** Clients that are subscribed to anything. */
  get clientCount(): number {
    return this.#clients;
  }

  get channelCount(): number {
    return this.#channels.size;
  }

  get patternCount(): number {
    return this.#patterns.size;
  }

  get shardChannelCount(): number {
    return this.#shardChannels.size;
  }

  /** Names of all channels of a kind. */
  names(kind: "channels" | "shardChannels"): Iterable<string> {
    return this.#subscribersByName(kind).keys();
  }

  /** How many are subscribed to a channel. */
  subscriberCount(kind: "channels" | "shardChannels", name: string): number {
    return this.#subscribersByName(kind).get(name)?.size ?? 0;
  }

  #subscribersByName(
    kind: "channels" | "shardChannels",
  ): Map<string, Set<Subscriber>> {
    return kind === "channels" ? this.#channels : this.#shardChannels;
  }

  // ----------------------------------------------------------- subscriptions

  /** Subscribes a client; returns the number its reply tells. */
  subscribe(
    client: Subscriber,
    kind: SubscriptionKind,
    name: string,
  ): number {
    if (client.subscriptions?.[kind].has(name)) {
      return client.subscriptions.count(kind);
    }
    this.#subscribersOf(kind, name).add(client);
    const isFirst = client.subscriptions === undefined;
    const subscriptions = client.subscriptions ??= new Subscriptions();
    subscriptions.add(kind, name);
    if (isFirst && ++this.#clients === 1) this.#onChange();
    return subscriptions.count(kind);
  }

  /** The subscribers of something that exists from now on. */
  #subscribersOf(kind: SubscriptionKind, name: string): Set<Subscriber> {
    if (kind === "patterns") return this.#patternOf(name).subscribers;
    const byName = this.#subscribersByName(kind);
    let subscribers = byName.get(name);
    if (subscribers === undefined) {
      subscribers = new Set();
      byName.set(name, subscribers);
    }
    return subscribers;
  }

  #patternOf(name: string): Pattern {
    const known = this.#patterns.get(name);
    if (known !== undefined) return known;
    const ptr = this.#core.x.alloc(Math.max(1, name.length));
    if (ptr === 0) throw new OutOfMemory();
    this.#write(ptr, name);
    const pattern = { ptr, length: name.length, subscribers: new Set([]) };
    this.#patterns.set(name, pattern);
    return pattern;
  }

  /** Ends one subscription, if there is one; returns the number its reply tells. */
  unsubscribe(
    client: Subscriber,
    kind: SubscriptionKind,
    name: string,
  ): number {
    const { subscriptions } = client;
    if (subscriptions === undefined) return 0;
    if (subscriptions.delete(kind, name)) this.#leave(client, kind, name);
    const count = subscriptions.count(kind);
    if (subscriptions.isEmpty) this.#forget(client);
    return count;
  }

  /** Ends all subscriptions of a client that goes or is reset. */
  unsubscribeAll(client: Subscriber): void {
    const { subscriptions } = client;
    if (subscriptions === undefined) return;
    for (const kind of ["channels", "patterns", "shardChannels"] as const) {
      for (const name of subscriptions[kind]) this.#leave(client, kind, name);
    }
    this.#forget(client);
  }

  #forget(client: Subscriber): void {
    client.subscriptions = undefined;
    if (--this.#clients === 0) this.#onChange();
  }

  #leave(client: Subscriber, kind: SubscriptionKind, name: string): void {
    if (kind === "patterns") {
      const pattern = this.#patterns.get(name)!;
      pattern.subscribers.delete(client);
      if (pattern.subscribers.size > 0) return;
      this.#patterns.delete(name);
      this.#core.x.free(pattern.ptr);
      return;
    }
    const byName = this.#subscribersByName(kind);
    const subscribers = byName.get(name)!;
    subscribers.delete(client);
    if (subscribers.size === 0) byName.delete(name);
  }

  // --------------------------------------------------------------- messages

  /** Delivers a message and returns how many received it. */
  publish(
    channelPtr: number,
    channelLength: number,
    messagePtr: number,
    messageLength: number,
  ): number {
    if (this.#channels.size + this.#patterns.size === 0) return 0;
    const { x } = this.#core;
    const selected = x.outputSelected();
    const protocol = x.replyProtocol();
    const envelope = this.#envelope;
    const name = this.#core.text(channelPtr, channelLength);
    const subscribers = this.#channels.get(name);
    let receivers = 0;
    try {
      if (subscribers !== undefined) {
        envelope.address(
          "message",
          undefined,
          channelPtr,
          channelLength,
          messagePtr,
          messageLength,
        );
        receivers += envelope.deliver(subscribers);
      }
      for (const pattern of this.#patterns.values()) {
        const { ptr, length } = pattern;
        if (!x.globMatch(ptr, length, channelPtr, channelLength, 0)) continue;
        envelope.address(
          "pmessage",
          pattern,
          channelPtr,
          channelLength,
          messagePtr,
          messageLength,
        );
        receivers += envelope.deliver(pattern.subscribers);
      }
    } finally {
      envelope.discard();
      x.outputSelect(selected);
      x.replySetProtocol(protocol);
    }
    return receivers;
  }

  /** Delivers a message to a shard channel: patterns do not count there. */
  publishShard(
    channelPtr: number,
    channelLength: number,
    messagePtr: number,
    messageLength: number,
  ): number {
    if (this.#shardChannels.size === 0) return 0;
    const { x } = this.#core;
    const name = this.#core.text(channelPtr, channelLength);
    const subscribers = this.#shardChannels.get(name) ?? NOBODY;
    const selected = x.outputSelected();
    const protocol = x.replyProtocol();
    this.#envelope.address(
      "smessage",
      undefined,
      channelPtr,
      channelLength,
      messagePtr,
      messageLength,
    );
    try {
      return this.#envelope.deliver(subscribers);
    } finally {
      this.#envelope.discard();
      x.outputSelect(selected);
      x.replySetProtocol(protocol);
    }
  }

  /**
   * `publish` for byte strings. What finds no memory is not delivered: whoever
   * tells of something that has happened cannot take it back.
   */
  announce(channel: string, message: string): void {
    if (this.#patterns.size === 0 && !this.#channels.has(channel)) return;
    const text = channel + message;
    const ptr = this.#put(text);
    if (ptr === 0) return;
    const messagePtr = (ptr + channel.length) | 0;
    try {
      this.publish(ptr, channel.length, messagePtr, message.length);
    } catch (error) {
      if (!(error instanceof OutOfMemory)) throw error;
    }
  }

  /** Text into a buffer of our own: handlers use the core's scratch area. */
  #put(text: string): number {
    const { x } = this.#core;
    if (text.length > this.#textBytes) {
      const bytes = Math.max(256, text.length);
      const larger = x.resize(this.#text, bytes);
      if (larger === 0) return 0;
      this.#text = larger;
      this.#textBytes = bytes;
    }
    this.#write(this.#text, text);
    return this.#text;
  }

  #write(ptr: number, text: string): void {
    const bytes = this.#core.view(ptr, text.length);
    for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  }
}
