/** The slow log: the latest commands that took longer than a threshold. */

/** Arguments kept of a command, and bytes of each (slowlog.h). */
const ARGUMENTS_MAX = 32;
const ARGUMENT_BYTES_MAX = 128;

/** One slow command. */
export interface SlowLogEntry {
  readonly id: number;
  /** Seconds of Unix time. */
  readonly time: number;
  readonly microseconds: number;
  /** Byte strings, shortened. */
  readonly args: readonly string[];
  readonly clientAddress: string;
  readonly clientName: string;
}

/** Reads the arguments of the command that was slow. */
export interface SlowLogArguments {
  readonly count: number;
  length(index: number): number;
  /** The first `max` bytes of an argument. */
  text(index: number, max: number): string;
}

/** The log. Adding is O(1) however long it may grow. */
export class SlowLog {
  /** `slowlog-max-len` */
  maxLength = 128;
  /** Oldest first; those before `#start` have been dropped. */
  #entries: (SlowLogEntry | undefined)[] = [];
  #start = 0;
  #nextId = 0;

  /** How many commands it holds. */
  get length(): number {
    return this.#entries.length - this.#start;
  }

  /** The latest commands, newest first. */
  latest(count: number): SlowLogEntry[] {
    const first = Math.max(this.#start, this.#entries.length - count);
    return (this.#entries.slice(first) as SlowLogEntry[]).reverse();
  }

  /** Adds a command; drops the oldest beyond the maximum length. */
  add(
    time: number,
    microseconds: number,
    args: SlowLogArguments,
    clientAddress: string,
    clientName: string,
  ): void {
    this.#entries.push({
      id: this.#nextId++,
      time,
      microseconds,
      args: shorten(args),
      clientAddress,
      clientName,
    });
    this.trim();
  }

  /** Drops what is beyond the maximum length. */
  trim(): void {
    while (this.length > this.maxLength) {
      this.#entries[this.#start++] = undefined;
    }
    if (this.#start > 32 && this.#start * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#start);
      this.#start = 0;
    }
  }

  /** Forgets all; the ids go on. */
  reset(): void {
    this.#entries = [];
    this.#start = 0;
  }
}

function shorten(args: SlowLogArguments): string[] {
  const kept = Math.min(args.count, ARGUMENTS_MAX);
  const result: string[] = [];
  for (let i = 0; i < kept; i++) {
    if (kept !== args.count && i === kept - 1) {
      result.push(`... (${args.count - kept + 1} more arguments)`);
      break;
    }
    const length = args.length(i);
    const text = args.text(i, ARGUMENT_BYTES_MAX);
    result.push(
      length > ARGUMENT_BYTES_MAX
        ? `${text}... (${length - ARGUMENT_BYTES_MAX} more bytes)`
        : text,
    );
  }
  return result;
}
