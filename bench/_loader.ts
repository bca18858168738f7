/** Fast bulk loading of `SET key:000000000000 <32 bytes>`, a batch at a time. */

import type { RawClient } from "./_client.ts";

const COMMANDS_PER_BATCH = 1000;
const KEY_DIGITS = 12;
const OK_REPLY_BYTES = "+OK\r\n".length;
const BATCHES_IN_FLIGHT = 4;

/** Bytes of a loaded key: `key:` and 12 digits. */
export const KEY_BYTES = 4 + KEY_DIGITS;

/** Bytes of a loaded value unless told otherwise. */
export const VALUE_BYTES = 32;

/** What to load. */
export interface LoadOptions {
  readonly keyCount: number;
  /** Number of the first key; 0 unless given. */
  readonly firstKey?: number;
  readonly valueBytes?: number;
  /** Words after the value, such as `["PXAT", "1700000000000"]`. */
  readonly setOptions?: readonly string[];
}

/**
 * Sets `keyCount` keys at full speed over one connection, with a bounded number of commands in
 * flight, and checks that every reply is OK.
 *
 * @returns the duration in milliseconds
 */
export async function loadKeys(
  client: RawClient,
  options: LoadOptions,
): Promise<number> {
  const { keyCount, firstKey = 0, valueBytes = VALUE_BYTES } = options;
  const template = makeTemplate(valueBytes, options.setOptions ?? []);
  const startedMs = performance.now();
  const unacknowledged: number[] = [];
  for (let done = 0; done < keyCount;) {
    const count = Math.min(COMMANDS_PER_BATCH, keyCount - done);
    writeKeyNumbers(template, firstKey + done, count);
    await client.write(
      template.bytes.subarray(0, count * template.commandBytes),
    );
    unacknowledged.push(count);
    if (unacknowledged.length === BATCHES_IN_FLIGHT) {
      await acknowledge(client, unacknowledged);
    }
    done += count;
  }
  while (unacknowledged.length > 0) await acknowledge(client, unacknowledged);
  return performance.now() - startedMs;
}

interface Template {
  readonly bytes: Uint8Array;
  readonly commandBytes: number;
  readonly digitsOffset: number;
}

function makeTemplate(
  valueBytes: number,
  setOptions: readonly string[],
): Template {
  const value = "0123456789abcdef".repeat(Math.ceil(valueBytes / 16))
    .slice(0, valueBytes);
  const head = `*${
    3 + setOptions.length
  }\r\n$3\r\nSET\r\n$${KEY_BYTES}\r\nkey:`;
  const tail = `\r\n$${valueBytes}\r\n${value}\r\n` +
    setOptions.map((word) => `$${word.length}\r\n${word}\r\n`).join("");
  const command = head + "0".repeat(KEY_DIGITS) + tail;
  return {
    bytes: new TextEncoder().encode(command.repeat(COMMANDS_PER_BATCH)),
    commandBytes: command.length,
    digitsOffset: head.length,
  };
}

function writeKeyNumbers(
  template: Template,
  firstKey: number,
  count: number,
): void {
  const { bytes, commandBytes, digitsOffset } = template;
  for (let index = 0; index < count; index++) {
    let number = firstKey + index;
    let at = index * commandBytes + digitsOffset + KEY_DIGITS;
    for (let digit = 0; digit < KEY_DIGITS; digit++) {
      const rest = Math.floor(number / 10);
      bytes[--at] = 0x30 + number - rest * 10;
      number = rest;
    }
  }
}

/** Awaits the replies to the oldest batch in flight. */
async function acknowledge(
  client: RawClient,
  unacknowledged: number[],
): Promise<void> {
  await client.readReplyBytes(unacknowledged.shift()! * OK_REPLY_BYTES);
}
