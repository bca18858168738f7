/** Bytes tried in vain because a pipe's reader is slow: wait this long before the next try. */
const RETRY_DELAY_MS = 1;

const sleepCell = new Int32Array(new SharedArrayBuffer(4));

/**
 * Writes all of `bytes` to a standard stream and returns when the kernel has
 * them. A pipe that was made non-blocking by whoever shares it may refuse for
 * a while; then this waits, because a log line must not be lost.
 */
function writeAll(
  stream: { writeSync(bytes: Uint8Array): number },
  bytes: Uint8Array,
): void {
  let written = 0;
  while (written < bytes.length) {
    try {
      written += stream.writeSync(bytes.subarray(written));
    } catch (error) {
      if (!(error instanceof Deno.errors.WouldBlock)) throw error;
      Atomics.wait(sleepCell, 0, 0, RETRY_DELAY_MS);
    }
  }
}

/** Writes to standard output; errors (a closed pipe) are thrown. */
export function writeStandardOutput(bytes: Uint8Array): void {
  writeAll(Deno.stdout, bytes);
}

/** Writes to standard error; errors (a closed pipe) are thrown. */
export function writeStandardError(bytes: Uint8Array): void {
  writeAll(Deno.stderr, bytes);
}

/** Everything standard input holds, until its end. */
export function readStandardInput(): Uint8Array {
  const pieces: Uint8Array[] = [];
  let sizeBytes = 0;
  const buffer = new Uint8Array(65536);
  for (;;) {
    const count = Deno.stdin.readSync(buffer);
    if (count === null) break;
    pieces.push(buffer.slice(0, count));
    sizeBytes += count;
  }
  const whole = new Uint8Array(sizeBytes);
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole;
}
