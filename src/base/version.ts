/** The version of AiKv itself. */
export const AIKV_VERSION = "0.1.0";

/**
 * The Redis version whose commands and replies AiKv offers. Clients read it in
 * `INFO` and `HELLO` to decide which features they may use, so it is never
 * AiKv's own version.
 */
export const REDIS_VERSION = "7.4.0";
