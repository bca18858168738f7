/** Where commands on several sorted sets have their keys. */

import type { KeyFlag, KeySpec } from "../spec.ts";

/** The key spec of keys whose number stands in front of them. */
export function countedKeys(index: number, ...flags: KeyFlag[]): KeySpec {
  return {
    flags,
    beginSearch: { type: "index", index },
    findKeys: { type: "keynum", keyNumIndex: 0, firstKey: 1, keyStep: 1 },
  };
}
