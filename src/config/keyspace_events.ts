/** The classes of keyspace notifications, as bits. */
export const KeyspaceEvent = {
  KEYSPACE: 1 << 0,
  KEYEVENT: 1 << 1,
  GENERIC: 1 << 2,
  STRING: 1 << 3,
  LIST: 1 << 4,
  SET: 1 << 5,
  HASH: 1 << 6,
  ZSET: 1 << 7,
  EXPIRED: 1 << 8,
  EVICTED: 1 << 9,
  STREAM: 1 << 10,
  KEY_MISS: 1 << 11,
  MODULE: 1 << 13,
  NEW: 1 << 14,
} as const;

const E = KeyspaceEvent;

/** What the letter `A` stands for: everything but misses and new keys. */
const ALL_CLASSES = E.GENERIC | E.STRING | E.LIST | E.SET | E.HASH | E.ZSET |
  E.EXPIRED | E.EVICTED | E.STREAM | E.MODULE;

/** In the order Redis writes them. `n` is hidden behind `A`, the last three are not. */
const CLASS_LETTERS: readonly [letter: string, bit: number][] = [
  ["g", E.GENERIC],
  ["$", E.STRING],
  ["l", E.LIST],
  ["s", E.SET],
  ["h", E.HASH],
  ["z", E.ZSET],
  ["x", E.EXPIRED],
  ["e", E.EVICTED],
  ["t", E.STREAM],
  ["d", E.MODULE],
  ["n", E.NEW],
];
const OTHER_LETTERS: readonly [letter: string, bit: number][] = [
  ["K", E.KEYSPACE],
  ["E", E.KEYEVENT],
  ["m", E.KEY_MISS],
];
const BIT_BY_LETTER = new Map<string, number>([
  ["A", ALL_CLASSES],
  ...CLASS_LETTERS,
  ...OTHER_LETTERS,
]);

/** Letters such as `KEA` as bits; `null` if one is unknown. */
export function parseKeyspaceEvents(letters: string): number | null {
  let bits = 0;
  for (const letter of letters) {
    const bit = BIT_BY_LETTER.get(letter);
    if (bit === undefined) return null;
    bits |= bit;
  }
  return bits;
}

/** Bits as Redis writes them: `A` for all classes, then `K`, `E` and `m`. */
export function formatKeyspaceEvents(bits: number): string {
  const letters = (list: readonly [string, number][]) =>
    list.filter(([, bit]) => bits & bit).map(([letter]) => letter).join("");
  const classes = (bits & ALL_CLASSES) === ALL_CLASSES
    ? "A"
    : letters(CLASS_LETTERS);
  return classes + letters(OTHER_LETTERS);
}
