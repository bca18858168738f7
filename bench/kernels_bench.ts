/**
 * The WASM kernels by themselves: `deno bench --allow-read bench/`. Each run
 * of a benchmark does BATCH operations, so a figure in microseconds is one in
 * nanoseconds an operation, the call from JS included.
 */
import { bytes, Kernels } from "../tests/unit/asm/_kernels.ts";
import { encode, join } from "../tests/unit/asm/resp/_harness.ts";

const BATCH = 1000;
const kernels = new Kernels("aikv");
const { call } = kernels;

const state = kernels.alloc(32);
kernels.view(state, 32).fill(0);
const output = call.outputNew();
call.outputSelect(output);
call.setHashSeed(1n, 2n);

function pipeline(command: Uint8Array): { ptr: number; length: number } {
  const data = join(Array.from({ length: BATCH }, () => command));
  return { ptr: kernels.put(data), length: data.length };
}

function benchParse(name: string, command: Uint8Array): void {
  const { ptr, length } = pipeline(command);
  Deno.bench(
    `parse ${name}, ${command.length} bytes`,
    { group: "parse" },
    () => {
      for (let at = 0; at < length;) {
        call.parse(state, ptr + at, length - at);
        at += call.parseConsumed();
      }
    },
  );
}

const key = "key:000000012345";
benchParse("inline PING", bytes("PING\r\n"));
benchParse("PING", encode("PING"));
benchParse("GET", encode("GET", key));
benchParse("SET of 3", encode("SET", key, "xxx"));
benchParse("SET of 512", encode("SET", key, "x".repeat(512)));
benchParse(
  "MSET of 10",
  encode("MSET", ...Array(10).fill([key, "xxx"]).flat()),
);

function benchReply(name: string, write: () => void): void {
  Deno.bench(`reply ${name}`, { group: "reply" }, () => {
    for (let i = 0; i < BATCH; i++) write();
    call.outputTruncate(output, 0);
  });
}

const value = kernels.put("x".repeat(4096));
benchReply("OK", () => call.replyOk());
benchReply("integer 7", () => call.replyInteger(7n));
benchReply("integer 1234567890", () => call.replyInteger(1234567890n));
benchReply("bulk of 3", () => call.replyBulk(value, 3));
benchReply("bulk of 32", () => call.replyBulk(value, 32));
benchReply("bulk of 512", () => call.replyBulk(value, 512));
benchReply("bulk of 4096", () => call.replyBulk(value, 4096));
benchReply("double 3", () => call.replyDouble(3));
benchReply("double 0.1", () => call.replyDouble(0.1));
benchReply("double 1e-300", () => call.replyDouble(1e-300));
benchReply("deferred array of 1", () => {
  const handle = call.replyDeferred();
  call.replyOk();
  call.replyDeferredArray(handle, 1);
});

function benchBytes(
  name: string,
  length: number,
  run: (ptr: number) => void,
): void {
  const ptr = kernels.put("a{b}".repeat(length / 4 + 1).slice(0, length));
  const group = name.split(" ")[0];
  Deno.bench(`${name} of ${length}`, { group }, () => {
    for (let i = 0; i < BATCH; i++) run(ptr);
  });
}

for (const length of [8, 16, 64, 4096]) {
  benchBytes("siphash", length, (ptr) => call.siphash(ptr, length));
}
for (const length of [16, 64]) {
  benchBytes("crc16", length, (ptr) => call.crc16(ptr, length));
  benchBytes("crc16 slot", length, (ptr) => call.keySlot(ptr, length));
}
benchBytes("crc32c", 4096, (ptr) => call.crc32c(0, ptr, 4096));
benchBytes("crc64", 4096, (ptr) => call.crc64(0n, ptr, 4096));

function benchText(
  name: string,
  text: string,
  run: (ptr: number) => void,
): void {
  const ptr = kernels.put(text.padEnd(64));
  Deno.bench(`${name} ${text}`, { group: "numbers" }, () => {
    for (let i = 0; i < BATCH; i++) run(ptr);
  });
}

for (const text of ["7", "123456", "-9223372036854775808"]) {
  const number = BigInt(text);
  benchText("parse i64", text, (ptr) => call.parseI64(ptr, text.length));
  benchText("print i64", text, (ptr) => call.writeI64(ptr, number));
}
for (const text of ["3.141", "0.30000000000000004", "1.7976931348623157e308"]) {
  benchText("parse f64", text, (ptr) => call.parseF64(ptr, text.length, 0));
  const number = Number(text);
  benchText("print f64", text, (ptr) => call.writeF64(ptr, number));
}

const subject = kernels.put(key);
for (const pattern of ["*", "key:*", "*:*345", "k[a-f]y:?0*5"]) {
  const ptr = kernels.put(pattern);
  Deno.bench(`glob ${pattern}`, { group: "glob" }, () => {
    for (let i = 0; i < BATCH; i++) {
      call.globMatch(ptr, pattern.length, subject, key.length, false);
    }
  });
}

for (const length of [100, 2000]) {
  const a = kernels.put("abcdefghij".repeat(length / 10));
  const b = kernels.put("jihgfedcba".repeat(length / 10));
  Deno.bench(`lcs of ${length} and ${length}`, { group: "lcs" }, () => {
    call.lcsFree(call.lcsRun(a, length, b, length));
  });
}

// From here on a figure is one of a single operation, but for PFADD's.
const BITMAP_BYTES = 1024 * 1024;
const bitmap = kernels.alloc(BITMAP_BYTES);
kernels.view(bitmap, BITMAP_BYTES).fill(0);

for (const length of [64, 4096, BITMAP_BYTES]) {
  const last = length * 8 - 1;
  Deno.bench(`BITCOUNT of ${length} bytes`, { group: "bitmaps" }, () => {
    call.bitmapCount(bitmap, 0, last);
  });
  Deno.bench(`BITPOS through ${length} zeros`, { group: "bitmaps" }, () => {
    call.bitmapFind(bitmap, 0, last, 1);
  });
}

call.coreInit(1);
const dest = kernels.put("dest");
for (const length of [4096, BITMAP_BYTES]) {
  const sources = [0, 1, 2].map((index) => {
    const name = kernels.put(`source ${length} ${index}`);
    return call.stringSetPadded(0, name, 16, length - 1, bitmap, 1);
  });
  const entries = kernels.alloc(4 * sources.length);
  const words = new DataView(kernels.memory.buffer);
  sources.forEach((entry, index) =>
    words.setInt32(entries + index * 4, entry, true)
  );
  ["AND", "OR", "XOR"].forEach((name, operation) => {
    Deno.bench(
      `BITOP ${name} of 3 times ${length} bytes`,
      { group: "BITOP" },
      () => call.bitmapOp(0, dest, 4, operation, entries, 3, length),
    );
  });
}

// PFADD of a frame of BATCH elements, which are all in it already.
call.frameClear();
for (const argument of ["PFADD", "hll"]) {
  call.frameAppend(kernels.put(argument), argument.length);
}
for (let i = 0; i < BATCH; i++) {
  const element = `element:${i % 300}`;
  call.frameAppend(kernels.put(element), element.length);
}
for (const [name, bytesMax] of [["sparse", 3000], ["dense", 0]] as const) {
  call.frameReplace(1, kernels.put(name), name.length);
  call.hllAdd(0, 0, bytesMax);
  const entry = call.find(0, kernels.put(name), name.length);
  Deno.bench(`PFADD, ${name}`, { group: "HyperLogLog" }, () => {
    call.hllAdd(0, entry, bytesMax);
  });
  Deno.bench(`PFCOUNT of two, ${name}`, { group: "HyperLogLog" }, () => {
    call.outputClear(output);
    call.hllUnionBegin();
    call.hllUnionAdd(entry);
    call.hllUnionAdd(entry);
    call.hllUnionReply();
  });
}
