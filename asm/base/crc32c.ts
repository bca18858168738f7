/**
 * CRC-32C (Castagnoli, polynomial 0x1EDC6F41, reflected): what guards blocks
 * and batches on disk.
 */

/** Eight tables of 256 u32, for eight bytes a step. */
const TABLES: u32 = <u32> memory.data(8 * 256 * 4, 16);

function fillTables(): void {
  for (let byte: u32 = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) {
      crc = crc & 1 ? crc >> 1 ^ 0x82f63b78 : crc >> 1;
    }
    store<u32>(TABLES + (byte << 2), crc);
  }
  for (let i: u32 = 256; i < 2048; i++) {
    const before = load<u32>(TABLES + (i - 256 << 2));
    const step = load<u32>(TABLES + ((before & 255) << 2));
    store<u32>(TABLES + (i << 2), before >> 8 ^ step);
  }
}
fillTables();

// @ts-ignore: decorator
@inline
function table(index: u32, byte: u32): u32 {
  return load<u32>(TABLES + (index << 10) + (byte << 2));
}

/** Continues `crc` (0 to begin) over a byte string. */
export function crc32c(crc: u32, ptr: u32, length: u32): u32 {
  crc = ~crc;
  let i: u32 = 0;
  while (length - i >= 8) {
    const low = load<u32>(ptr + i) ^ crc;
    const high = load<u32>(ptr + i, 4);
    crc = table(7, low & 255) ^ table(6, low >> 8 & 255) ^
      table(5, low >> 16 & 255) ^ table(4, low >> 24) ^
      table(3, high & 255) ^ table(2, high >> 8 & 255) ^
      table(1, high >> 16 & 255) ^ table(0, high >> 24);
    i += 8;
  }
  for (; i < length; i++) {
    crc = crc >> 8 ^ table(0, (crc ^ <u32> load<u8>(ptr + i)) & 255);
  }
  return ~crc;
}
