/** Commands to be run on both servers, and how they are printed. */

import {
  type Argument,
  argumentBytes,
  printableBytes,
} from "../_support/mod.ts";

/** One command sent on one of the connections of a sequence. */
export interface Step {
  readonly command: readonly Argument[];
  /** Index of the connection; 0 unless given. */
  readonly connection?: number;
  /** Wait after the reply, in milliseconds, so that something can expire. */
  readonly sleepMs?: number;
  /**
   * The command is a SCAN: repeat it with each cursor returned until it is 0,
   * and compare the sets of keys seen.
   */
  readonly iterate?: boolean;
}

/** How many connections a sequence may use. */
export const CONNECTION_COUNT = 3;

/** A step on connection 0. */
export function step(...command: Argument[]): Step {
  return { command };
}

/** An argument as text, one character a byte. */
export function argumentText(argument: Argument): string {
  return typeof argument === "string"
    ? argument
    : Array.from(argumentBytes(argument), (byte) => String.fromCharCode(byte))
      .join("");
}

/** One line that can be typed into `redis-cli`. */
export function formatStep(step: Step): string {
  const words = step.command.map((argument) => {
    const bytes = argumentBytes(argument);
    const quoted = printableBytes(bytes, 120);
    return /^"[\w.:*?+-]+"$/.test(quoted) ? quoted.slice(1, -1) : quoted;
  });
  const notes: string[] = [];
  if (step.iterate) notes.push("repeated until cursor 0");
  if (step.sleepMs !== undefined) notes.push(`then wait ${step.sleepMs} ms`);
  return `[${step.connection ?? 0}] ${words.join(" ")}` +
    (notes.length > 0 ? `   (${notes.join(", ")})` : "");
}
