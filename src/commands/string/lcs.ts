/** The longest common subsequence of two strings. */

import type { Call } from "../call.ts";
import {
  type CommandSpec,
  integer,
  key,
  keyRange,
  OPTIONAL,
  token,
  unimplemented,
} from "../spec.ts";

/** `LCS` */
export const lcs: CommandSpec = {
  name: "lcs",
  summary: "Find longest common substring",
  since: "7.0.0",
  group: "string",
  complexity: "O(N*M) where N and M are the lengths of s1 and s2, respectively",
  arity: -3,
  flags: ["readonly"],
  acl: ["string"],
  keys: [keyRange(1, 1, 1, "RO", "access")],
  arguments: [
    key("key1"),
    key("key2"),
    token("len", "LEN", OPTIONAL),
    token("idx", "IDX", OPTIONAL),
    integer("len", { token: "MINMATCHLEN", optional: true }),
    token("withmatchlen", "WITHMATCHLEN", OPTIONAL),
  ],
  handler: lcsHandler,
};

function lcsHandler(call: Call): void {
  unimplemented(call);
}
