/**
 * SHA-1 (FIPS 180-4), because Redis's protocol uses it: DEBUG DIGEST, and the
 * names of scripts. Not for anything that must withstand an attacker.
 */

export const SHA1_BYTES = 20;

const BLOCK_BYTES = 64;

/** Message schedule of the block at hand: nothing is allocated a block. */
const words = new Int32Array(80);

/** The SHA-1 of `bytes`. Synchronous. */
export function sha1(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const state = new Int32Array([
    0x67452301,
    0xefcdab89,
    0x98badcfe,
    0x10325476,
    0xc3d2e1f0,
  ]);
  const whole = bytes.length - bytes.length % BLOCK_BYTES;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at < whole; at += BLOCK_BYTES) addBlock(state, view, at);
  // The rest, a 1 bit, zeros, and the length in bits.
  const rest = bytes.length - whole;
  const tail = new Uint8Array(rest + 9 > BLOCK_BYTES ? 128 : BLOCK_BYTES);
  tail.set(bytes.subarray(whole));
  tail[rest] = 0x80;
  const end = new DataView(tail.buffer);
  end.setBigUint64(tail.length - 8, BigInt(bytes.length) * 8n);
  for (let at = 0; at < tail.length; at += BLOCK_BYTES) {
    addBlock(state, end, at);
  }
  const digest = new Uint8Array(SHA1_BYTES);
  const out = new DataView(digest.buffer);
  state.forEach((word, index) => out.setInt32(index * 4, word));
  return digest;
}

function addBlock(state: Int32Array, view: DataView, at: number): void {
  for (let i = 0; i < 16; i++) words[i] = view.getInt32(at + i * 4);
  for (let i = 16; i < 80; i++) {
    words[i] = rotate(
      words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16],
      1,
    );
  }
  let [a, b, c, d, e] = state;
  for (let i = 0; i < 80; i++) {
    const next = rotate(a, 5) + mixed(i, b, c, d) + e + words[i] | 0;
    e = d;
    d = c;
    c = rotate(b, 30);
    b = a;
    a = next;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
}

/** Function and constant of a round. */
function mixed(round: number, b: number, c: number, d: number): number {
  if (round < 20) return (b & c | ~b & d) + 0x5a827999;
  if (round < 40) return (b ^ c ^ d) + 0x6ed9eba1;
  if (round < 60) return (b & c | b & d | c & d) + 0x8f1bbcdc;
  return (b ^ c ^ d) + 0xca62c1d6;
}

function rotate(word: number, bits: number): number {
  return word << bits | word >>> 32 - bits;
}
