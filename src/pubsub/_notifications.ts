/**
 * Keyspace notifications: events of the key space as messages, of the classes
 * that `notify-keyspace-events` names.
 */

import { KeyspaceEvent } from "../config/mod.ts";
import type { EventClass, EventListener, Keyspace } from "../keyspace/mod.ts";
import type { PubSub } from "./mod.ts";

const CLASS_BITS: Readonly<Record<EventClass, number>> = {
  generic: KeyspaceEvent.GENERIC,
  string: KeyspaceEvent.STRING,
  list: KeyspaceEvent.LIST,
  set: KeyspaceEvent.SET,
  hash: KeyspaceEvent.HASH,
  zset: KeyspaceEvent.ZSET,
  stream: KeyspaceEvent.STREAM,
  expired: KeyspaceEvent.EXPIRED,
  evicted: KeyspaceEvent.EVICTED,
  new: KeyspaceEvent.NEW,
  keymiss: KeyspaceEvent.KEY_MISS,
};

const DESTINATIONS = KeyspaceEvent.KEYSPACE | KeyspaceEvent.KEYEVENT;

/** Publishes what happens to keys. Listens only while somebody would hear of it. */
export class Notifications implements EventListener {
  readonly #keyspace: Keyspace;
  readonly #pubsub: PubSub;
  #bits = 0;

  constructor(keyspace: Keyspace, pubsub: PubSub) {
    this.#keyspace = keyspace;
    this.#pubsub = pubsub;
  }

  /** Follows `notify-keyspace-events`, as bits. */
  configure(bits: number): void {
    this.#bits = bits;
    this.update();
  }

  /** To be called when there begin or cease to be subscribers. */
  update(): void {
    const bits = this.#bits;
    const isHeard = (bits & DESTINATIONS) !== 0 &&
      (bits & ~DESTINATIONS) !== 0 && this.#pubsub.clientCount > 0;
    if (isHeard) this.#keyspace.addListener(this);
    else this.#keyspace.removeListener(this);
  }

  event(eventClass: EventClass, event: string, db: number, key: string): void {
    const bits = this.#bits;
    if ((bits & CLASS_BITS[eventClass]) === 0) return;
    if ((bits & KeyspaceEvent.KEYSPACE) !== 0) {
      this.#pubsub.announce(`__keyspace@${db}__:${key}`, event);
    }
    if ((bits & KeyspaceEvent.KEYEVENT) !== 0) {
      this.#pubsub.announce(`__keyevent@${db}__:${event}`, key);
    }
  }
}
