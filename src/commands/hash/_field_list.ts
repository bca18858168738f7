/** `FIELDS numfields field [field ...]`, as the commands on expiries of fields have it. */

import { INT64_MAX } from "../../base/int64.ts";
import type { Call } from "../call.ts";
import {
  type ArgumentSpec,
  block,
  integer,
  MULTIPLE,
  string,
} from "../spec.ts";

/** How `COMMAND DOCS` describes it. */
export const FIELDS_ARGUMENT: ArgumentSpec = block("fields", [
  integer("numfields"),
  string("field", MULTIPLE),
], { token: "FIELDS" });

/** What HTTL and HPERSIST say of a number that is none, or not positive. */
export const NO_FIELD = "ERR Number of fields must be a positive integer";

/** The fields, arguments from `first` to the last. */
export interface FieldList {
  readonly first: number;
  readonly count: number;
}

/**
 * The fields after the word FIELDS, which must be argument `index`. Replies with
 * an error and returns undefined if they are not there; `countError` is the one
 * for their number.
 */
export function readFieldList(
  call: Call,
  index: number,
  countError: string,
): FieldList | undefined {
  if (!call.argIs(index, "fields")) {
    call.reply.error(
      "ERR Mandatory argument FIELDS is missing or not at the right position",
    );
    return undefined;
  }
  const count = call.argInteger(index + 1);
  if (count === undefined || count < 1n || count > INT64_MAX) {
    call.reply.error(countError);
    return undefined;
  }
  const first = index + 2;
  if (count !== BigInt(call.argc - first)) {
    call.reply.error(
      "ERR The `numfields` parameter must match the number of arguments",
    );
    return undefined;
  }
  return { first, count: call.argc - first };
}

/** The reply where there is no hash: none of the fields is there. */
export function replyNoFields(call: Call, { count }: FieldList): void {
  call.reply.array(count);
  for (let i = 0; i < count; i++) call.reply.integer(-2);
}
