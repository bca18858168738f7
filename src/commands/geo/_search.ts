/** Searching for places, in all its forms. */

import { OutOfMemory, TYPE_ZSET } from "../../keyspace/mod.ts";
import { type Call, WRONG } from "../call.ts";
import * as errors from "../errors.ts";
import {
  type Place,
  placeOf,
  placeOfScore,
  readNumber,
  readPlace,
  readUnit,
  replyDistance,
  replyPlace,
} from "./_places.ts";

/** How a command gives what it searches. */
export interface SearchForm {
  /** The argument that is the key. */
  readonly source: number;
  /** The first argument that is an option. */
  readonly first: number;
  /** Where the centre stands: arguments 2 and 3, the member at 2, or options. */
  readonly from: "place" | "member" | "options";
  /** STORE and STOREDIST are options. */
  readonly mayStore: boolean;
  /** The argument that is the key to store to, where that is no option. */
  readonly destination?: number;
}

interface SearchOptions {
  centre: Place | undefined;
  /** Which option gave the centre; FROMMEMBER of no key gives none. */
  from: "member" | "place" | undefined;
  /** Metres a unit of what is asked. */
  metres: number;
  /** In that unit. */
  radius: number | undefined;
  box: readonly [width: number, height: number] | undefined;
  withDistance: boolean;
  withHash: boolean;
  withPlace: boolean;
  /** 0: all. */
  count: number;
  isAny: boolean;
  order: "none" | "asc" | "desc";
  /** The argument that is the key to store to; 0: none. */
  destination: number;
  storesDistance: boolean;
}

const NO_MEMBER = "ERR could not decode requested zset member";

/** A search command, from its arguments to its reply. */
export function search(call: Call, form: SearchForm): void {
  const entry = call.lookupReadOf(form.source, TYPE_ZSET);
  if (entry === WRONG) return;
  const options = readArguments(call, form, entry);
  if (options === undefined || !checkOptions(call, form, options)) return;
  if (entry === 0) {
    if (options.destination !== 0) storeNothing(call, options.destination);
    else call.reply.array(0);
    return;
  }
  const found = find(call, entry, options);
  if (options.destination !== 0) store(call, form, entry, options, found);
  else replyFound(call, entry, options, found);
}

// ----------------------------------------------------------------- arguments

function readArguments(
  call: Call,
  form: SearchForm,
  entry: number,
): SearchOptions | undefined {
  const options: SearchOptions = {
    centre: undefined,
    from: undefined,
    metres: 1,
    radius: undefined,
    box: undefined,
    withDistance: false,
    withHash: false,
    withPlace: false,
    count: 0,
    isAny: false,
    order: "none",
    destination: form.destination ?? 0,
    storesDistance: false,
  };
  if (form.from === "place") {
    options.centre = readPlace(call, 2);
    if (options.centre === undefined) return undefined;
    if (!readRadius(call, 4, options)) return undefined;
  } else if (form.from === "member" && entry !== 0) {
    if (!readMember(call, entry, 2, options)) return undefined;
    if (!readRadius(call, 3, options)) return undefined;
  }
  for (let i = form.first; i < call.argc;) {
    const taken = readPlain(call, i, options) ||
      readOption(call, form, entry, i, options);
    if (taken === undefined) return undefined;
    i += taken;
  }
  return options;
}

/** Reads an option that is a single word; 1, or 0 if it is none. */
function readPlain(call: Call, i: number, options: SearchOptions): number {
  if (call.argIs(i, "withdist")) options.withDistance = true;
  else if (call.argIs(i, "withhash")) options.withHash = true;
  else if (call.argIs(i, "withcoord")) options.withPlace = true;
  else if (call.argIs(i, "any")) options.isAny = true;
  else if (call.argIs(i, "asc")) options.order = "asc";
  else if (call.argIs(i, "desc")) options.order = "desc";
  else return 0;
  return 1;
}

/** Reads any other option; how many arguments it takes, undefined after an error. */
function readOption(
  call: Call,
  form: SearchForm,
  entry: number,
  i: number,
  options: SearchOptions,
): number | undefined {
  const behind = call.argc - i - 1;
  if (behind >= 1 && call.argIs(i, "count")) {
    const count = call.needInteger(i + 1);
    if (count === undefined) return undefined;
    if (count <= 0n) return refuse(call, "ERR COUNT must be > 0");
    options.count = Number(count);
    return 2;
  }
  if (form.mayStore && behind >= 1) {
    const storesDistance = call.argIs(i, "storedist");
    if (storesDistance || call.argIs(i, "store")) {
      options.destination = i + 1;
      options.storesDistance = storesDistance;
      return 2;
    }
  }
  if (form.destination !== undefined && call.argIs(i, "storedist")) {
    options.storesDistance = true;
    return 1;
  }
  if (form.from === "options") return readShape(call, entry, i, options);
  return refuse(call, errors.SYNTAX);
}

/** Reads FROMMEMBER, FROMLONLAT, BYRADIUS or BYBOX, as `readOption`. */
function readShape(
  call: Call,
  entry: number,
  i: number,
  options: SearchOptions,
): number | undefined {
  const behind = call.argc - i - 1;
  if (
    behind >= 1 && options.from !== "place" && call.argIs(i, "frommember")
  ) {
    options.from = "member";
    if (entry === 0) return 2;
    return readMember(call, entry, i + 1, options) ? 2 : undefined;
  }
  if (
    behind >= 2 && options.from !== "member" && call.argIs(i, "fromlonlat")
  ) {
    options.from = "place";
    options.centre = readPlace(call, i + 1);
    return options.centre === undefined ? undefined : 3;
  }
  if (behind >= 2 && options.box === undefined && call.argIs(i, "byradius")) {
    return readRadius(call, i + 1, options) ? 3 : undefined;
  }
  if (behind >= 3 && options.radius === undefined && call.argIs(i, "bybox")) {
    return readBox(call, i + 1, options) ? 4 : undefined;
  }
  return refuse(call, errors.SYNTAX);
}

/** The centre is where a member is; false after an error. */
function readMember(
  call: Call,
  entry: number,
  index: number,
  options: SearchOptions,
): boolean {
  options.centre = placeOf(call, entry, index);
  if (options.centre === undefined) refuse(call, NO_MEMBER);
  return options.centre !== undefined;
}

/** A radius and its unit; false after an error. */
function readRadius(
  call: Call,
  index: number,
  options: SearchOptions,
): boolean {
  const radius = readNumber(call, index, "ERR need numeric radius");
  if (radius === undefined) return false;
  if (radius < 0) {
    refuse(call, "ERR radius cannot be negative");
    return false;
  }
  options.radius = radius;
  return readMetres(call, index + 1, options);
}

/** A width, a height and their unit; false after an error. */
function readBox(call: Call, index: number, options: SearchOptions): boolean {
  const width = readNumber(call, index, "ERR need numeric width");
  if (width === undefined) return false;
  const height = readNumber(call, index + 1, "ERR need numeric height");
  if (height === undefined) return false;
  if (width < 0 || height < 0) {
    refuse(call, "ERR height or width cannot be negative");
    return false;
  }
  options.box = [width, height];
  return readMetres(call, index + 2, options);
}

function readMetres(
  call: Call,
  index: number,
  options: SearchOptions,
): boolean {
  const metres = readUnit(call, index);
  if (metres === undefined) return false;
  options.metres = metres;
  return true;
}

/** Whether the options go together; if not, replies an error. */
function checkOptions(
  call: Call,
  form: SearchForm,
  options: SearchOptions,
): boolean {
  const { withDistance, withHash, withPlace } = options;
  if (options.destination !== 0 && (withDistance || withHash || withPlace)) {
    const what = form.destination === undefined
      ? "STORE option in GEORADIUS"
      : "GEOSEARCHSTORE";
    refuse(
      call,
      `ERR ${what} is not compatible with WITHDIST, WITHHASH and WITHCOORD options`,
    );
    return false;
  }
  if (form.from === "options") {
    const missing = options.from === undefined
      ? "FROMMEMBER or FROMLONLAT can be specified for"
      : options.radius === undefined && options.box === undefined
      ? "BYRADIUS and BYBOX can be specified for"
      : undefined;
    if (missing !== undefined) {
      refuse(call, `ERR exactly one of ${missing} ${call.argText(0)}`);
      return false;
    }
  }
  if (options.isAny && options.count === 0) {
    refuse(call, "ERR the ANY argument requires COUNT argument");
    return false;
  }
  return true;
}

// ------------------------------------------------------------------- results

/** One of those found. */
interface Found {
  /** Its number in the core's list. */
  readonly index: number;
  /** In the unit that was asked for. */
  readonly distance: number;
  readonly score: number;
}

/** What is found, in the order and of the number asked for. */
function find(call: Call, entry: number, options: SearchOptions): Found[] {
  const { x } = call;
  const { centre, metres, radius, box, count, isAny } = options;
  const done = x.geoSearch(
    entry,
    centre!.x,
    centre!.y,
    (box === undefined ? radius! : box[0]) * metres,
    box === undefined ? -1 : box[1] * metres,
    isAny ? count : 0,
  );
  if (!done) throw new OutOfMemory();
  const total = x.geoResultCount() >>> 0;
  const found = Array.from({ length: total }, (_, index): Found => ({
    index,
    distance: x.geoResultDistance(index),
    score: x.geoResultScore(index),
  }));
  // The nearest so many: that takes an order.
  const isSorted = options.order !== "none" || (count !== 0 && !isAny);
  if (isSorted) {
    const sign = options.order === "desc" ? -1 : 1;
    found.sort((a, b) => sign * (a.distance - b.distance));
  }
  return (count === 0 ? found : found.slice(0, count)).map((one) => ({
    ...one,
    distance: one.distance / metres,
  }));
}

function replyFound(
  call: Call,
  entry: number,
  options: SearchOptions,
  found: readonly Found[],
): void {
  const { reply, x } = call;
  const { withDistance, withHash, withPlace } = options;
  const more = Number(withDistance) + Number(withHash) + Number(withPlace);
  reply.array(found.length);
  for (const { index, distance, score } of found) {
    if (more > 0) reply.array(more + 1);
    x.geoResultReply(entry, index);
    if (withDistance) replyDistance(call, distance);
    if (withHash) reply.integer(score);
    if (withPlace) replyPlace(call, placeOfScore(call, score));
  }
}

function storeNothing(call: Call, destination: number): void {
  const { x } = call;
  call.keyspace.delete(
    call.db,
    x.argPtr(destination),
    x.argLength(destination),
  );
  call.reply.integer(0);
}

function store(
  call: Call,
  form: SearchForm,
  entry: number,
  options: SearchOptions,
  found: readonly Found[],
): void {
  const { keyspace, x } = call;
  const { destination, storesDistance } = options;
  if (found.length === 0) {
    storeNothing(call, destination);
    return;
  }
  const key = x.argPtr(destination);
  const keyLength = x.argLength(destination);
  const isNew = keyspace.peek(call.db, key, keyLength) === 0;
  keyspace.need(x.geoStoreBegin());
  for (const { index, distance, score } of found) {
    keyspace.need(
      x.geoStoreAdd(entry, index, storesDistance ? distance : score),
    );
  }
  keyspace.need(x.geoStoreEnd(call.db, key, keyLength));
  // Storing counts as one change.
  call.addDirty(found.length - 1);
  if (isNew) call.notify("new", "new", destination);
  const event = form.destination === undefined
    ? "georadiusstore"
    : "geosearchstore";
  call.notify("zset", event, destination);
  call.reply.integer(found.length);
}

function refuse(call: Call, error: string): undefined {
  call.reply.error(error);
  return undefined;
}
