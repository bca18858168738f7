/**
 * Splits an inline command into words, as Redis's sdssplitargs: blanks between
 * words, "double quotes" with \n \r \t \b \a \xHH and \anything, 'single
 * quotes' with \' only, and nothing but a blank behind a closing quote.
 *
 * Words are unescaped where they stand, since that never makes them longer.
 */
import { PARSE_OUT_OF_MEMORY, PARSE_PROTOCOL_ERROR } from "../base/errors";
import { frameAppend, frameClear, frameSetCount } from "./frame";

/** C's isspace. */
// @ts-ignore: decorator
@inline
function isSpace(byte: u32): bool {
  return byte == 32 || byte - 9 < 5;
}

/** Value of a hexadecimal digit, above 15 when it is none. */
// @ts-ignore: decorator
@inline
function hexValue(byte: u32): u32 {
  const letter = (byte | 32) - 97;
  if (byte - 48 < 10) return byte - 48;
  return letter < 6 ? letter + 10 : 16;
}

/** What `\byte` stands for in double quotes. */
function escaped(byte: u32): u32 {
  if (byte == 0x6e) return 10;
  if (byte == 0x72) return 13;
  if (byte == 0x74) return 9;
  if (byte == 0x62) return 8;
  if (byte == 0x61) return 7;
  return byte;
}

let line: u32 = 0;
let lineLength: u32 = 0;
/** Where the next word is read, and where this one's bytes are written. */
let from: u32 = 0;
let to: u32 = 0;

/** The byte at `index` of the line, NUL behind its end. */
// @ts-ignore: decorator
@inline
function at(index: u32): u32 {
  return index < lineLength ? <u32> load<u8>(line + index) : 0;
}

// @ts-ignore: decorator
@inline
function put(byte: u32): void {
  store<u8>(line + to, <u8> byte);
  to++;
}

/** Whether the quote at `from` closes a word properly; steps behind it. */
function closeQuote(): bool {
  from++;
  return from == lineLength || isSpace(at(from));
}

/** Reads up to the closing double quote; false when the quotes are broken. */
function readDoubleQuoted(): bool {
  while (from < lineLength) {
    const byte = at(from);
    if (byte == 0x22) return closeQuote();
    if (byte != 0x5c || from + 1 == lineLength) {
      put(byte);
      from++;
      continue;
    }
    const high = hexValue(at(from + 2));
    const low = hexValue(at(from + 3));
    if (at(from + 1) == 0x78 && high < 16 && low < 16) {
      put(high << 4 | low);
      from += 4;
    } else {
      put(escaped(at(from + 1)));
      from += 2;
    }
  }
  return false;
}

/** Reads up to the closing single quote; false when the quotes are broken. */
function readSingleQuoted(): bool {
  while (from < lineLength) {
    const byte = at(from);
    if (byte == 0x27) return closeQuote();
    if (byte == 0x5c && at(from + 1) == 0x27) from++;
    put(at(from));
    from++;
  }
  return false;
}

/** Reads one word at `from`; false when its quotes are broken. */
function readWord(): bool {
  to = from;
  while (from < lineLength) {
    const byte = at(from);
    if (byte == 0x22 || byte == 0x27) {
      from++;
      return byte == 0x22 ? readDoubleQuoted() : readSingleQuoted();
    }
    // A vertical tab or form feed ends no word, it only stands between them.
    if (byte == 32 || byte == 9 || byte == 10 || byte == 13) break;
    put(byte);
    from++;
  }
  return true;
}

/**
 * Fills the current frame with the words of a line, which holds no NUL.
 * Returns their number, PARSE_PROTOCOL_ERROR for unbalanced quotes, or
 * PARSE_OUT_OF_MEMORY.
 */
export function splitInline(ptr: u32, length: u32): i32 {
  line = ptr;
  lineLength = length;
  from = 0;
  let argc = 0;
  frameClear();
  while (true) {
    while (from < lineLength && isSpace(at(from))) from++;
    if (from == lineLength) return argc;
    const start = from;
    if (!readWord()) {
      frameSetCount(0);
      return PARSE_PROTOCOL_ERROR;
    }
    if (!frameAppend(line + start, to - start)) {
      frameSetCount(0);
      return PARSE_OUT_OF_MEMORY;
    }
    argc++;
  }
}
