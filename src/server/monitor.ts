/** MONITOR: every command, as text, to the clients that asked for it. */

import type { Client } from "../commands/client.ts";
import type { MonitorControl } from "../commands/services.ts";
import type { Core } from "../core/mod.ts";

const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  '"': '\\"',
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\x07": "\\a",
  "\b": "\\b",
};

/** A byte string in quotes, as sdscatrepr writes it. */
export function quoted(text: string): string {
  let result = '"';
  for (const char of text) {
    const code = char.charCodeAt(0);
    const escape = ESCAPES[char];
    if (escape !== undefined) result += escape;
    else if (code >= 32 && code < 127) result += char;
    else result += `\\x${code.toString(16).padStart(2, "0")}`;
  }
  return `${result}"`;
}

/** Clients in MONITOR mode. */
export class Monitors implements MonitorControl {
  readonly #clients = new Set<Client>();
  readonly #core: Core;
  readonly #onChange: () => void;
  readonly #argumentsOf: () => readonly string[];
  readonly #nowMicroseconds: () => number;

  constructor(
    core: Core,
    onChange: () => void,
    argumentsOf: () => readonly string[],
    nowMicroseconds: () => number,
  ) {
    this.#core = core;
    this.#onChange = onChange;
    this.#argumentsOf = argumentsOf;
    this.#nowMicroseconds = nowMicroseconds;
  }

  get isActive(): boolean {
    return this.#clients.size > 0;
  }

  get count(): number {
    return this.#clients.size;
  }

  add(client: Client): void {
    client.isMonitor = true;
    this.#clients.add(client);
    this.#onChange();
  }

  remove(client: Client): void {
    client.isMonitor = false;
    if (this.#clients.delete(client)) this.#onChange();
  }

  /** Tells the monitors of the command in the current frame. */
  feed(sender: Client): void {
    const microseconds = this.#nowMicroseconds();
    const time = `${Math.floor(microseconds / 1e6)}.${
      String(Math.floor(microseconds % 1e6)).padStart(6, "0")
    }`;
    const source = sender.isUnixSocket
      ? `unix:${sender.address.slice(0, -2)}`
      : sender.address;
    const args = this.#argumentsOf().map(quoted).join(" ");
    const line = `${time} [${sender.db} ${source}] ${args}`;
    const { x } = this.#core;
    const selected = x.outputSelected();
    const protocol = x.replyProtocol();
    for (const client of this.#clients) {
      client.port.selectOutput();
      x.replySimple(this.#core.putText(line), line.length);
      if (client !== sender) client.port.flush();
    }
    x.outputSelect(selected);
    x.replySetProtocol(protocol);
  }
}
