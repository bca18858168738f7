/** CLIENT PAUSE: which commands wait, who waits, and for how long. */

import type { Client } from "../commands/client.ts";
import type { PauseControl } from "../commands/services.ts";

/** The pause in force. */
export class Pause implements PauseControl {
  readonly #waiting = new Set<Client>();
  readonly #onChange: () => void;
  readonly #nowMs: () => number;
  #mode: "all" | "write" | undefined = undefined;
  #untilMs = 0;

  /**
   * @param onChange is told when a pause begins, becomes stricter, or ends
   * @param nowMs the time of the current turn, milliseconds of Unix time
   */
  constructor(onChange: () => void, nowMs: () => number) {
    this.#onChange = onChange;
    this.#nowMs = nowMs;
  }

  get mode(): "all" | "write" | undefined {
    return this.#mode;
  }

  /** Clients whose command is held up. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** A pause is never shortened, nor its kind weakened, by another. */
  pause(mode: "all" | "write", untilMs: number): void {
    const nowMs = this.#nowMs();
    this.check(nowMs);
    const until = Math.max(this.#untilMs, untilMs);
    if (until < nowMs) return;
    this.#untilMs = until;
    this.#mode = this.#mode === "all" ? "all" : mode;
    this.#onChange();
  }

  unpause(): void {
    if (this.#mode === undefined) return;
    this.#mode = undefined;
    this.#untilMs = 0;
    this.#onChange();
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const client of waiting) {
      client.isPaused = false;
      queueMicrotask(() => client.port.resume());
    }
  }

  add(client: Client): void {
    this.#waiting.add(client);
  }

  remove(client: Client): void {
    this.#waiting.delete(client);
  }

  /** Ends a pause whose time is over. */
  check(nowMs: number): void {
    if (this.#mode !== undefined && nowMs > this.#untilMs) this.unpause();
  }
}
