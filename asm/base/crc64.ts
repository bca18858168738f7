/**
 * CRC-64 as Redis uses it for RDB files and DUMP payloads: the Jones
 * polynomial 0xAD93D23594C935A9, reflected, starting at 0.
 */

/** Eight tables of 256 u64, for eight bytes a step. */
const TABLES: u32 = <u32> memory.data(8 * 256 * 8, 16);

/** The polynomial with its bits reversed. */
const REFLECTED: u64 = 0x95ac9329ac4bc9b5;

function fillTables(): void {
  for (let byte: u32 = 0; byte < 256; byte++) {
    let crc = <u64> byte;
    for (let bit = 0; bit < 8; bit++) {
      crc = crc & 1 ? crc >> 1 ^ REFLECTED : crc >> 1;
    }
    store<u64>(TABLES + (byte << 3), crc);
  }
  for (let i: u32 = 256; i < 2048; i++) {
    const before = load<u64>(TABLES + (i - 256 << 3));
    const step = load<u64>(TABLES + ((<u32> before & 255) << 3));
    store<u64>(TABLES + (i << 3), before >> 8 ^ step);
  }
}
fillTables();

// @ts-ignore: decorator
@inline
function table(index: u32, byte: u32): u64 {
  return load<u64>(TABLES + (index << 11) + (byte << 3));
}

/** Continues `crc` (0 to begin) over a byte string. */
export function crc64(crc: u64, ptr: u32, length: u32): u64 {
  let i: u32 = 0;
  while (length - i >= 8) {
    const word = load<u64>(ptr + i) ^ crc;
    const low = <u32> word;
    const high = <u32> (word >> 32);
    crc = table(7, low & 255) ^ table(6, low >> 8 & 255) ^
      table(5, low >> 16 & 255) ^ table(4, low >> 24) ^
      table(3, high & 255) ^ table(2, high >> 8 & 255) ^
      table(1, high >> 16 & 255) ^ table(0, high >> 24);
    i += 8;
  }
  for (; i < length; i++) {
    crc = crc >> 8 ^ table(0, (<u32> crc ^ <u32> load<u8>(ptr + i)) & 255);
  }
  return crc;
}
