/** What publish/subscribe knows of a client. */

/** The three name spaces one may subscribe in. */
export type SubscriptionKind = "channels" | "patterns" | "shardChannels";

/** What a subscription costs besides its name, about. */
const SUBSCRIPTION_BYTES = 128;

/** Everything a client is subscribed to. Names are byte strings. */
export class Subscriptions {
  readonly channels = new Set<string>();
  readonly patterns = new Set<string>();
  readonly shardChannels = new Set<string>();
  /** Memory of it, about. */
  bytes = 0;

  get isEmpty(): boolean {
    return this.channels.size + this.patterns.size +
        this.shardChannels.size === 0;
  }

  /** The number its replies tell: shard channels are counted by themselves. */
  count(kind: SubscriptionKind): number {
    return kind === "shardChannels"
      ? this.shardChannels.size
      : this.channels.size + this.patterns.size;
  }

  /** False if it was there. */
  add(kind: SubscriptionKind, name: string): boolean {
    if (this[kind].has(name)) return false;
    this[kind].add(name);
    this.bytes += name.length + SUBSCRIPTION_BYTES;
    return true;
  }

  /** False if it was not there. */
  delete(kind: SubscriptionKind, name: string): boolean {
    if (!this[kind].delete(name)) return false;
    this.bytes -= name.length + SUBSCRIPTION_BYTES;
    return true;
  }
}

/** Whoever messages are delivered to. */
export interface Subscriber {
  /** 2 or 3. */
  readonly protocol: number;
  /** Undefined while there are none; PubSub keeps it. */
  subscriptions: Subscriptions | undefined;
  /** Adds a message's bytes to its output, and leaves that selected. */
  push(ptr: number, length: number): void;
}
