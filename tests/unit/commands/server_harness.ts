/**
 * A whole server in this process: real connections, dispatcher and key space,
 * but sockets that are arrays and a clock that moves when told to.
 */

import { fromBytes } from "../../../src/base/byte_string.ts";
import { CommandTable } from "../../../src/commands/entries.ts";
import { COMMANDS } from "../../../src/commands/table.ts";
import { Config } from "../../../src/config/mod.ts";
import { Core } from "../../../src/core/mod.ts";
import type { Log } from "../../../src/observability/log.ts";
import { DenoFiles } from "../../../src/platform/deno_files.ts";
import { Server, type ServerParts } from "../../../src/server/server.ts";

/** What one outermost command, transaction or script propagated. */
export interface Batch {
  readonly isTransaction: boolean;
  /** `database command`, arguments joined by spaces. */
  readonly effects: readonly string[];
}

/** A socket whose other end is the test. */
class TestStream {
  readonly descriptor = 0;
  readonly isUnix = false;
  readonly isLoopback = true;
  readonly localAddress = "127.0.0.1:6379";
  isClosed = false;
  /** Writing does not end: the peer reads nothing. */
  isStuck = false;
  written = "";
  #input: Uint8Array[] = [];
  #reader: (() => void) | undefined;

  constructor(readonly remoteAddress: string) {}

  /** Gives the server bytes; an empty array is the end of the stream. */
  push(bytes: Uint8Array): void {
    this.#input.push(bytes);
    this.#reader?.();
  }

  /** Bytes the server has not taken. */
  get unreadBytes(): number {
    return this.#input.reduce((sum, piece) => sum + piece.length, 0);
  }

  read(bytes: Uint8Array): Promise<number> {
    return new Promise((resolve) => {
      const take = () => {
        const piece = this.#input.shift();
        if (piece === undefined) return;
        this.#reader = undefined;
        const taken = piece.subarray(0, bytes.length);
        bytes.set(taken);
        if (taken.length < piece.length) {
          this.#input.unshift(piece.subarray(taken.length));
        }
        resolve(taken.length);
      };
      this.#reader = take;
      take();
    });
  }

  write(bytes: Uint8Array): Promise<number> {
    if (this.isStuck) return new Promise(() => {});
    this.written += fromBytes(bytes);
    return Promise.resolve(bytes.length);
  }

  close(): void {
    this.isClosed = true;
  }
}

type OptionNameOf = Parameters<Config["assign"]>[0];

/** Lets everything that is due happen. */
function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** A client of a {@linkcode TestServer}. */
export class TestClient {
  readonly stream: TestStream;

  constructor(stream: TestStream) {
    this.stream = stream;
  }

  get isClosed(): boolean {
    return this.stream.isClosed;
  }

  /** Sends commands, words separated by blanks, in one piece; the replies as sent. */
  async send(...commands: string[]): Promise<string> {
    const text = commands.map((command) => {
      const words = command.split(" ");
      return `*${words.length}\r\n` +
        words.map((word) => `$${word.length}\r\n${word}\r\n`).join("");
    }).join("");
    return await this.sendRaw(text);
  }

  async sendRaw(text: string): Promise<string> {
    this.stream.push(Uint8Array.from(text, (char) => char.charCodeAt(0)));
    return await this.receive();
  }

  /** What has arrived since the last look. */
  async receive(): Promise<string> {
    // Long input is read in pieces, with a look at other clients in between.
    let unread: number;
    do {
      unread = this.stream.unreadBytes;
      await settle();
      await settle();
    } while (this.stream.unreadBytes < unread);
    const { written } = this.stream;
    this.stream.written = "";
    return written;
  }

  /** Ends the connection from this side. */
  async hangUp(): Promise<void> {
    this.stream.push(new Uint8Array(0));
    await settle();
  }
}

/** See the top of the file. */
export class TestServer {
  readonly server: Server;
  readonly log: string[] = [];
  readonly batches: Batch[] = [];
  nowMs = 1_700_000_000_000;
  #nextPort = 40_000;

  private constructor(core: Core, settings: Readonly<Record<string, string>>) {
    const files = new DenoFiles();
    const config = new Config({
      files,
      log: () => {},
      temporarySuffix: () => "",
    });
    for (const [name, value] of Object.entries(settings)) {
      config.assign(name as OptionNameOf, [value]);
    }
    const note = (message: string) => void this.log.push(message);
    const parts = {
      core,
      config,
      files,
      table: new CommandTable(COMMANDS),
      log: {
        isOn: () => true,
        log: (_level: string, message: string) => note(message),
        verbose: note,
        notice: note,
        warning: note,
      } as unknown as Log,
      clock: { nowMs: () => this.nowMs, monotonicMs: () => this.nowMs },
      random: { fill: () => {}, fraction: () => 0 },
      process: {},
      lifecycle: {},
      afterWaitingEvents: (callback: () => void) => {
        setTimeout(callback, 0);
      },
    };
    this.server = new Server(parts as unknown as ServerParts);
    this.server.effects.subscribe({
      append: ({ isTransaction, effects }) => {
        const texts = [...effects()].map(({ db, resp }) =>
          `${db} ${words(fromBytes(resp))}`
        );
        this.batches.push({ isTransaction, effects: texts });
      },
    });
  }

  /** @param settings options of the configuration, by name */
  static async start(
    settings: Readonly<Record<string, string>> = {},
  ): Promise<TestServer> {
    const url = new URL("../../../wasm/aikv_invariants.wasm", import.meta.url);
    const module = new WebAssembly.Module(await Deno.readFile(url));
    const core = await Core.start(module, 16, new Uint8Array(24));
    return new TestServer(core, settings);
  }

  connect(): TestClient {
    const stream = new TestStream(`127.0.0.1:${this.#nextPort++}`);
    this.server.accept(stream);
    return new TestClient(stream);
  }

  /** Moves the clock, as the cron notices. */
  async elapse(ms: number): Promise<void> {
    this.nowMs += ms;
    this.server.tick();
    await settle();
  }

  /** Has every connection looked at, as the cron does. */
  cron(): void {
    for (const connection of this.server.connections.values()) {
      connection.checkLimits();
    }
  }

  /** What was propagated since the last look. */
  takeBatches(): Batch[] {
    return this.batches.splice(0);
  }
}

/** `*2\r\n$3\r\nGET\r\n$1\r\na\r\n` to `GET a`; for arguments without line ends. */
function words(resp: string): string {
  return resp.split("\r\n").filter((_, index) => index > 0 && index % 2 === 0)
    .join(" ");
}
