/** How important a message is, as Redis names it. */
export type LogLevel = "debug" | "verbose" | "notice" | "warning";

/** Who logs: a master, a replica, a child, a sentinel. */
export type LogRole = "M" | "S" | "C" | "X";

/** The threshold: a level, or `nothing` to silence the log. */
export type LogThreshold = LogLevel | "nothing";

/** From the least important. */
const RANKS: Readonly<Record<LogThreshold, number>> = {
  debug: 0,
  verbose: 1,
  notice: 2,
  warning: 3,
  nothing: 4,
};

const MARKS: Readonly<Record<LogLevel, string>> = {
  debug: ".",
  verbose: "-",
  notice: "*",
  warning: "#",
};

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** One message, ready to be formatted. */
export interface LogEntry {
  readonly level: LogLevel;
  readonly message: string;
  /** Milliseconds since the Unix epoch. */
  readonly timeMs: number;
  readonly pid: number;
  readonly role: LogRole;
  /** Facts beside the message; the JSON format shows them. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** True if messages of a level pass a threshold. */
export function passes(level: LogLevel, threshold: LogThreshold): boolean {
  return RANKS[level] >= RANKS[threshold];
}

function pad(value: number, digits: number): string {
  return String(value).padStart(digits, "0");
}

/**
 * A line as Redis writes it, in local time:
 * `PID:ROLE DD Mon YYYY HH:MM:SS.mmm MARK message`.
 */
export function formatRedisLine(entry: LogEntry): string {
  const time = new Date(entry.timeMs);
  const day = `${pad(time.getDate(), 2)} ${
    MONTHS[time.getMonth()]
  } ${time.getFullYear()}`;
  const clock = `${pad(time.getHours(), 2)}:${pad(time.getMinutes(), 2)}:${
    pad(time.getSeconds(), 2)
  }.${pad(time.getMilliseconds(), 3)}`;
  return `${entry.pid}:${entry.role} ${day} ${clock} ${
    MARKS[entry.level]
  } ${entry.message}\n`;
}

/** A line with one JSON object; the time is UTC. */
export function formatJsonLine(entry: LogEntry): string {
  const line = {
    time: new Date(entry.timeMs).toISOString(),
    level: entry.level,
    pid: entry.pid,
    role: entry.role,
    message: entry.message,
    ...entry.fields && { fields: entry.fields },
  };
  return JSON.stringify(line, replaceUnusual) + "\n";
}

/** JSON has neither 64-bit numbers nor errors. */
function replaceUnusual(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  if (value instanceof Error) {
    return { name: value.name, message: value.message, stack: value.stack };
  }
  return value;
}
