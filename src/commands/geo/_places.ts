/** Places, distances and units as the geo commands take and give them. */

import type { Call } from "../call.ts";
import * as errors from "../errors.ts";
import type { ArgumentSpec, KeySpec } from "../spec.ts";
import { oneOf, token } from "../spec.ts";

/** A longitude and a latitude in degrees. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** The units of distances, by the words for them. */
const METRES: ReadonlyMap<string, number> = new Map([
  ["m", 1],
  ["km", 1000],
  ["ft", 0.3048],
  ["mi", 1609.34],
]);

/** The words for the units, as an argument. */
export const UNIT: readonly ArgumentSpec[] = [
  token("m", "M"),
  token("km", "KM"),
  token("ft", "FT"),
  token("mi", "MI"),
];

/** The argument that names a unit. */
export const UNIT_ARGUMENT: ArgumentSpec = oneOf("unit", UNIT);

/** The key spec of the key behind a word. */
export function storedAt(keyword: string, startFrom: number): KeySpec {
  return {
    flags: ["OW", "update"],
    beginSearch: { type: "keyword", keyword, startFrom },
    findKeys: { type: "range", lastKey: 0, keyStep: 1, limit: 0 },
  };
}

/** An argument as a number; replies the error and returns undefined if it is none. */
export function readNumber(
  call: Call,
  index: number,
  error: string,
): number | undefined {
  const { x } = call;
  if (x.parseF64(x.argPtr(index), x.argLength(index), 0)) return x.parsedF64();
  call.reply.error(error);
  return undefined;
}

/** The longitude and latitude from an argument on; replies and returns undefined. */
export function readPlace(call: Call, index: number): Place | undefined {
  const x = readNumber(call, index, errors.NOT_A_FLOAT);
  if (x === undefined) return undefined;
  const y = readNumber(call, index + 1, errors.NOT_A_FLOAT);
  if (y === undefined) return undefined;
  if (call.x.geoIsValid(x, y)) return { x, y };
  call.reply.error(
    `ERR invalid longitude,latitude pair ${fixed(x, 6)},${fixed(y, 6)}`,
  );
  return undefined;
}

/** Metres a unit; replies and returns undefined if there is no such unit. */
export function readUnit(call: Call, index: number): number | undefined {
  const metres = METRES.get(call.argWord(index));
  if (metres === undefined) {
    call.reply.error(
      "ERR unsupported unit provided. please use M, KM, FT, MI",
    );
  }
  return metres;
}

/** The place of a member, undefined if it is not there. */
export function placeOf(
  call: Call,
  entry: number,
  index: number,
): Place | undefined {
  const { x } = call;
  if (!x.zsetFind(entry, x.argPtr(index), x.argLength(index))) return undefined;
  return placeOfScore(call, x.zsetFoundScore());
}

/** The place that a score stands for. */
export function placeOfScore(call: Call, score: number): Place {
  call.x.geoDecode(score);
  return { x: call.x.geoLongitude(), y: call.x.geoLatitude() };
}

/** C's `%.*f`. */
function fixed(value: number, digits: number): string {
  if (!Number.isFinite(value)) return value < 0 ? "-inf" : "inf";
  if (Math.abs(value) < 1e21) return value.toFixed(digits);
  return `${BigInt(value)}.${"0".repeat(digits)}`;
}

/** Replies a distance with four decimals. */
export function replyDistance(call: Call, distance: number): void {
  call.reply.text(fixed(distance, 4));
}

/** Replies a longitude and a latitude with as many decimals as tell something. */
export function replyPlace(call: Call, place: Place): void {
  call.reply.array(2);
  replyDegrees(call, place.x);
  replyDegrees(call, place.y);
}

/** Redis: addReplyHumanLongDouble. */
function replyDegrees(call: Call, degrees: number): void {
  const text = degrees.toFixed(17).replace(/\.?0+$/, "").replace(/^-0$/, "0");
  if (call.x.replyProtocol() === 2) call.reply.text(text);
  else {
    const line = `,${text}\r\n`;
    call.x.outputAppend(call.core.putText(line), line.length);
  }
}
