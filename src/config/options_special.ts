import { fromText, lowerCase, toText, untilNul } from "../base/byte_string.ts";
import {
  formatKeyspaceEvents,
  parseKeyspaceEvents,
} from "./keyspace_events.ts";
import {
  formatDouble,
  formatMemory,
  parseDouble,
  parseLooseInteger,
  parseMemory,
} from "./numbers.ts";
import { type Parsed, type RewrittenLine, special } from "./option_types.ts";
import { quoteArgument } from "./split_arguments.ts";

const WRONG_COUNT = { error: "wrong number of arguments" } as const;

/** After `seconds` seconds, save if there were at least `changes` changes. */
export interface SavePoint {
  readonly seconds: number;
  readonly changes: number;
}

function parseSave(
  args: readonly string[],
  current: readonly SavePoint[],
): Parsed<readonly SavePoint[]> {
  if (args.length === 1 && args[0] === "") return { value: [] };
  const error = { error: "Invalid save parameters" };
  if (args.length % 2 !== 0) return error;
  const points = [...current];
  for (let i = 0; i < args.length; i += 2) {
    const seconds = parseLooseInteger(untilNul(args[i]), 10);
    const changes = parseLooseInteger(untilNul(args[i + 1]), 10);
    if (!seconds.isWhole || seconds.value < 1n) return error;
    if (!changes.isWhole || changes.value < 0n) return error;
    points.push({
      seconds: Number(seconds.value),
      changes: Number(BigInt.asIntN(32, changes.value)),
    });
  }
  return { value: points };
}

/** When a client's pending output is too much. 0 sets no limit. */
export interface OutputBufferLimit {
  readonly hardBytes: number;
  readonly softBytes: number;
  /** How long the soft limit may be exceeded. */
  readonly softSeconds: number;
}

/** Limits by kind of client. */
export interface OutputBufferLimits {
  readonly normal: OutputBufferLimit;
  readonly replica: OutputBufferLimit;
  readonly pubsub: OutputBufferLimit;
}

const CLIENT_CLASSES = ["normal", "replica", "pubsub"] as const;

const DEFAULT_OUTPUT_LIMITS: OutputBufferLimits = {
  normal: { hardBytes: 0, softBytes: 0, softSeconds: 0 },
  replica: { hardBytes: 256 << 20, softBytes: 64 << 20, softSeconds: 60 },
  pubsub: { hardBytes: 32 << 20, softBytes: 8 << 20, softSeconds: 60 },
};

function parseOutputLimits(
  args: readonly string[],
  current: OutputBufferLimits,
): Parsed<OutputBufferLimits> {
  if (args.length % 4 !== 0) {
    return {
      error: "Wrong number of arguments in buffer limit configuration.",
    };
  }
  const limits = { ...current };
  for (let i = 0; i < args.length; i += 4) {
    const typed = lowerCase(untilNul(args[i]));
    const wanted = typed === "slave" ? "replica" : typed;
    const clientClass = CLIENT_CLASSES.find((name) => name === wanted);
    if (!clientClass) {
      return {
        error: "Invalid client class specified in buffer limit configuration.",
      };
    }
    const hardBytes = parseMemory(untilNul(args[i + 1]));
    const softBytes = parseMemory(untilNul(args[i + 2]));
    const seconds = parseLooseInteger(untilNul(args[i + 3]), 10);
    const softSeconds = Number(BigInt.asIntN(32, seconds.value));
    if (
      hardBytes === null || softBytes === null || !seconds.isWhole ||
      softSeconds < 0
    ) {
      return {
        error:
          "Error in hard, soft or soft_seconds setting in buffer limit configuration.",
      };
    }
    limits[clientClass] = {
      hardBytes: Number(hardBytes),
      softBytes: Number(softBytes),
      softSeconds,
    };
  }
  return { value: limits };
}

function rewriteOutputLimits(limits: OutputBufferLimits): RewrittenLine[] {
  return CLIENT_CLASSES.map((name) => {
    const limit = limits[name];
    const default_ = DEFAULT_OUTPUT_LIMITS[name];
    const [hard, soft] = [limit.hardBytes, limit.softBytes].map((bytes) =>
      formatMemory(BigInt(bytes))
    );
    return {
      line:
        `client-output-buffer-limit ${name} ${hard} ${soft} ${limit.softSeconds}`,
      isForced: limit.hardBytes !== default_.hardBytes ||
        limit.softBytes !== default_.softBytes ||
        limit.softSeconds !== default_.softSeconds,
    };
  });
}

/** OOM score of a master, a replica and a background child. */
export type OomScoreValues = readonly [number, number, number];

const DEFAULT_OOM_SCORES: OomScoreValues = [0, 200, 800];

function parseOomScores(
  args: readonly string[],
  warn: (message: string) => void,
): Parsed<OomScoreValues> {
  if (args.length !== DEFAULT_OOM_SCORES.length) return WRONG_COUNT;
  const values = args.map((arg) => parseLooseInteger(untilNul(arg), 10));
  if (values.some((v) => !v.isWhole || v.value < -2000n || v.value > 2000n)) {
    return {
      error:
        "Invalid oom-score-adj-values, elements must be between -2000 and 2000.",
    };
  }
  const [master, replica, child] = values.map((v) => Number(v.value));
  if (replica < master || child < replica) {
    warn(
      "The oom-score-adj-values configuration may not work for non-privileged processes! Please consult the documentation.",
    );
  }
  return { value: [master, replica, child] };
}

/** Addresses `bind` takes at most. */
const BIND_ADDRESSES_MAX = 16;
const DEFAULT_BIND: readonly string[] = ["*", "-::*"];

function sameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}

/** The master a replica follows. */
export interface MasterAddress {
  readonly host: string;
  readonly port: number;
}

function parseReplicaOf(args: readonly string[]): Parsed<MasterAddress | null> {
  if (args.length !== 2) return WRONG_COUNT;
  const [host, portText] = args.map(untilNul);
  if (lowerCase(host) === "no" && lowerCase(portText) === "one") {
    return { value: null };
  }
  const port = parseLooseInteger(portText, 10);
  const portNumber = Number(BigInt.asIntN(32, port.value));
  if (!port.isWhole || portNumber < 0 || portNumber > 65535) {
    return { error: "Invalid master port" };
  }
  return { value: { host, port: portNumber } };
}

const DEFAULT_PERCENTILES: readonly number[] = [50, 99, 99.9];

function parsePercentiles(args: readonly string[]): Parsed<readonly number[]> {
  if (args.length === 1 && args[0] === "") return { value: [] };
  const values: number[] = [];
  for (const arg of args) {
    const value = parseDouble(arg);
    if (value === null) {
      return { error: "Invalid latency-tracking-info-percentiles parameters" };
    }
    if (value > 100 || value < 0) {
      return {
        error:
          "latency-tracking-info-percentiles parameters should sit between [0.0,100.0]",
      };
    }
    values.push(value);
  }
  return { value: values };
}

function parseEvents(args: readonly string[]): Parsed<number> {
  const bits = parseKeyspaceEvents(untilNul(args[0]));
  return bits === null
    ? { error: "Invalid event class character. Use 'Ag$lshzxeKEtmdn'." }
    : { value: bits };
}

function parseBind(args: readonly string[]): Parsed<readonly string[]> {
  if (args.length > BIND_ADDRESSES_MAX) {
    return { error: "Too many bind addresses specified." };
  }
  const isEmpty = args.length === 1 && args[0] === "";
  return { value: isEmpty ? [] : args.map(untilNul) };
}

/** Options with a format of their own. */
export const SPECIAL_OPTIONS = [
  special("dir", "Working directory: where data files are.", {
    isMultiArgument: false,
    default: (): string => ".",
    parse: (args, context) => {
      if (args.length !== 1) return WRONG_COUNT;
      const error = context.changeDirectory(toText(untilNul(args[0])));
      return error ? { error } : { value: context.currentDirectory() };
    },
    format: fromText,
    rewrite: (path) => [{
      line: `dir ${quoteArgument(fromText(path))}`,
      isForced: true,
    }],
  }, { isProtected: true, isDeniedLoading: true }),
  special("save", "Pairs of seconds and changes after which data is saved.", {
    isMultiArgument: true,
    default: (): readonly SavePoint[] => [
      { seconds: 3600, changes: 1 },
      { seconds: 300, changes: 100 },
      { seconds: 60, changes: 10000 },
    ],
    parse: (args, { isAppending, current }) =>
      parseSave(args, isAppending ? current : []),
    format: (points) =>
      points.map((p) => `${p.seconds} ${p.changes}`).join(" "),
    rewrite: (points) =>
      points.length === 0
        ? [{ line: 'save ""', isForced: true }]
        : points.map((p) => ({
          line: `save ${p.seconds} ${p.changes}`,
          isForced: true,
        })),
  }, { waitsFor: "rdb" }),
  special(
    "client-output-buffer-limit",
    "For each class of clients (normal, replica, pubsub): hard limit, soft limit, and seconds the soft limit may be exceeded.",
    {
      isMultiArgument: true,
      default: () => DEFAULT_OUTPUT_LIMITS,
      parse: (args, { current }) => parseOutputLimits(args, current),
      format: (limits) =>
        CLIENT_CLASSES.map((name) => {
          const limit = limits[name];
          return `${name === "replica" ? "slave" : name} ${
            BigInt(limit.hardBytes)
          } ${BigInt(limit.softBytes)} ${limit.softSeconds}`;
        }).join(" "),
      rewrite: rewriteOutputLimits,
    },
  ),
  special("oom-score-adj-values", "OOM scores of master, replica and child.", {
    isMultiArgument: true,
    default: () => DEFAULT_OOM_SCORES,
    parse: (args, context) => parseOomScores(args, context.warn),
    format: (values) => values.join(" "),
    rewrite: (values) => [{
      line: `oom-score-adj-values ${values.join(" ")}`,
      isForced: !sameList(values, DEFAULT_OOM_SCORES),
    }],
    isUnchanged: sameList,
  }, { noop: "Deno may not write to /proc; use the service manager." }),
  special("notify-keyspace-events", "Classes of events that are published.", {
    isMultiArgument: false,
    default: () => 0,
    parse: parseEvents,
    format: formatKeyspaceEvents,
    rewrite: (bits) => [{
      line: `notify-keyspace-events ${
        quoteArgument(formatKeyspaceEvents(bits))
      }`,
      isForced: bits !== 0,
    }],
  }),
  special(
    "bind",
    "Addresses to listen on; one that begins with `-` may be missing.",
    {
      isMultiArgument: true,
      default: () => DEFAULT_BIND,
      parse: parseBind,
      format: (addresses) => addresses.join(" "),
      rewrite: (addresses) =>
        sameList(addresses, DEFAULT_BIND) ? [] : [{
          line: `bind ${addresses.length ? addresses.join(" ") : '""'}`,
          isForced: true,
        }],
    },
  ),
  special("replicaof", "Master to follow: host and port.", {
    isMultiArgument: true,
    default: (): MasterAddress | null => null,
    parse: (args) => parseReplicaOf(args),
    format: (master) => master ? `${master.host} ${master.port}` : "",
    rewrite: (master) =>
      master
        ? [{
          line: `replicaof ${master.host} ${master.port}`,
          isForced: true,
        }]
        : [],
  }, { alias: "slaveof", isImmutable: true, waitsFor: "replication" }),
  special(
    "latency-tracking-info-percentiles",
    "Percentiles INFO shows of each command's latency.",
    {
      isMultiArgument: true,
      default: () => DEFAULT_PERCENTILES,
      parse: parsePercentiles,
      format: (values) => values.map(formatDouble).join(" "),
      rewrite: (values) => [{
        line: `latency-tracking-info-percentiles ${
          values.length ? values.map(formatDouble).join(" ") : '""'
        }`,
        isForced: true,
      }],
    },
  ),
] as const;
