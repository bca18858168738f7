/**
 * Connections that were given messages: they are flushed once, after the turn
 * that gave them, however many it gave.
 */

/** Whoever has messages to be sent. */
export interface Receiver {
  flushPushes(): void;
}

/** See the top of the file. */
export class Outbox {
  #waiting: Receiver[] = [];

  /** To be called once until the receiver is flushed. */
  add(receiver: Receiver): void {
    // Runs when the turn, the slice of the cron, or the timer is over.
    if (this.#waiting.push(receiver) === 1) queueMicrotask(this.#flush);
  }

  readonly #flush = (): void => {
    const receivers = this.#waiting;
    this.#waiting = [];
    for (const receiver of receivers) receiver.flushPushes();
  };
}
