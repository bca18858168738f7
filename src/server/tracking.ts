/**
 * Client-side caching (CLIENT TRACKING): remembers which keys clients have
 * read, and tells them once a key has changed; or, in broadcasting mode, tells
 * of every changed key that begins with a prefix.
 *
 * Which keys a command reads follows from the command table; which keys changed
 * is what the core logged. As in Redis, keys count regardless of their
 * database, the table holds ids of clients that may be gone, and a client is
 * not told of its own command's changes before that has replied.
 */

import type { Client } from "../commands/client.ts";
import { type CommandEntry, FLAG_BITS } from "../commands/entries.ts";
import { getKeys } from "../commands/key_positions.ts";
import type { TrackingControl, TrackingOptions } from "../commands/services.ts";
import type { ArgumentView } from "../commands/spec.ts";
import {
  TRACKING_EVICTED_MAX,
  TRACKING_STALE_IDS_MAX,
} from "../base/limits.ts";
import type { Core } from "../core/mod.ts";
import type { TouchedKeys, TouchedListener } from "./touched.ts";

const READONLY = FLAG_BITS.readonly;
const MOVABLE_KEYS = FLAG_BITS.movablekeys;

const CHANNEL = "__redis__:invalidate";

/** Whoever hears of keys that begin with a prefix. */
interface Audience {
  readonly clients: Set<Client>;
  /** Keys changed since they were last told, and who changed them last. */
  keys: Map<string, Client | undefined>;
}

/** What tracking needs of the server. */
export interface TrackingParts {
  readonly core: Core;
  readonly keys: TouchedKeys;
  readonly clientOf: (id: number) => Client | undefined;
  readonly onChange: () => void;
  /** `tracking-table-max-keys` */
  readonly keysMax: () => number;
}

function bulk(text: string): string {
  return `$${text.length}\r\n${text}\r\n`;
}

/** Keys as an array, which both protocol versions write alike. */
function keyArray(keys: readonly string[]): string {
  return `*${keys.length}\r\n${keys.map(bulk).join("")}`;
}

/** See the top of the file. */
export class Tracking implements TrackingControl, TouchedListener {
  /** The client whose command is being looked at or run. */
  current: Client | undefined = undefined;
  /** Its command is being run: it has no reply yet. */
  isExecuting = false;

  readonly #parts: TrackingParts;
  readonly #arguments: ArgumentView;
  /** Clients that are told. */
  readonly #clients = new Set<Client>();
  /** Clients that are, or were, told: their ids may be in the table. */
  readonly #known = new Set<Client>();
  /** Ids of the clients that have read a key, by key. */
  readonly #table = new Map<string, Set<number>>();
  readonly #audiences = new Map<string, Audience>();
  #itemCount = 0;
  /** What the current client is told after its reply; null: of everything. */
  #pending: (string | null)[] = [];
  #isBroadcastDue = false;
  /** The server itself is removing keys. */
  #isDropping = false;
  /** Messages about such keys, to be sent when the turn is over. */
  #later: { client: Client; keys: string }[] = [];
  /** Times in a row that the table was found too large. */
  #overfull = 0;

  constructor(parts: TrackingParts) {
    this.#parts = parts;
    this.#arguments = new FrameView(parts.core);
  }

  /** Whether changes of keys may concern anybody. */
  get isActive(): boolean {
    return this.#known.size > 0;
  }

  get clientCount(): number {
    return this.#clients.size;
  }

  get keyCount(): number {
    return this.#table.size;
  }

  get itemCount(): number {
    return this.#itemCount;
  }

  get prefixCount(): number {
    return this.#audiences.size;
  }

  // ---------------------------------------------------------------- clients

  enable(client: Client, options: TrackingOptions): void {
    const { prefixes, ...modes } = options;
    const old = client.tracking;
    const all = new Set(old?.prefixes);
    if (options.isBroadcast) {
      for (const prefix of prefixes.length === 0 ? [""] : prefixes) {
        all.add(prefix);
        this.#audienceOf(prefix).clients.add(client);
      }
    }
    client.tracking = {
      ...modes,
      isBroken: false,
      isCachingGiven: old?.isCachingGiven ?? false,
      prefixes: all,
    };
    this.#clients.add(client);
    if (this.#known.has(client)) return;
    this.#known.add(client);
    this.#parts.keys.add(this);
    this.#parts.onChange();
  }

  disable(client: Client): void {
    const { tracking } = client;
    if (tracking === undefined) return;
    for (const prefix of tracking.prefixes) {
      const audience = this.#audiences.get(prefix);
      audience?.clients.delete(client);
      if (audience?.clients.size === 0) this.#audiences.delete(prefix);
    }
    client.tracking = undefined;
    this.#clients.delete(client);
  }

  /** Forgets a client that goes. */
  remove(client: Client): void {
    this.disable(client);
    if (!this.#known.delete(client) || this.#known.size > 0) return;
    this.#clear();
    this.#parts.keys.remove(this);
    this.#parts.onChange();
  }

  #audienceOf(prefix: string): Audience {
    let audience = this.#audiences.get(prefix);
    if (audience === undefined) {
      audience = { clients: new Set(), keys: new Map() };
      this.#audiences.set(prefix, audience);
    }
    return audience;
  }

  #clear(): void {
    this.#table.clear();
    this.#itemCount = 0;
  }

  // --------------------------------------------------------------- commands

  /** A command begins to run. */
  begin(client: Client): void {
    this.current = client;
    this.isExecuting = true;
  }

  /** A command that is part of another one has run; its arguments are still there. */
  afterNested(client: Client, entry: CommandEntry): void {
    this.#parts.keys.drain();
    this.#remember(client, entry);
  }

  /** A command has run and replied; its arguments are still there. */
  afterCommand(client: Client, entry: CommandEntry): void {
    this.afterNested(client, entry);
    this.isExecuting = false;
    if (this.#pending.length === 0) return;
    const pending = this.#pending;
    this.#pending = [];
    if (client.tracking === undefined) return;
    for (const key of pending) {
      this.#send(client, key === null ? null : keyArray([key]));
    }
  }

  /** CLIENT CACHING counts for one command or transaction, those of CLIENT aside. */
  endCaching(client: Client, entry: CommandEntry | undefined): void {
    const { tracking } = client;
    if (tracking === undefined || client.inMulti || client.isPaused) return;
    const container = entry?.parent ?? entry;
    if (container?.fullName !== "client") tracking.isCachingGiven = false;
  }

  /** Notes the keys that a reading command has given to the client. */
  #remember(client: Client, entry: CommandEntry): void {
    const { tracking } = client;
    if (tracking === undefined || tracking.isBroadcast) return;
    if ((entry.flagBits & READONLY) === 0) return;
    const { isOptIn, isOptOut, isCachingGiven } = tracking;
    if ((isOptIn && !isCachingGiven) || (isOptOut && isCachingGiven)) return;
    const { firstKey, lastKey, keyStep, spec } = entry;
    const { x } = this.#parts.core;
    const isPlain = spec.getKeys === undefined && firstKey > 0 &&
      (entry.flagBits & MOVABLE_KEYS) === 0;
    if (isPlain) {
      const last = lastKey < 0 ? x.frameCount() + lastKey : lastKey;
      for (let i = firstKey; i <= last; i += keyStep) this.#note(client, i);
    } else {
      for (const { index } of getKeys(spec, this.#arguments)) {
        this.#note(client, index);
      }
    }
  }

  #note(client: Client, index: number): void {
    const { core } = this.#parts;
    const key = core.text(core.x.argPtr(index), core.x.argLength(index));
    let ids = this.#table.get(key);
    if (ids === undefined) {
      ids = new Set();
      this.#table.set(key, ids);
    }
    if (ids.has(client.id)) return;
    ids.add(client.id);
    this.#itemCount++;
    if (ids.size > this.#known.size * 2 + TRACKING_STALE_IDS_MAX) {
      this.#dropStale(ids);
    }
  }

  /** A key that never changes is not to gather ids of clients for ever. */
  #dropStale(ids: Set<number>): void {
    for (const id of ids) {
      if (this.#parts.clientOf(id) !== undefined) continue;
      ids.delete(id);
      this.#itemCount--;
    }
  }

  // ---------------------------------------------------------------- changes

  /**
   * Before and after the server removes a key on its own account: what was
   * changed before is the current client's doing, the removal is nobody's.
   */
  dropping(isDone: boolean): void {
    if (!this.isActive) return;
    this.#isDropping = isDone;
    this.#parts.keys.drain();
    this.#isDropping = false;
  }

  touched(_db: number, key: string): void {
    if (this.#audiences.size > 0) {
      const author = this.#isDropping ? undefined : this.current;
      for (const [prefix, audience] of this.#audiences) {
        if (!key.startsWith(prefix)) continue;
        audience.keys.set(key, author);
        this.#scheduleBroadcast();
      }
    }
    this.#invalidate(key);
  }

  everythingTouched(): void {
    this.flushed();
  }

  /** Tells of everything at once. */
  flushed(): void {
    if (!this.isActive) return;
    for (const client of this.#clients) {
      if (client === this.current) this.#pending.push(null);
      else this.#send(client, null);
    }
    this.#clear();
  }

  /** Tells the clients that have read the key, and forgets that they have. */
  #invalidate(key: string): void {
    const ids = this.#table.get(key);
    if (ids === undefined) return;
    this.#table.delete(key);
    this.#itemCount -= ids.size;
    for (const id of ids) {
      const client = this.#parts.clientOf(id);
      const tracking = client?.tracking;
      if (client === undefined || tracking === undefined) continue;
      if (tracking.isBroadcast) continue;
      const isCurrent = client === this.current;
      if (isCurrent && tracking.isNoLoop) continue;
      if (isCurrent && this.isExecuting) this.#pending.push(key);
      else if (this.#isDropping && !isCurrent) this.#sendLater(client, key);
      else this.#send(client, keyArray([key]));
    }
  }

  /**
   * Gives up keys while there are more than `tracking-table-max-keys`: as their
   * changes will not be noticed, clients are told at once. The more often it is
   * too many, the more are given up.
   */
  limitTable(): void {
    const keysMax = this.#parts.keysMax();
    if (keysMax === 0 || this.#table.size <= keysMax) {
      this.#overfull = 0;
      return;
    }
    let effort = TRACKING_EVICTED_MAX * ++this.#overfull;
    for (const key of this.#table.keys()) {
      if (effort-- === 0) return;
      this.#invalidate(key);
      if (this.#table.size <= keysMax) break;
    }
    this.#overfull = 0;
  }

  // ----------------------------------------------------------- broadcasting

  #scheduleBroadcast(): void {
    if (this.#isBroadcastDue) return;
    this.#isBroadcastDue = true;
    // For changes that are in nobody's turn.
    queueMicrotask(() => this.broadcast());
  }

  /** At the end of a turn: tells of the keys that changed in it, by prefix. */
  broadcast(): void {
    if (!this.#isBroadcastDue) return;
    this.#isBroadcastDue = false;
    for (const prefix of [...this.#audiences.keys()].sort()) {
      this.#broadcastTo(this.#audiences.get(prefix)!);
    }
  }

  #broadcastTo(audience: Audience): void {
    if (audience.keys.size === 0) return;
    const changes = [...audience.keys].sort(([a], [b]) => a < b ? -1 : 1);
    audience.keys = new Map();
    const all = keyArray(changes.map(([key]) => key));
    for (const client of audience.clients) {
      if (!client.tracking?.isNoLoop) {
        this.#send(client, all);
        continue;
      }
      const others = changes.filter(([, author]) => author !== client);
      if (others.length === changes.length) this.#send(client, all);
      else if (others.length > 0) {
        this.#send(client, keyArray(others.map(([key]) => key)));
      }
    }
  }

  // --------------------------------------------------------------- messages

  /**
   * Tells a client of a key when the turn is over. Messages take memory, and
   * while keys are evicted to have less of it, each would evict another key.
   */
  #sendLater(client: Client, key: string): void {
    this.#later.push({ client, keys: keyArray([key]) });
    if (this.#later.length > 1) return;
    queueMicrotask(() => {
      const later = this.#later;
      this.#later = [];
      for (const { client, keys } of later) {
        if (client.tracking !== undefined) this.#send(client, keys);
      }
    });
  }

  /** Tells a client of keys, given as an array, or of everything. */
  #send(client: Client, keys: string | null): void {
    const { redirect } = client.tracking!;
    let target: Client | undefined = client;
    if (redirect !== 0) {
      target = this.#parts.clientOf(redirect);
      if (target === undefined) return this.#sendBroken(client, redirect);
    }
    if (target.protocol > 2) {
      this.#push(target, `>2\r\n${bulk("invalidate")}${keys ?? "_\r\n"}`);
    } else if (redirect !== 0 && target.isSubscriber) {
      this.#push(
        target,
        `*3\r\n${bulk("message")}${bulk(CHANNEL)}${keys ?? "$-1\r\n"}`,
      );
    }
  }

  /** The client that was to be told instead is gone. */
  #sendBroken(client: Client, redirect: number): void {
    client.tracking!.isBroken = true;
    if (client.protocol === 2) return;
    this.#push(
      client,
      `>2\r\n${bulk("tracking-redir-broken")}:${redirect}\r\n`,
    );
  }

  #push(client: Client, text: string): void {
    const { core } = this.#parts;
    const ptr = core.putText(text);
    if (ptr === 0) {
      // Better without a client than with one that trusts what is not so.
      client.port.closeAfterReply();
      return;
    }
    const selected = core.x.outputSelected();
    client.port.push(ptr, text.length);
    core.x.outputSelect(selected);
  }
}

/** The arguments in the current frame, for finding keys among them. */
class FrameView implements ArgumentView {
  readonly #core: Core;

  constructor(core: Core) {
    this.#core = core;
  }

  get length(): number {
    return this.#core.x.frameCount();
  }

  equals(index: number, text: string): boolean {
    return this.#text(index).toLowerCase() === text;
  }

  integer(index: number): number | undefined {
    const { x } = this.#core;
    if (!x.parseI64(x.argPtr(index), x.argLength(index))) return undefined;
    return Number(x.parsedI64());
  }

  #text(index: number): string {
    const { x } = this.#core;
    return this.#core.text(x.argPtr(index), x.argLength(index));
  }
}
