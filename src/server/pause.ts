/** CLIENT PAUSE: which commands wait, who waits, and for how long. */

import type { Client } from "../commands/client.ts";
import type { PauseControl } from "../commands/services.ts";

/** The pause in force. */
export class Pause implements PauseControl {
  mode: "all" | "write" | undefined = undefined;
  readonly #waiting = new Set<Client>();
  readonly #onChange: () => void;
  #untilMs = 0;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  pause(mode: "all" | "write", untilMs: number): void {
    // A pause is never shortened, nor its kind weakened, by another.
    this.mode = this.mode === "all" ? "all" : mode;
    this.#untilMs = Math.max(this.#untilMs, untilMs);
    this.#onChange();
  }

  unpause(): void {
    if (this.mode === undefined) return;
    this.mode = undefined;
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
    if (this.mode !== undefined && nowMs >= this.#untilMs) this.unpause();
  }
}
