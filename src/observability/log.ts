/**
 * The log: LogTape loggers behind Redis's levels, lines and options.
 *
 * {@linkcode Log} is what the server is given. Libraries and components that
 * prefer LogTape's own interface get their logger from `getLogger(["aikv", …])`
 * and end up in the same place.
 *
 * @module
 */
import {
  configureSync,
  getLogger,
  type Logger,
  type LogLevel as TapeLevel,
  type LogRecord,
  resetSync,
} from "@logtape/logtape";
import type { Clock, Files } from "../base/interfaces.ts";
import {
  formatJsonLine,
  formatRedisLine,
  type LogLevel,
  type LogRole,
  type LogThreshold,
  passes,
} from "./log_format.ts";
import { LogOutput } from "./_log_output.ts";

export type { LogLevel, LogRole, LogThreshold } from "./log_format.ts";

/**
 * The options the log obeys. They are read for every line, so that a change
 * counts at once; `config.values` is one.
 */
export interface LogSettings {
  readonly loglevel: LogThreshold;
  /** Path of the file; empty for standard output. */
  readonly logfile: string;
  readonly logFormat: "redis" | "json";
}

/** What a {@linkcode Log} is made of. */
export interface LogParts {
  readonly settings: LogSettings;
  readonly files: Files;
  readonly clock: Clock;
  readonly pid: number;
  /** Must return only when the bytes are out of the process. */
  writeStandardOutput(bytes: Uint8Array): void;
  /** Read for every line, because a master may become a replica. Default: always `M`. */
  role?(): LogRole;
}

/** Facts beside a message, for the JSON format. */
export type LogFields = Readonly<Record<string, unknown>>;

const TAPE_LEVELS = {
  debug: "trace",
  verbose: "debug",
  notice: "info",
  warning: "warning",
} as const satisfies Record<LogLevel, TapeLevel>;

const LEVELS: Readonly<Record<TapeLevel, LogLevel>> = {
  trace: "debug",
  debug: "verbose",
  info: "notice",
  warning: "warning",
  error: "warning",
  fatal: "warning",
};

const CATEGORY = "aikv";
const encoder = new TextEncoder();

/** The log of this process. There is one at a time: LogTape's loggers are global. */
export class Log {
  readonly #parts: LogParts;
  readonly #output: LogOutput;
  readonly #logger: Logger;

  constructor(parts: LogParts) {
    this.#parts = parts;
    this.#output = new LogOutput(
      parts.files,
      (bytes) => parts.writeStandardOutput(bytes),
    );
    configureSync({
      reset: true,
      sinks: { main: (record) => this.#write(record) },
      loggers: [
        { category: CATEGORY, lowestLevel: "trace", sinks: ["main"] },
        // LogTape's messages about itself.
        {
          category: ["logtape", "meta"],
          lowestLevel: "warning",
          sinks: ["main"],
        },
      ],
    });
    this.#logger = getLogger(CATEGORY);
  }

  /** For developers. */
  debug(message: string, fields?: LogFields): void {
    this.log("debug", message, fields);
  }

  /** Rarely useful, but not a mess. */
  verbose(message: string, fields?: LogFields): void {
    this.log("verbose", message, fields);
  }

  /** What an operator wants to know. */
  notice(message: string, fields?: LogFields): void {
    this.log("notice", message, fields);
  }

  /** What an operator must know. */
  warning(message: string, fields?: LogFields): void {
    this.log("warning", message, fields);
  }

  /** Logs a message as it is: braces in it are no placeholders. */
  log(level: LogLevel, message: string, fields?: LogFields): void {
    if (!this.isOn(level)) return;
    this.#logger.emit({
      level: TAPE_LEVELS[level],
      message: [message],
      rawMessage: message,
      timestamp: this.#parts.clock.nowMs(),
      properties: fields ?? {},
    });
  }

  /** True if messages of this level are written: ask before building an expensive one. */
  isOn(level: LogLevel): boolean {
    return passes(level, this.#parts.settings.loglevel);
  }

  /** Opens the log file anew with the next line, as after a signal of log rotation. */
  reopen(): void {
    this.#output.close();
  }

  /** Closes the file and detaches from LogTape. */
  close(): void {
    this.#output.close();
    resetSync();
  }

  #write(record: LogRecord): void {
    const { settings, pid } = this.#parts;
    const level = LEVELS[record.level];
    // Loggers got from LogTape come here without having asked.
    if (!passes(level, settings.loglevel)) return;
    const hasFields = Object.keys(record.properties).length > 0;
    const entry = {
      level,
      message: record.message.map(asText).join(""),
      timeMs: record.timestamp,
      pid,
      role: this.#parts.role?.() ?? "M",
      ...hasFields && { fields: record.properties },
    };
    const line = settings.logFormat === "json"
      ? formatJsonLine(entry)
      : formatRedisLine(entry);
    this.#output.write(settings.logfile, encoder.encode(line));
  }
}

/** A part of a message: its own text, or a value put into it. */
function asText(part: unknown): string {
  if (typeof part === "string") return part;
  if (part instanceof Error) return part.stack ?? part.message;
  return typeof part === "object" ? JSON.stringify(part) : String(part);
}
