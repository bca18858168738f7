/**
 * The largest client buffers of the last eight seconds, for
 * `client_recent_max_input_buffer` and `client_recent_max_output_buffer`.
 */

const SLOTS = 8;

/** Largest buffers by second. */
export class BufferPeaks {
  readonly #seconds = new Float64Array(SLOTS).fill(-1);
  readonly #inputs = new Float64Array(SLOTS);
  readonly #outputs = new Float64Array(SLOTS);

  /** Takes a client's buffers, in bytes, into account. */
  note(nowMs: number, inputBytes: number, outputBytes: number): void {
    const second = Math.floor(nowMs / 1000);
    const slot = second % SLOTS;
    if (this.#seconds[slot] !== second) {
      this.#seconds[slot] = second;
      this.#inputs[slot] = 0;
      this.#outputs[slot] = 0;
    }
    if (inputBytes > this.#inputs[slot]) this.#inputs[slot] = inputBytes;
    if (outputBytes > this.#outputs[slot]) this.#outputs[slot] = outputBytes;
  }

  /** The largest input and output buffer that were noted recently, in bytes. */
  recent(nowMs: number): { inputBytes: number; outputBytes: number } {
    const oldest = Math.floor(nowMs / 1000) - SLOTS + 1;
    let inputBytes = 0;
    let outputBytes = 0;
    for (let slot = 0; slot < SLOTS; slot++) {
      if (this.#seconds[slot] < oldest) continue;
      inputBytes = Math.max(inputBytes, this.#inputs[slot]);
      outputBytes = Math.max(outputBytes, this.#outputs[slot]);
    }
    return { inputBytes, outputBytes };
  }
}
