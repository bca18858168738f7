/** The log of what was denied: ACL LOG. */

/** How long an event is counted with one like it, milliseconds. */
const GROUPING_MS_MAX = 60_000;
/** Entries that are looked at for one like it. */
const LIKENESS_SEARCH_MAX = 10;

/** What was denied. */
export interface AclEvent {
  readonly reason: "command" | "key" | "channel" | "auth";
  readonly context: "toplevel" | "multi" | "lua";
  /** The command, key or channel. */
  readonly object: string;
  readonly username: string;
  /** The client, as CLIENT LIST shows it. */
  readonly clientInfo: string;
  readonly nowMs: number;
}

/** One entry. */
export interface AclLogEntry extends AclEvent {
  readonly id: number;
  /** How often it happened. */
  readonly count: number;
  readonly createdMs: number;
}

/** See the top of the file. The newest comes first. */
export class AclLog {
  readonly #maxLength: () => number;
  #entries: AclLogEntry[] = [];
  #nextId = 0;

  /** @param maxLength `acllog-max-len`, as it is now */
  constructor(maxLength: () => number) {
    this.#maxLength = maxLength;
  }

  get entries(): readonly AclLogEntry[] {
    return this.#entries;
  }

  clear(): void {
    this.#entries = [];
  }

  /** Adds an event to the entry of one like it, or makes a new entry. */
  add(event: AclEvent): void {
    const index = this.#entries.slice(0, LIKENESS_SEARCH_MAX)
      .findIndex((entry) => isAlike(entry, event));
    if (index >= 0) {
      const [{ id, count, createdMs }] = this.#entries.splice(index, 1);
      this.#entries.unshift({ ...event, id, count: count + 1, createdMs });
      return;
    }
    const createdMs = event.nowMs;
    this.#entries.unshift({
      ...event,
      id: this.#nextId++,
      count: 1,
      createdMs,
    });
    const max = this.#maxLength();
    if (this.#entries.length > max) this.#entries.length = max;
  }
}

function isAlike(entry: AclEvent, event: AclEvent): boolean {
  return entry.reason === event.reason && entry.context === event.context &&
    Math.abs(entry.nowMs - event.nowMs) <= GROUPING_MS_MAX &&
    entry.object === event.object && entry.username === event.username;
}
