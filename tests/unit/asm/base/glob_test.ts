import assert from "node:assert/strict";
import { bytes, Kernels, random } from "../_kernels.ts";

const kernels = new Kernels();
const { call } = kernels;

const lower = (byte: number) => byte >= 65 && byte <= 90 ? byte + 32 : byte;
const signed = (byte: number) => byte << 24 >> 24;

/** Reads one set behind `[` at `p`; where it ends, and whether it matches. */
function matchSet(pat: Uint8Array, p: number, byte: number, noCase: boolean) {
  const fold = noCase ? lower : (b: number) => b;
  let i = p + 1;
  const negated = pat[i] === 0x5e;
  if (negated) i++;
  let match = false;
  for (;; i++) {
    const left = pat.length - i;
    if (left <= 0) {
      i--;
      break;
    }
    if (pat[i] === 0x5c && left >= 2) {
      if (pat[++i] === byte) match = true;
    } else if (pat[i] === 0x5d) {
      break;
    } else if (left >= 3 && pat[i + 1] === 0x2d) {
      let [low, high] = [pat[i], pat[i + 2]];
      if (signed(low) > signed(high)) [low, high] = [high, low];
      const wanted = signed(fold(byte));
      if (wanted >= signed(fold(low)) && wanted <= signed(fold(high))) {
        match = true;
      }
      i += 2;
    } else if (fold(pat[i]) === fold(byte)) match = true;
  }
  return { end: i, match: match !== negated };
}

/** The recursive definition, star by star. */
function model(
  pat: Uint8Array,
  str: Uint8Array,
  noCase: boolean,
  give: { up: boolean } = { up: false },
  depth = 0,
): boolean {
  if (depth > 1000) return false;
  const fold = noCase ? lower : (b: number) => b;
  let p = 0;
  let s = 0;
  while (p < pat.length && s < str.length) {
    if (pat[p] === 0x2a) {
      while (pat[p + 1] === 0x2a) p++;
      if (pat.length - p === 1) return true;
      for (; s < str.length; s++) {
        if (
          model(pat.subarray(p + 1), str.subarray(s), noCase, give, depth + 1)
        ) {
          return true;
        }
        if (give.up) return false;
      }
      give.up = true;
      return false;
    } else if (pat[p] === 0x5b) {
      const { end, match } = matchSet(pat, p, str[s], noCase);
      if (!match) return false;
      p = end;
    } else if (pat[p] !== 0x3f) {
      if (pat[p] === 0x5c && pat.length - p >= 2) p++;
      if (fold(pat[p]) !== fold(str[s])) return false;
    }
    p++;
    s++;
    if (s === str.length) {
      while (pat[p] === 0x2a) p++;
      break;
    }
  }
  return p >= pat.length && s === str.length;
}

function match(pattern: string, text: string, noCase = false): boolean {
  const [p, s] = [kernels.put(pattern), kernels.put(text)];
  const result = !!call.globMatch(p, pattern.length, s, text.length, noCase);
  call.free(p);
  call.free(s);
  return result;
}

Deno.test("patterns match as in Redis", () => {
  for (
    const [pattern, text, wanted] of [
      ["*", "anything", true],
      ["h?llo", "hello", true],
      ["h?llo", "hllo", false],
      ["h*llo", "heeeello", true],
      ["h[ae]llo", "hillo", false],
      ["h[^e]llo", "hallo", true],
      ["h[a-b]llo", "hbllo", true],
      ["h[b-a]llo", "hbllo", true],
      ["h\\*llo", "h*llo", true],
      ["h\\*llo", "hello", false],
      ["*a*b*c", "xxaxxbxxc", true],
      ["*a*b*c", "xxaxxbxx", false],
      ["a*", "a", true],
      ["", "", true],
      ["*", "", false],
      ["?", "", false],
      ["[", "[", false],
      ["[abc", "c", true],
      ["a\\", "a\\", true],
      ["[\\]]", "]", true],
      ["[^]", "a", true],
      ["*?", "a", true],
      ["**?", "", false],
    ] as const
  ) assert.equal(match(pattern, text), wanted, `${pattern} ${text}`);
  assert.ok(match("FOO[A-C]*", "foobar", true));
  assert.ok(!match("FOO*", "foobar"));
  assert.ok(match("[\x80-\x7f]", "a"));
  assert.ok(!match("[\x01-\xff]", "a"));
});

Deno.test("random patterns match as the recursive definition does", () => {
  const next = random(1);
  const alphabet = bytes("aAbB**??[[]]^-\\z\xe9\x00");
  for (let i = 0; i < 300_000; i++) {
    const any = () => alphabet[next(alphabet.length)];
    const pattern = Uint8Array.from({ length: next(12) }, any);
    const text = Uint8Array.from({ length: next(10) }, any);
    const noCase = next(2) === 1;
    const [p, s] = [kernels.put(pattern), kernels.put(text)];
    assert.equal(
      !!call.globMatch(p, pattern.length, s, text.length, noCase),
      model(pattern, text, noCase),
      JSON.stringify([[...pattern], [...text], noCase]),
    );
    call.free(p);
    call.free(s);
  }
});

Deno.test("very many stars are refused, and long ones take no exponential time", () => {
  assert.ok(match("*a".repeat(1000), "a".repeat(2000)));
  assert.ok(!match("*a".repeat(1001), "a".repeat(2000)));
  assert.ok(match("*a".repeat(1000) + "*", "a".repeat(2000)));
  assert.ok(!match("a*".repeat(500) + "b", "a".repeat(20_000)));
});
