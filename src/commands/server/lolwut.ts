/** LOLWUT: a picture, new each time, and the version. */

import { REDIS_VERSION } from "../../base/version.ts";
import type { Random } from "../../base/interfaces.ts";
import type { Call } from "../call.ts";

const COLUMNS_MAX = 1000;
const ROWS_MAX = 1000;

/** From still water to the crest of a wave. */
const SHADES = " .:-=+*#%@";
/** A character is about twice as high as wide. */
const CHARACTER_RATIO = 2;
const SOURCES = 3;

/** `LOLWUT [VERSION version] [columns [rows …]]` */
export function lolwutHandler(call: Call): void {
  let version: bigint | undefined = undefined;
  let first = 1;
  if (call.argc >= 3 && call.argIs(1, "version")) {
    version = call.needInteger(2);
    if (version === undefined) return;
    first = 3;
  }
  const sizes: number[] = [];
  // Only the pictures of 5 and 6 take numbers, three and two of them.
  const numbers = version === 5n ? 3 : version === 6n ? 2 : 0;
  for (let i = first; i < call.argc && i < first + numbers; i++) {
    const value = call.needInteger(i);
    if (value === undefined) return;
    sizes.push(Number(value));
  }
  const [columns, rows] = version === 5n ? sizeOf5(sizes) : sizes;
  const picture = ripples(
    between(columns ?? 66, COLUMNS_MAX),
    between(rows ?? 20, ROWS_MAX),
    call.services.random,
  );
  call.reply.verbatim(`${picture}\nRedis ver. ${REDIS_VERSION}\n`);
}

/** Version 5 is given columns and how many squares there are each way. */
function sizeOf5([columns = 66, across = 8, down = 12]: number[]): number[] {
  const width = between(columns, COLUMNS_MAX);
  const ratio = between(down, 200) / between(across, 200);
  return [width, Math.round(width / CHARACTER_RATIO * ratio)];
}

function between(value: number, max: number): number {
  return Math.min(max, Math.max(1, value));
}

/** Waves from a few stones thrown into water, where they meet. */
function ripples(columns: number, rows: number, random: Random): string {
  const stones = Array.from({ length: SOURCES }, () => ({
    x: random.fraction() * columns,
    y: random.fraction() * rows * CHARACTER_RATIO,
    wavelength: 4 + random.fraction() * 8,
  }));
  let picture = "";
  for (let row = 0; row < rows; row++) {
    let line = "";
    for (let column = 0; column < columns; column++) {
      let height = 0;
      for (const { x, y, wavelength } of stones) {
        const distance = Math.hypot(column - x, row * CHARACTER_RATIO - y);
        height += Math.sin(distance * 2 * Math.PI / wavelength);
      }
      const share = (height / SOURCES + 1) / 2;
      line +=
        SHADES[Math.min(SHADES.length - 1, Math.floor(share * SHADES.length))];
    }
    picture += `${line.trimEnd()}\n`;
  }
  return picture;
}
