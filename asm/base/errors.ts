/**
 * Codes that cross the boundary to TypeScript. Nothing throws in WASM: what
 * can fail returns one of these. The numbers are part of the ABI.
 */

/** Done. */
export const CODE_OK: i32 = 0;
/** The memory is full; nothing was changed. */
export const CODE_OUT_OF_MEMORY: i32 = -1;

/** `parse`: the command is not complete; see `parseNeeded`. */
export const PARSE_NEED_MORE: i32 = -1;
/** `parse`: the client broke the protocol; see `parseError`. */
export const PARSE_PROTOCOL_ERROR: i32 = -2;
/** `parse`: no memory to keep the arguments. */
export const PARSE_OUT_OF_MEMORY: i32 = -3;

/** "Protocol error: too big inline request" */
export const ERROR_BIG_INLINE: u32 = 1;
/** "Protocol error: unbalanced quotes in request" */
export const ERROR_UNBALANCED_QUOTES: u32 = 2;
/** "Protocol error: too big mbulk count string" */
export const ERROR_BIG_MULTIBULK_COUNT: u32 = 3;
/** "Protocol error: invalid multibulk length" */
export const ERROR_MULTIBULK_LENGTH: u32 = 4;
/** "Protocol error: unauthenticated multibulk length" */
export const ERROR_UNAUTHENTICATED_MULTIBULK: u32 = 5;
/** "Protocol error: too big bulk count string" */
export const ERROR_BIG_BULK_COUNT: u32 = 6;
/** "Protocol error: expected '$', got 'x'"; the byte is `parseErrorByte`. */
export const ERROR_EXPECTED_DOLLAR: u32 = 7;
/** "Protocol error: invalid bulk length" */
export const ERROR_BULK_LENGTH: u32 = 8;
/** "Protocol error: unauthenticated bulk length" */
export const ERROR_UNAUTHENTICATED_BULK: u32 = 9;
