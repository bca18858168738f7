/**
 * Reading and writing the value of one option. Raw values keep what Redis
 * would keep (64-bit numbers, all bytes of a string, bits of flags); fields
 * are what the rest of AiKv reads.
 */
import { lowerCase, toText, untilNul } from "../base/byte_string.ts";
import {
  formatMemory,
  LONG_MAX,
  parseCanonicalInteger,
  parseLooseInteger,
  parseMemory,
} from "./numbers.ts";
import type {
  EnumOption,
  FlagsOption,
  NumberOption,
  Option,
  ParseContext,
  Parsed,
  RewrittenLine,
  StringOption,
} from "./option_types.ts";
import { quoteArgument } from "./split_arguments.ts";

/** A value as it is kept: its type follows from the option's kind. */
export type RawValue = unknown;

/** The value an option has when nobody sets it. */
export function defaultRawValue(option: Option): RawValue {
  return option.kind === "special" ? option.default() : option.default;
}

/** What `config.values` shows for a raw value. */
export function fieldOf(option: Option, raw: RawValue): unknown {
  switch (option.kind) {
    case "number":
      return Number(raw as bigint);
    case "string":
      return option.form === "path" && raw !== null
        ? toText(raw as string)
        : raw;
    case "flags":
      return flagNames(option, raw as number);
    default:
      return raw;
  }
}

/** What `CONFIG GET` shows for a raw value. */
export function formatRawValue(option: Option, raw: RawValue): string {
  switch (option.kind) {
    case "bool":
      return raw ? "yes" : "no";
    case "number":
      return formatNumber(option, raw as bigint);
    case "string":
      return raw as string | null ?? "";
    case "enum":
      return raw as string;
    case "flags":
      return flagNames(option, raw as number).join(" ");
    case "special":
      return option.format(raw);
  }
}

/** Reads the arguments of an option. */
export function parseRawValue(
  option: Option,
  args: readonly string[],
  context: ParseContext<unknown>,
): Parsed<RawValue> {
  switch (option.kind) {
    case "bool":
      return parseBool(args[0]);
    case "number":
      return parseNumber(option, args[0]);
    case "string":
      return parseString(option, args[0]);
    case "enum":
      return parseEnum(option, args[0]);
    case "flags":
      return parseFlags(option, args);
    case "special":
      return option.parse(args, context);
  }
}

/** True if going from one raw value to the other needs no listener. */
export function isUnchanged(
  option: Option,
  before: RawValue,
  after: RawValue,
): boolean {
  if (option.isVolatile) return false;
  return option.kind === "special"
    ? option.isUnchanged?.(before, after) ?? false
    : before === after;
}

/** The lines `CONFIG REWRITE` writes for a value. */
export function rewriteRawValue(
  option: Option,
  raw: RawValue,
): RewrittenLine[] {
  if (option.kind === "special") return option.rewrite(raw);
  let text = formatRawValue(option, raw);
  if (option.kind === "string") {
    // Unset is told by the absence of a line.
    if (raw === null) return [];
    text = quoteArgument(raw as string);
  } else if (option.kind === "number" && isMemory(option, raw as bigint)) {
    text = formatMemory(raw as bigint);
  }
  return [{ line: `${option.name} ${text}`, isForced: raw !== option.default }];
}

function parseBool(arg: string): Parsed<boolean> {
  const word = lowerCase(untilNul(arg));
  return word === "yes" || word === "no"
    ? { value: word === "yes" }
    : { error: "argument must be 'yes' or 'no'" };
}

function isMemory(option: NumberOption, value: bigint): boolean {
  return option.form === "memory" ||
    (option.form === "memory-or-percent" && value >= 0n);
}

function formatNumber(option: NumberOption, value: bigint): string {
  if (option.form === "octal") return value.toString(8);
  if (option.form === "memory-or-percent" && value < 0n) return `${-value}%`;
  return String(value);
}

const NUMBER_ERRORS = {
  integer: "argument couldn't be parsed into an integer",
  memory: "argument must be a memory value",
  "memory-or-percent": "argument must be a memory or percent value",
  octal: "argument couldn't be parsed as an octal number",
} as const;

function parseNumber(option: NumberOption, arg: string): Parsed<bigint> {
  const value = readNumber(option, arg);
  if (value === null) return { error: NUMBER_ERRORS[option.form] };
  const { min, max } = option;
  if (option.form === "memory-or-percent" && value < 0n) {
    return value < min
      ? { error: `percentage argument must be less or equal to ${-min}` }
      : { value };
  }
  // Redis compares unsigned options without sign, so that -1 is above the range.
  const compared = option.isUnsigned ? BigInt.asUintN(64, value) : value;
  if (compared < min || compared > max) {
    const radix = option.form === "octal" ? 8 : 10;
    return {
      error: `argument must be between ${min.toString(radix)} and ${
        max.toString(radix)
      } inclusive`,
    };
  }
  return { value: compared };
}

function readNumber(option: NumberOption, arg: string): bigint | null {
  switch (option.form) {
    case "integer":
      return parseCanonicalInteger(arg);
    case "octal": {
      const octal = parseLooseInteger(untilNul(arg), 8);
      return octal.isWhole && !octal.isOverflow ? octal.value : null;
    }
    default: {
      const bytes = parseMemory(untilNul(arg));
      if (bytes !== null) {
        return option.isUnsigned ? bytes : BigInt.asIntN(64, bytes);
      }
      if (option.form === "memory" || !arg.endsWith("%")) return null;
      const percent = parseCanonicalInteger(arg.slice(0, -1));
      return percent !== null && percent >= 0n && percent <= LONG_MAX
        ? -percent
        : null;
    }
  }
}

function parseString(
  option: StringOption,
  arg: string,
): Parsed<string | null> {
  const value = option.form === "bytes" ? arg : untilNul(arg);
  const error = option.validate?.(value);
  if (error) return { error };
  return { value: value === "" && option.default === null ? null : value };
}

function parseEnum(option: EnumOption, arg: string): Parsed<string> {
  const word = lowerCase(untilNul(arg));
  // The table's own string, so that comparing values compares pointers.
  const member = option.members.find((name) => name === word);
  if (member === undefined) return notAMember(option.members);
  const refusal = option.refused?.[member];
  if (refusal) return { error: refusal };
  return { value: option.synonyms?.[member] ?? member };
}

function parseFlags(
  option: FlagsOption,
  args: readonly string[],
): Parsed<number> {
  let bits = 0;
  for (const arg of args) {
    const word = lowerCase(untilNul(arg));
    if (!Object.hasOwn(option.members, word)) {
      return notAMember(Object.keys(option.members));
    }
    bits |= option.members[word];
  }
  if (args.length === 0) return notAMember(Object.keys(option.members));
  const error = option.validate?.(bits);
  return error ? { error } : { value: bits };
}

function flagNames(option: FlagsOption, bits: number): string[] {
  return Object.entries(option.members)
    .filter(([, bit]) => bit === 0 ? bits === 0 : (bits & bit) === bit)
    .map(([name]) => name);
}

function notAMember(members: readonly string[]): { error: string } {
  return {
    error: `argument(s) must be one of the following: ${members.join(", ")}`,
  };
}
