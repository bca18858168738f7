/** The error reply for what a client sent, in Redis's words. */
import {
  ERROR_BIG_BULK_COUNT,
  ERROR_BIG_INLINE,
  ERROR_BIG_MULTIBULK_COUNT,
  ERROR_BULK_LENGTH,
  ERROR_EXPECTED_DOLLAR,
  ERROR_MULTIBULK_LENGTH,
  ERROR_UNAUTHENTICATED_BULK,
  ERROR_UNAUTHENTICATED_MULTIBULK,
  ERROR_UNBALANCED_QUOTES,
} from "../base/errors";
import { advance, cursor, outputLiteral, reserve } from "./output";
import { parseErrorByte } from "./parser";

/** The byte that stood where a `$` belongs; a line end becomes a blank. */
function quoteByte(): void {
  if (!reserve(1)) return;
  const byte = parseErrorByte();
  store<u8>(cursor, byte == 13 || byte == 10 ? 32 : <u8> byte);
  advance(1);
}

/** Writes the error reply for an ERROR_* code from `parseError`. */
export function replyProtocolError(error: u32): void {
  outputLiteral("-ERR Protocol error: ");
  if (error == ERROR_BIG_INLINE) {
    outputLiteral("too big inline request");
  } else if (error == ERROR_UNBALANCED_QUOTES) {
    outputLiteral("unbalanced quotes in request");
  } else if (error == ERROR_BIG_MULTIBULK_COUNT) {
    outputLiteral("too big mbulk count string");
  } else if (error == ERROR_MULTIBULK_LENGTH) {
    outputLiteral("invalid multibulk length");
  } else if (error == ERROR_UNAUTHENTICATED_MULTIBULK) {
    outputLiteral("unauthenticated multibulk length");
  } else if (error == ERROR_BIG_BULK_COUNT) {
    outputLiteral("too big bulk count string");
  } else if (error == ERROR_EXPECTED_DOLLAR) {
    outputLiteral("expected '$', got '");
    quoteByte();
    outputLiteral("'");
  } else if (error == ERROR_BULK_LENGTH) {
    outputLiteral("invalid bulk length");
  } else if (error == ERROR_UNAUTHENTICATED_BULK) {
    outputLiteral("unauthenticated bulk length");
  }
  outputLiteral("\r\n");
}
