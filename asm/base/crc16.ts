/**
 * CRC-16/XMODEM (polynomial 0x1021, no reflection, starts at 0) and the
 * cluster slot of a key, as the Redis Cluster specification defines them.
 */
import { bytesIndexOf } from "./bytes";

/** Cluster slots; a slot is the checksum's low 14 bits. */
export const SLOT_COUNT: u32 = 16384;

/**
 * Four tables of 256 u16: table k gives the effect of a byte that k more
 * bytes follow, so four bytes are folded in one step.
 */
const TABLES: u32 = <u32> memory.data(4 * 256 * 2, 16);

function fillTables(): void {
  for (let byte: u32 = 0; byte < 256; byte++) {
    let crc = byte << 8;
    for (let bit = 0; bit < 8; bit++) {
      crc = crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1;
    }
    store<u16>(TABLES + (byte << 1), <u16> crc);
  }
  for (let i: u32 = 256; i < 1024; i++) {
    const before = <u32> load<u16>(TABLES + (i - 256 << 1));
    const step = <u32> load<u16>(TABLES + (before >> 8 << 1));
    store<u16>(TABLES + (i << 1), <u16> (before << 8 ^ step));
  }
}
fillTables();

/** CRC-16/XMODEM of a byte string. */
export function crc16(ptr: u32, length: u32): u32 {
  let crc: u32 = 0;
  let i: u32 = 0;
  while (length - i >= 4) {
    const word = load<u32>(ptr + i);
    const first = word & 255 ^ crc >> 8;
    const second = word >> 8 & 255 ^ crc & 255;
    crc = <u32> load<u16>(TABLES + 3 * 512 + (first << 1)) ^
      <u32> load<u16>(TABLES + 2 * 512 + (second << 1)) ^
      <u32> load<u16>(TABLES + 512 + ((word >> 16 & 255) << 1)) ^
      <u32> load<u16>(TABLES + (word >> 24 << 1));
    i += 4;
  }
  for (; i < length; i++) {
    const index = crc >> 8 ^ <u32> load<u8>(ptr + i);
    crc = (crc << 8 ^ <u32> load<u16>(TABLES + (index << 1))) & 0xffff;
  }
  return crc;
}

/**
 * The cluster slot of a key: of what stands between the first `{` and the
 * next `}` when there is something, of the whole key otherwise.
 */
export function keySlot(ptr: u32, length: u32): u32 {
  const open = bytesIndexOf(ptr, length, 0x7b);
  if (open != length) {
    const tag = ptr + open + 1;
    const left = length - open - 1;
    const close = bytesIndexOf(tag, left, 0x7d);
    if (close != left && close != 0) return crc16(tag, close) & SLOT_COUNT - 1;
  }
  return crc16(ptr, length) & SLOT_COUNT - 1;
}
