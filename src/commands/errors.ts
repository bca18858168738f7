/**
 * The catalogue of errors several commands share, in Redis's words. An error
 * that only one command gives stands with that command.
 */

export const SYNTAX = "ERR syntax error";
export const NOT_AN_INTEGER = "ERR value is not an integer or out of range";
export const NOT_A_FLOAT = "ERR value is not a valid float";
export const WRONG_TYPE =
  "WRONGTYPE Operation against a key holding the wrong kind of value";
export const NO_SUCH_KEY = "ERR no such key";
export const OUT_OF_RANGE = "ERR index out of range";
export const DB_OUT_OF_RANGE = "ERR DB index is out of range";
export const OUT_OF_MEMORY =
  "OOM command not allowed when used memory > 'maxmemory'.";
export const STRING_TOO_LONG =
  "ERR string exceeds maximum allowed size (proto-max-bulk-len)";
export const WOULD_OVERFLOW = "ERR increment or decrement would overflow";
export const NO_AUTH = "NOAUTH Authentication required.";
export const EXEC_ABORT =
  "EXECABORT Transaction discarded because of previous errors.";
export const SAME_OBJECT = "ERR source and destination objects are the same";

/** `ERR wrong number of arguments for 'get' command` */
export function wrongArity(fullName: string): string {
  return `ERR wrong number of arguments for '${fullName}' command`;
}

/** `ERR invalid expire time in 'set' command` */
export function invalidExpire(fullName: string): string {
  return `ERR invalid expire time in '${fullName}' command`;
}

/** For a container command whose subcommand does not exist. */
export function unknownSubcommand(name: string, container: string): string {
  // Redis prints it as a C string of at most 128 bytes.
  const shown = name.slice(0, 128).split("\0", 1)[0];
  return `ERR unknown subcommand '${shown}'. Try ${container} HELP.`;
}
