/** The arguments of the current frame, for whoever looks for keys among them. */

import type { Core } from "../core/mod.ts";
import type { ArgumentView } from "./spec.ts";

/** A call that begins at one of the arguments and takes all that follow. */
export class FrameArguments implements ArgumentView {
  readonly length: number;
  readonly #core: Core;
  readonly #offset: number;

  constructor(core: Core, offset: number) {
    this.#core = core;
    this.#offset = offset;
    this.length = core.x.frameCount() - offset;
  }

  /** An argument as a byte string. */
  text(index: number): string {
    const { x } = this.#core;
    const at = index + this.#offset;
    return this.#core.text(x.argPtr(at), x.argLength(at));
  }

  equals(index: number, text: string): boolean {
    const { x } = this.#core;
    return x.argLength(index + this.#offset) === text.length &&
      this.text(index).toLowerCase() === text;
  }

  integer(index: number): number | undefined {
    const { x } = this.#core;
    const at = index + this.#offset;
    return x.parseI64(x.argPtr(at), x.argLength(at))
      ? Number(x.parsedI64())
      : undefined;
  }
}
