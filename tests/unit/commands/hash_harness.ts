/** A whole server for hash commands: what they reply, propagate and tell listeners. */

import { type TestClient, TestServer } from "./server_harness.ts";

/** What a command did. */
export interface Outcome {
  readonly reply: string;
  /** Commands, their arguments joined by spaces. */
  readonly effects: readonly string[];
  /** `class event key`, in order. */
  readonly events: readonly string[];
  /** Changes counted. */
  readonly dirty: number;
}

/** Hashes of at most so many fields are listpacks, in the tests that run with both. */
export const LISTPACK_ENTRIES = [512, 0];

/** See the top of the file. */
export class HashServer {
  readonly #server: TestServer;
  readonly #client: TestClient;
  #events: string[] = [];

  private constructor(server: TestServer) {
    this.#server = server;
    this.#client = server.connect();
    server.server.keyspace.addListener({
      event: (eventClass, event, _db, key) =>
        this.#events.push(`${eventClass} ${event} ${key}`),
    });
    // Whoever listens closes the fast lane.
    server.server.updateLane();
  }

  /** @param listpackEntries `hash-max-listpack-entries` */
  static async start(listpackEntries = 512): Promise<HashServer> {
    return new HashServer(
      await TestServer.start({
        "hash-max-listpack-entries": String(listpackEntries),
        "enable-debug-command": "yes",
      }),
    );
  }

  /** The time at which commands begin to be run, milliseconds of Unix time. */
  get nowMs(): number {
    return this.#server.nowMs;
  }

  get server(): TestServer["server"] {
    return this.#server.server;
  }

  /** Runs a command, its words separated by blanks. */
  async run(command: string): Promise<Outcome> {
    const { x } = this.server.core;
    const dirty = x.dirtyCount();
    this.#events = [];
    this.#server.takeBatches();
    const reply = await this.#client.send(command);
    return { reply, ...this.#taken(dirty) };
  }

  /** The reply of a command, its parts separated by blanks. */
  async reply(command: string): Promise<string> {
    const { reply } = await this.run(command);
    return reply.replace(/\$\d+\r\n/g, "").trim().split("\r\n").join(" ");
  }

  /** Moves the clock. */
  async elapse(ms: number): Promise<void> {
    await this.#server.elapse(ms);
  }

  /** Removes what is due, as the cron does. */
  expireDue(): Omit<Outcome, "reply"> {
    const { keyspace, core, effects } = this.server;
    const dirty = core.x.dirtyCount();
    this.#events = [];
    this.#server.takeBatches();
    while (keyspace.expireDueFields(0, () => true));
    effects.close();
    return this.#taken(dirty);
  }

  #taken(dirty: number): Omit<Outcome, "reply"> {
    return {
      effects: this.#server.takeBatches().flatMap(({ effects }) =>
        effects.map((effect) => effect.replace(/^0 /, ""))
      ),
      events: this.#events,
      dirty: this.server.core.x.dirtyCount() - dirty,
    };
  }
}
