/** The kinds of options, and the builders the table is written with. */

/** What stands beside an option's kind and default. */
export interface OptionTraits {
  /** The older name, which is accepted and listed too. */
  readonly alias?: string;
  /** Only the file and the command line may set it. */
  readonly isImmutable?: boolean;
  /** Its value must not appear in logs, SLOWLOG or MONITOR. */
  readonly isSensitive?: boolean;
  /** `CONFIG GET` shows it only when named exactly. */
  readonly isHidden?: boolean;
  /** `CONFIG SET` needs `enable-protected-configs`. */
  readonly isProtected?: boolean;
  /** `CONFIG SET` is refused while the data set loads. */
  readonly isDeniedLoading?: boolean;
  /** Setting it to the value it has is applied again: what it names may have changed. */
  readonly isVolatile?: boolean;
  /** Why AiKv accepts the option and does nothing. */
  readonly noop?: string;
  /** The part of AiKv that reads it and does not exist yet. */
  readonly waitsFor?: Stage;
  /** Where it comes from when Redis 7.0 does not have it. */
  readonly since?: "7.2" | "7.4" | "aikv";
}

/** Parts of AiKv that come after the foundation. */
export type Stage =
  | "aof"
  | "client tracking"
  | "cluster"
  | "collections"
  | "pubsub"
  | "rdb"
  | "replication"
  | "scripting";

interface Named<Name extends string> extends OptionTraits {
  readonly name: Name;
  /** One sentence for the reference. */
  readonly summary: string;
  /** Takes any number of arguments. */
  readonly isMultiArgument: boolean;
}

/** `yes` or `no`. */
export interface BoolOption<Name extends string = string> extends Named<Name> {
  readonly kind: "bool";
  readonly default: boolean;
}

/** How a number is written. */
export type NumberForm = "integer" | "memory" | "memory-or-percent" | "octal";

/** A 64-bit number. A percentage is stored as its negative. */
export interface NumberOption<Name extends string = string>
  extends Named<Name> {
  readonly kind: "number";
  readonly form: NumberForm;
  readonly isUnsigned: boolean;
  readonly min: bigint;
  readonly max: bigint;
  readonly default: bigint;
  /** Values outside are accepted, then moved to the nearer end. */
  readonly clampTo?: readonly [bigint, bigint];
}

/** Checks a value before it is set; returns what is wrong with it. */
export type Validate<T> = (value: T) => string | null;

/**
 * A string. `text` ends at the first NUL, as in C; `bytes` may hold any byte;
 * `path` is text whose value is decoded from UTF-8 for the file system.
 */
export interface StringOption<
  Name extends string = string,
  Default extends string | null = string | null,
> extends Named<Name> {
  readonly kind: "string";
  readonly form: "text" | "bytes" | "path";
  /** `null` when an empty string means "not set". */
  readonly default: Default;
  readonly validate?: Validate<string>;
}

/** One of several words. */
export interface EnumOption<
  Name extends string = string,
  Member extends string = string,
> extends Named<Name> {
  readonly kind: "enum";
  readonly members: readonly Member[];
  readonly default: NoInfer<Member>;
  /** Members that mean the same as another and are shown as it. */
  readonly synonyms?: Readonly<Partial<Record<Member, NoInfer<Member>>>>;
  /** Members AiKv knows but refuses, and why. */
  readonly refused?: Readonly<Partial<Record<Member, string>>>;
}

/** Several words of a list, as bits; the word with no bit stands for none. */
export interface FlagsOption<
  Name extends string = string,
  Member extends string = string,
> extends Named<Name> {
  readonly kind: "flags";
  readonly members: Readonly<Record<Member, number>>;
  readonly default: number;
  readonly validate?: Validate<number>;
}

/** What a special option's parser may use. */
export interface ParseContext<T> {
  readonly current: T;
  /** Add to the current value: a later line of the same configuration file. */
  readonly isAppending: boolean;
  /** Returns what went wrong. */
  changeDirectory(path: string): string | null;
  currentDirectory(): string;
  warn(message: string): void;
}

/** The outcome of parsing: a value, or what is wrong with the arguments. */
export type Parsed<T> = { readonly value: T } | { readonly error: string };

/** One line for the configuration file. */
export interface RewrittenLine {
  readonly line: string;
  /** Write it even if the file does not have the option yet. */
  readonly isForced: boolean;
}

/** An option with a format of its own. */
export interface SpecialOption<Name extends string = string, T = unknown>
  extends Named<Name> {
  readonly kind: "special";
  /** For the reference; a method, so that options of different `T` fit one list. */
  default(): T;
  parse(args: readonly string[], context: ParseContext<T>): Parsed<T>;
  format(value: T): string;
  /** No line: what the file says about the option is removed. */
  rewrite(value: T): RewrittenLine[];
  /** True if setting an equal value needs no listener. */
  isUnchanged?(before: T, after: T): boolean;
}

export type Option =
  | BoolOption
  | NumberOption
  | StringOption
  | EnumOption
  | FlagsOption
  | SpecialOption;

/** The type of an option's field in `config.values`. */
export type ValueOf<O> = O extends BoolOption ? boolean
  : O extends NumberOption ? number
  : O extends StringOption<string, infer Default>
    ? (Default extends null ? string | null : string)
  : O extends EnumOption<string, infer Member> ? Member
  : O extends FlagsOption<string, infer Member> ? readonly Member[]
  : O extends SpecialOption<string, infer T> ? T
  : never;

/** `maxmemory-policy` → `maxmemoryPolicy`. */
export type CamelCase<S extends string> = S extends
  `${infer Head}-${infer Tail}` ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : S;

/** `maxmemory-policy` → `maxmemoryPolicy`. */
export function camelCase(name: string): string {
  return name.replace(/-(.)/g, (_, char: string) => char.toUpperCase());
}

const SINGLE = { isMultiArgument: false } as const;

export function bool<const Name extends string>(
  name: Name,
  default_: boolean,
  summary: string,
  traits: OptionTraits = {},
): BoolOption<Name> {
  return {
    ...SINGLE,
    ...traits,
    kind: "bool",
    name,
    summary,
    default: default_,
  };
}

/** Limits of a number, both inclusive, and how it is written. */
export interface NumberTraits extends OptionTraits {
  readonly form?: NumberForm;
  readonly isUnsigned?: boolean;
  readonly clampTo?: readonly [bigint, bigint];
}

export function number<const Name extends string>(
  name: Name,
  default_: bigint,
  range: readonly [min: bigint, max: bigint],
  summary: string,
  traits: NumberTraits = {},
): NumberOption<Name> {
  return {
    ...SINGLE,
    form: "integer",
    isUnsigned: false,
    ...traits,
    kind: "number",
    name,
    summary,
    default: default_,
    min: range[0],
    max: range[1],
  };
}

export interface StringTraits extends OptionTraits {
  readonly form?: "text" | "bytes" | "path";
  readonly validate?: Validate<string>;
}

export function string<
  const Name extends string,
  Default extends string | null,
>(
  name: Name,
  default_: Default,
  summary: string,
  traits: StringTraits = {},
): StringOption<Name, Default> {
  return {
    ...SINGLE,
    form: "text",
    ...traits,
    kind: "string",
    name,
    summary,
    default: default_,
  };
}

export interface EnumTraits<Member extends string> extends OptionTraits {
  readonly synonyms?: Readonly<Partial<Record<Member, NoInfer<Member>>>>;
  readonly refused?: Readonly<Partial<Record<Member, string>>>;
}

export function oneOf<const Name extends string, const Member extends string>(
  name: Name,
  default_: NoInfer<Member>,
  members: readonly Member[],
  summary: string,
  traits: EnumTraits<NoInfer<Member>> = {},
): EnumOption<Name, Member> {
  return {
    ...SINGLE,
    ...traits,
    kind: "enum",
    name,
    summary,
    members,
    default: default_,
  };
}

export function flags<const Name extends string, Member extends string>(
  name: Name,
  members: Readonly<Record<Member, number>>,
  summary: string,
  traits: OptionTraits & { readonly validate?: Validate<number> } = {},
): FlagsOption<Name, Member> {
  return {
    ...traits,
    kind: "flags",
    name,
    summary,
    members,
    default: 0,
    isMultiArgument: true,
  };
}

export function special<const Name extends string, T>(
  name: Name,
  summary: string,
  definition: Pick<
    SpecialOption<Name, T>,
    | "default"
    | "parse"
    | "format"
    | "rewrite"
    | "isUnchanged"
    | "isMultiArgument"
  >,
  traits: OptionTraits = {},
): SpecialOption<Name, T> {
  return { ...traits, ...definition, kind: "special", name, summary };
}
