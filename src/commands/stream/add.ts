/** Adding and trimming entries of a stream. */

import type { EffectArgument } from "../../effects/mod.ts";
import { TYPE_STREAM } from "../../keyspace/mod.ts";
import { type Call, WRONG } from "../call.ts";
import * as errors from "../errors.ts";
import {
  block,
  type CommandSpec,
  integer,
  key,
  keyAt,
  MULTIPLE,
  oneOf,
  OPTIONAL,
  string,
  token,
} from "../spec.ts";
import { idText, INVALID_ID, readId, START } from "./_ids.ts";

/** How the core's `streamAdd` is told the ID. */
const ID_GIVEN = 0;
const ID_OPEN_SEQUENCE = 1;
const ID_AUTOMATIC = 2;

/** Results of `streamAdd`. */
const ADD_NOT_ABOVE = -1;
const ADD_TOO_LARGE = -2;
const ADD_EXHAUSTED = -3;

/** Without LIMIT: the entries of so many nodes. */
const NODES_TRIMMED_MAX = 100;
const ENTRIES_TRIMMED_DEFAULT = 10_000;
const ENTRIES_TRIMMED_MAX = 1_000_000;

/** `XADD` */
export const xadd: CommandSpec = {
  name: "xadd",
  summary: "Appends a new entry to a stream",
  since: "5.0.0",
  group: "stream",
  complexity:
    "O(1) when adding a new entry, O(N) when trimming where N being the number of entries evicted.",
  arity: -5,
  flags: ["write", "denyoom", "fast"],
  acl: ["stream"],
  tips: ["nondeterministic_output"],
  history: [[
    "6.2.0",
    "Added the `NOMKSTREAM` option, `MINID` trimming strategy and the `LIMIT` option.",
  ], ["7.0.0", "Added support for the `<ms>-*` explicit ID form."]],
  keys: [{
    ...keyAt(1, "RW", "update"),
    notes: "UPDATE instead of INSERT because of the optional trimming feature",
  }],
  arguments: [
    key("key"),
    token("nomkstream", "NOMKSTREAM", { since: "6.2.0", optional: true }),
    block("trim", [
      oneOf("strategy", [
        token("maxlen", "MAXLEN"),
        token("minid", "MINID", { since: "6.2.0" }),
      ]),
      oneOf(
        "operator",
        [token("equal", "="), token("approximately", "~")],
        OPTIONAL,
      ),
      string("threshold"),
      integer("count", { token: "LIMIT", since: "6.2.0", optional: true }),
    ], OPTIONAL),
    oneOf("id_or_auto", [token("auto_id", "*"), string("id")]),
    block("field_value", [string("field"), string("value")], MULTIPLE),
  ],
  handler: xaddHandler,
};

/** `XTRIM` */
export const xtrim: CommandSpec = {
  name: "xtrim",
  summary:
    "Trims the stream to (approximately if '~' is passed) a certain size",
  since: "5.0.0",
  group: "stream",
  complexity:
    "O(N), with N being the number of evicted entries. Constant times are very small however, since entries are organized in macro nodes containing multiple entries that can be released with a single deallocation.",
  arity: -4,
  flags: ["write"],
  acl: ["stream"],
  tips: ["nondeterministic_output"],
  history: [[
    "6.2.0",
    "Added the `MINID` trimming strategy and the `LIMIT` option.",
  ]],
  keys: [keyAt(1, "RW", "delete")],
  arguments: [
    key("key"),
    block("trim", [
      oneOf("strategy", [
        token("maxlen", "MAXLEN"),
        token("minid", "MINID", { since: "6.2.0" }),
      ]),
      oneOf(
        "operator",
        [token("equal", "="), token("approximately", "~")],
        OPTIONAL,
      ),
      string("threshold"),
      integer("count", { token: "LIMIT", since: "6.2.0", optional: true }),
    ]),
  ],
  handler: xtrimHandler,
};

/** What is to be trimmed. */
interface Trimming {
  readonly strategy: "maxlen" | "minid";
  /** The argument that holds the length or the ID. */
  readonly valueIndex: number;
  /** -1 for MINID. */
  readonly lengthMax: number;
  readonly isApproximate: boolean;
  /** Entries to be removed at most; 0: any number. */
  readonly limit: number;
}

interface Options {
  readonly trimming: Trimming | undefined;
  /** XADD: the argument that holds the ID. */
  readonly idIndex: number;
  readonly idHow: number;
  readonly noMakeStream: boolean;
}

/** Options as they are found, to be checked together. */
class OptionReader {
  strategy: "maxlen" | "minid" | undefined;
  valueIndex = 0;
  lengthMax = -1;
  isApproximate = false;
  limit: number | undefined;

  constructor(readonly call: Call) {}

  /** MAXLEN or MINID at this argument; where it ends, or undefined after an error. */
  readStrategy(
    index: number,
    strategy: "maxlen" | "minid",
  ): number | undefined {
    const { call } = this;
    if (this.strategy !== undefined) {
      call.reply.error(
        "ERR syntax error, MAXLEN and MINID options at the same time are not compatible",
      );
      return undefined;
    }
    this.isApproximate = false;
    if (index + 2 < call.argc) {
      this.isApproximate = call.argIs(index + 1, "~");
      if (this.isApproximate || call.argIs(index + 1, "=")) index++;
    }
    index++;
    if (strategy === "maxlen") {
      const lengthMax = call.needInteger(index);
      if (lengthMax === undefined) return undefined;
      if (lengthMax < 0) {
        call.reply.error("ERR The MAXLEN argument must be >= 0.");
        return undefined;
      }
      this.lengthMax = Number(lengthMax);
    } else if (!readId(call, index, START)) return undefined;
    this.strategy = strategy;
    this.valueIndex = index;
    return index;
  }

  readLimit(index: number): number | undefined {
    const limit = this.call.needInteger(index + 1);
    if (limit === undefined) return undefined;
    if (limit < 0) {
      this.call.reply.error("ERR The LIMIT argument must be >= 0.");
      return undefined;
    }
    this.limit = Number(limit);
    return index + 1;
  }

  /** Whether the options go together; if not, replies an error. */
  check(isAdding: boolean): boolean {
    const { reply } = this.call;
    if (this.strategy === undefined && this.limit) {
      reply.error(
        "ERR syntax error, LIMIT cannot be used without specifying a trimming strategy",
      );
      return false;
    }
    if (this.strategy === undefined && !isAdding) {
      reply.error(
        "ERR syntax error, XTRIM must be called with a trimming strategy",
      );
      return false;
    }
    if (this.limit !== undefined && !this.isApproximate) {
      reply.error(
        "ERR syntax error, LIMIT cannot be used without the special ~ option",
      );
      return false;
    }
    return true;
  }

  /** What to trim, once everything has been checked. */
  get trimming(): Trimming | undefined {
    const { strategy, valueIndex, lengthMax, isApproximate, limit } = this;
    if (strategy === undefined) return undefined;
    return {
      strategy,
      valueIndex,
      lengthMax,
      isApproximate,
      limit: isApproximate ? limit ?? this.#limitDefault() : 0,
    };
  }

  #limitDefault(): number {
    const { values } = this.call.services.config;
    const limit = NODES_TRIMMED_MAX * Number(values.streamNodeMaxEntries);
    return limit <= 0
      ? ENTRIES_TRIMMED_DEFAULT
      : Math.min(limit, ENTRIES_TRIMMED_MAX);
  }
}

/** The options of XADD or XTRIM, or undefined after an error. */
function readOptions(call: Call, isAdding: boolean): Options | undefined {
  const reader = new OptionReader(call);
  let index = 2;
  let idHow = ID_AUTOMATIC;
  let noMakeStream = false;
  for (; index < call.argc; index++) {
    if (isAdding && call.argIs(index, "*")) break;
    const hasMore = index + 1 < call.argc;
    let end: number | undefined;
    if (hasMore && call.argIs(index, "maxlen")) {
      end = reader.readStrategy(index, "maxlen");
    } else if (hasMore && call.argIs(index, "minid")) {
      end = reader.readStrategy(index, "minid");
    } else if (hasMore && call.argIs(index, "limit")) {
      end = reader.readLimit(index);
    } else if (isAdding && call.argIs(index, "nomkstream")) {
      noMakeStream = true;
      end = index;
    } else if (isAdding) {
      idHow = readNewId(call, index);
      if (idHow < 0) return undefined;
      break;
    } else call.reply.error(errors.SYNTAX);
    if (end === undefined) return undefined;
    index = end;
  }
  if (!reader.check(isAdding)) return undefined;
  return { trimming: reader.trimming, idIndex: index, idHow, noMakeStream };
}

/** How XADD's ID is given; -1 after an error. */
function readNewId(call: Call, index: number): number {
  const { x } = call;
  const result = x.streamIdParseNew(x.argPtr(index), x.argLength(index));
  if (result === 1) return ID_GIVEN;
  if (result === 2) return ID_OPEN_SEQUENCE;
  call.reply.error(INVALID_ID);
  return -1;
}

/** XADD of an ID, a field and a value: no options. */
const PLAIN: Options = {
  trimming: undefined,
  idIndex: 2,
  idHow: ID_AUTOMATIC,
  noMakeStream: false,
};

function xaddHandler(call: Call): void {
  const { x, keyspace } = call;
  const options = call.argIs(2, "*") ? PLAIN : readOptions(call, true);
  if (options === undefined) return;
  const first = options.idIndex + 1;
  const pairs = call.argc - first;
  if (pairs < 2 || pairs % 2 === 1) {
    call.reply.error(errors.wrongArity(call.entry.fullName));
    return;
  }
  if (options.idHow === ID_GIVEN && x.streamIdIsZero() !== 0) {
    call.reply.error("ERR The ID specified in XADD must be greater than 0-0");
    return;
  }
  const entry = call.lookupWriteOf(1, TYPE_STREAM);
  if (entry === WRONG) return;
  if (entry === 0 && options.noMakeStream) {
    call.reply.null();
    return;
  }
  const result = x.streamAdd(
    call.db,
    x.argPtr(1),
    x.argLength(1),
    entry,
    first,
    pairs / 2,
    options.idHow,
  );
  if (result < 0) {
    replyRefused(call, result);
    return;
  }
  keyspace.need(result);
  x.streamIdReply();
  if (entry === 0) call.notify("new", "new", 1);
  call.notify("stream", "xadd", 1);
  finishAdding(call, options);
}

function replyRefused(call: Call, result: number): void {
  if (result === ADD_NOT_ABOVE) {
    call.reply.error(
      "ERR The ID specified in XADD is equal or smaller than the target stream top item",
    );
  } else if (result === ADD_TOO_LARGE) {
    call.reply.error("ERR Elements are too large to be stored");
  } else if (result === ADD_EXHAUSTED) {
    call.reply.error(
      "ERR The stream has exhausted the last possible ID, unable to add more items",
    );
  }
}

/** Trims what XADD is to trim, and propagates the ID that was chosen. */
function finishAdding(call: Call, options: Options): void {
  const { x } = call;
  const { trimming, idIndex, idHow } = options;
  const isRecording = call.services.effects.isRecording;
  const id = isRecording && idHow !== ID_GIVEN ? idText(call) : undefined;
  let trimmedTo: Trimming | undefined;
  if (trimming !== undefined) {
    const stream = x.valuePtr(x.find(call.db, x.argPtr(1), x.argLength(1)));
    if (trim(call, stream, trimming) !== 0) call.notify("stream", "xtrim", 1);
    if (trimming.isApproximate) trimmedTo = trimming;
    if (isRecording && trimmedTo !== undefined) {
      propagate(call, stream, trimming, idIndex, id);
      return;
    }
  }
  if (id !== undefined) {
    const args = allArguments(call);
    args[idIndex] = id;
    call.rewrite(...args);
  }
}

function allArguments(call: Call): EffectArgument[] {
  return Array.from({ length: call.argc }, (_, index) => call.effectArg(index));
}

/** Removes entries; how many. */
function trim(call: Call, stream: number, trimming: Trimming): number {
  const trimmed = call.x.streamTrimTo(
    stream,
    trimming.lengthMax,
    trimming.isApproximate ? 1 : 0,
    trimming.limit,
  );
  if (trimmed < 0) call.keyspace.need(0);
  return trimmed;
}

/**
 * How much approximate trimming removes depends on the nodes, so it goes out as
 * exact trimming to what is left. (LIMIT is for approximate trimming only, and
 * is left out.)
 */
function propagate(
  call: Call,
  stream: number,
  { strategy, valueIndex }: Trimming,
  idIndex = 0,
  id?: string,
): void {
  const { x } = call;
  let left: string | number = x.streamCount(stream);
  if (strategy === "minid") {
    x.streamIdFirst(stream);
    left = idText(call);
  }
  const optionsEnd = idIndex === 0 ? call.argc : idIndex;
  const args: EffectArgument[] = [];
  for (let index = 0; index < call.argc; index++) {
    if (index === valueIndex - 1) args.push("=");
    else if (index === valueIndex) args.push(left);
    else if (index > 1 && index < optionsEnd && call.argIs(index, "limit")) {
      index++;
    } else if (index === idIndex && id !== undefined) args.push(id);
    else args.push(call.effectArg(index));
  }
  call.rewrite(...args);
}

function xtrimHandler(call: Call): void {
  const { x } = call;
  const trimming = readOptions(call, false)?.trimming;
  if (trimming === undefined) return;
  const entry = call.lookupWriteOf(1, TYPE_STREAM);
  if (entry === WRONG) return;
  if (entry === 0) {
    call.reply.integer(0);
    return;
  }
  const stream = x.valuePtr(entry);
  const trimmed = trim(call, stream, trimming);
  if (trimmed !== 0) {
    x.streamTouched(call.db, entry, trimmed);
    call.notify("stream", "xtrim", 1);
    if (trimming.isApproximate && call.services.effects.isRecording) {
      propagate(call, stream, trimming);
    }
  }
  call.reply.integer(trimmed);
}
