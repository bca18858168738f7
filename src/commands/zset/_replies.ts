/** How the core replies elements of sorted sets: flags of its `zrangeReply`. */

/** From the highest score down. */
export const REVERSE = 1;
/** With scores. */
export const SCORES = 2;
/** Pairs of member and score are arrays, whatever the protocol. */
export const PAIRS = 4;
/** Member and score follow each other, whatever the protocol. */
export const FLAT = 8;
/** The header has been written. */
export const BARE = 16;
