/** Where the keys are among the arguments of a call: what follows from key specs, purely. */

import type {
  ArgumentView,
  CommandSpec,
  KeyFlag,
  KeyReference,
  KeySpec,
} from "./spec.ts";

/**
 * The three numbers `COMMAND INFO` gave before Redis 7 had key specs; all 0 if
 * the command has no keys at fixed positions.
 */
export interface LegacyKeyRange {
  readonly firstKey: number;
  /** Absolute if positive; negative: counted from the last argument (-1). */
  readonly lastKey: number;
  readonly keyStep: number;
  /** The range does not tell all keys: look at the key specs or `getKeys`. */
  readonly isMovable: boolean;
}

/** Derives the old three numbers from key specs, as Redis does (`populateCommandLegacyRangeSpec`). */
export function legacyKeyRange(keys: readonly KeySpec[]): LegacyKeyRange {
  const none = { firstKey: 0, lastKey: 0, keyStep: 0 };
  if (keys.length === 0) return { ...none, isMovable: false };
  if (keys.length === 1) {
    const { beginSearch, findKeys, flags } = keys[0];
    if (beginSearch.type === "index" && findKeys.type === "range") {
      return {
        firstKey: beginSearch.index,
        lastKey: lastKeyOf(beginSearch.index, findKeys.lastKey),
        keyStep: findKeys.keyStep,
        isMovable: flags.includes("incomplete"),
      };
    }
  }
  let firstKey = Infinity;
  let lastKey = 0;
  let previousLastKey = 0;
  let isMovable = false;
  for (const { beginSearch, findKeys, flags } of keys) {
    if (beginSearch.type !== "index" || findKeys.type !== "range") {
      isMovable = true;
      continue;
    }
    const isPlain = findKeys.keyStep === 1 &&
      (previousLastKey === 0 || previousLastKey === beginSearch.index - 1);
    if (!isPlain) {
      isMovable = true;
      continue;
    }
    if (flags.includes("incomplete")) isMovable = true;
    firstKey = Math.min(firstKey, beginSearch.index);
    const last = lastKeyOf(beginSearch.index, findKeys.lastKey);
    // Unsigned, so that "counted from the end" wins over any fixed position.
    lastKey = Math.max(lastKey >>> 0, last >>> 0) | 0;
    previousLastKey = lastKey;
  }
  if (firstKey === Infinity) return { ...none, isMovable: true };
  return { firstKey, lastKey, keyStep: 1, isMovable };
}

function lastKeyOf(firstKey: number, lastKey: number): number {
  return lastKey >= 0 ? firstKey + lastKey : lastKey;
}

/** Whether a call can have keys at all: what `COMMAND GETKEYS` asks first. */
export function hasKeys(spec: CommandSpec): boolean {
  return spec.getKeys !== undefined ||
    keySpecsOf(spec).some((keySpec) => !hasFlag(keySpec, "not_key"));
}

/**
 * The keys of a call with their flags, in the order Redis gives them.
 *
 * Empty if there are none or the arguments are invalid; the caller tells the
 * two apart by `no_mandatory_keys`, and has checked the arity before.
 *
 * @param args the whole call, the command name (the container's, for a subcommand) at index 0.
 */
export function getKeys(
  spec: CommandSpec,
  args: ArgumentView | readonly (string | Uint8Array)[],
): KeyReference[] {
  const view = isArgumentView(args) ? args : viewArguments(args);
  const keySpecs = keySpecsOf(spec);
  const isReliable = keySpecs.some((keySpec) => !hasFlag(keySpec, "not_key")) &&
    !keySpecs.some((keySpec) => hasFlag(keySpec, "variable_flags"));
  if (isReliable) {
    const keys = keysBySpecs(keySpecs, view);
    if (keys !== undefined) return keys;
  }
  return spec.getKeys === undefined ? [] : spec.getKeys(view);
}

/** Undefined: the arguments do not fit the specs, or the specs do not tell all keys. */
function keysBySpecs(
  keySpecs: readonly KeySpec[],
  args: ArgumentView,
): KeyReference[] | undefined {
  const keys: KeyReference[] = [];
  for (const keySpec of keySpecs) {
    if (hasFlag(keySpec, "not_key")) continue;
    const begin = findBegin(keySpec, args);
    if (begin === undefined) return undefined;
    if (begin === 0) continue;
    const range = findRange(keySpec, begin, args);
    if (range === undefined) return undefined;
    const { first, last, step } = range;
    if (last >= args.length || last < first || first >= args.length) {
      return undefined;
    }
    for (let index = first; index <= last; index += step) {
      keys.push({ index, flags: keySpec.flags });
    }
    if (hasFlag(keySpec, "incomplete")) return undefined;
  }
  return keys;
}

/** The argument where the keys begin; 0: the keyword is not there, so no keys; undefined: unknown. */
function findBegin(
  { beginSearch }: KeySpec,
  args: ArgumentView,
): number | undefined {
  if (beginSearch.type === "index") return beginSearch.index;
  if (beginSearch.type === "unknown") return undefined;
  const { keyword, startFrom } = beginSearch;
  const isForward = startFrom > 0;
  const start = isForward ? startFrom : args.length + startFrom;
  const end = isForward ? args.length - 1 : 1;
  const step = start <= end ? 1 : -1;
  for (let index = start; index !== end; index += step) {
    if (index >= args.length || index < 1) break;
    if (args.equals(index, keyword.toLowerCase())) return index + 1;
  }
  return 0;
}

function findRange(
  { findKeys }: KeySpec,
  begin: number,
  args: ArgumentView,
): { first: number; last: number; step: number } | undefined {
  if (findKeys.type === "unknown") return undefined;
  if (findKeys.type === "range") {
    const { lastKey, keyStep, limit } = findKeys;
    if (lastKey >= 0) {
      return { first: begin, last: begin + lastKey, step: keyStep };
    }
    const last = limit === 0
      ? args.length + lastKey
      : begin + Math.trunc((args.length - begin) / limit) + lastKey;
    return { first: begin, last, step: keyStep };
  }
  const keyNumIndex = begin + findKeys.keyNumIndex;
  if (keyNumIndex >= args.length) return undefined;
  const keyCount = args.integer(keyNumIndex);
  if (keyCount === undefined || keyCount < 0) return undefined;
  const first = begin + findKeys.firstKey;
  return { first, last: first + keyCount - 1, step: findKeys.keyStep };
}

function keySpecsOf(spec: CommandSpec): readonly KeySpec[] {
  return spec.keys ?? [];
}

function hasFlag(keySpec: KeySpec, flag: KeyFlag): boolean {
  return keySpec.flags.includes(flag);
}

function isArgumentView(
  args: ArgumentView | readonly (string | Uint8Array)[],
): args is ArgumentView {
  return !Array.isArray(args);
}

const decoder = new TextDecoder();

/** Lets arguments held as strings or bytes be searched for keys. Not for hot paths: it decodes. */
export function viewArguments(
  args: readonly (string | Uint8Array)[],
): ArgumentView {
  const textAt = (index: number): string => {
    const arg = args[index];
    return typeof arg === "string" ? arg : decoder.decode(arg);
  };
  return {
    length: args.length,
    equals: (index, text) => textAt(index).toLowerCase() === text,
    integer: (index) => {
      const text = textAt(index);
      return /^(0|-?[1-9][0-9]*)$/.test(text) ? Number(text) : undefined;
    },
  };
}
