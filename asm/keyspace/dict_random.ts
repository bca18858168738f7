/** Drawing elements of a dict at random. */
import {
  bits,
  bucketOf,
  childOf,
  dictCount,
  elementHash,
  hasChild,
  slotAddress,
  target,
  targetBits,
  usedMask,
} from "./dict";
import { random32 } from "./random";

/** A draw is a bucket and one of so many places in its chain. */
const RANDOM_PLACES: u32 = 24;
/** Draws after which an almost empty table is read from a random place on. */
const RANDOM_DRAWS_MAX: u32 = 256;

/** Elements of a chain. */
function chainCount(head: u32): u32 {
  let total: u32 = 0;
  let bucket = head;
  while (true) {
    total += <u32>popcnt(usedMask(bucket));
    if (!hasChild(bucket)) return total;
    bucket = childOf(bucket);
  }
}

/** The `place`-th element of a chain that has it. */
function chainAt(head: u32, place: u32): u32 {
  let bucket = head;
  while (true) {
    let slots = usedMask(bucket);
    const here = <u32>popcnt(slots);
    if (place < here) {
      for (; place > 0; place--) slots &= slots - 1;
      return load<u32>(slotAddress(bucket, ctz(slots)));
    }
    place -= here;
    bucket = childOf(bucket);
  }
}

/**
 * A random element, 0 if there is none. Every element is as likely as any
 * other, but for chains of more than RANDOM_PLACES, which are hardly ever met,
 * and tables that have become almost empty and wait to be shrunk.
 */
export function dictRandom(dict: u32): u32 {
  if (dictCount(dict) == 0) return 0;
  const mask: u32 = (1 << bits(dict)) - 1;
  const targetMask: u32 = target(dict) != 0 ? (1 << targetBits(dict)) - 1 : 0;
  const large = max<u32>(mask, targetMask);
  for (let draw: u32 = 0; draw < RANDOM_DRAWS_MAX; draw++) {
    const drawn = random32() & large;
    const bucket = bucketOf(dict, <u64>drawn);
    const total = chainCount(bucket);
    const places = max<u32>(total, RANDOM_PLACES);
    const place = random32() % places;
    if (place >= total) continue;
    const element = chainAt(bucket, place);
    // While resizing, several numbers draw the same bucket of the smaller table:
    // each stands for those of its elements that will go, or went, its way.
    if (
      target(dict) == 0 ||
      (<u32>elementHash(dict, element) & large) == drawn
    ) return element;
  }
  let position = random32();
  while (true) {
    const bucket = bucketOf(dict, <u64>(position++ & large));
    const total = chainCount(bucket);
    if (total != 0) return chainAt(bucket, random32() % total);
  }
}
