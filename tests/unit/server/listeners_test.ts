import { strict as assert } from "node:assert";
import type {
  Files,
  Listener,
  ListenerHooks,
  ListenTarget,
  Network,
} from "../../../src/base/interfaces.ts";
import { ListenError } from "../../../src/base/listen_error.ts";
import { Config } from "../../../src/config/mod.ts";
import type { Log } from "../../../src/observability/log.ts";
import { DenoFiles } from "../../../src/platform/deno_files.ts";
import { Listeners } from "../../../src/server/listeners.ts";

/** Remembers what is listened on; some addresses cannot be had. */
class FakeNetwork implements Network {
  readonly open = new Set<string>();
  readonly taken = new Set<string>();
  readonly unavailable = new Set<string>();

  listen(target: ListenTarget, _hooks: ListenerHooks): Listener {
    const name = target.kind === "unix"
      ? target.path
      : `${target.host}:${target.port}`;
    if (this.unavailable.has(name)) {
      throw new ListenError("Cannot assign requested address", true);
    }
    if (this.taken.has(name) || this.open.has(name)) {
      throw new ListenError("Address already in use", false);
    }
    this.open.add(name);
    return { target, close: () => this.open.delete(name) };
  }
}

function start(options: Readonly<Record<string, string>>) {
  const files: Files = new DenoFiles();
  const lines: string[] = [];
  const config = new Config({
    files,
    log: () => {},
    temporarySuffix: () => "x",
  });
  const set = (values: Readonly<Record<string, string>>) =>
    config.set(Object.entries(values), {
      isLocalClient: true,
      isLoading: false,
    });
  assert.equal(set(options), null);
  const network = new FakeNetwork();
  const log = { warning: (text: string) => lines.push(text) } as unknown as Log;
  const listeners = new Listeners({
    config,
    log,
    files,
    network,
    onStream: () => {},
  });
  return { listeners, network, set, lines, config };
}

Deno.test("all addresses are opened, but one socket serves both families", () => {
  const { listeners, network } = start({ port: "7000" });
  assert(listeners.open());
  // The default is `* -::*`.
  assert.deepEqual([...network.open], [":::7000"]);
  assert.equal(listeners.count, 1);
});

Deno.test("without IPv6 all addresses are those of IPv4", () => {
  const { listeners, network } = start({ port: "7000" });
  network.unavailable.add(":::7000");
  assert(listeners.open());
  assert.deepEqual([...network.open], ["0.0.0.0:7000"]);
});

Deno.test("an address that is not there stops the start, unless it is optional", () => {
  const options = { port: "7000", bind: "127.0.0.1 10.9.9.9" };
  const strict = start(options);
  strict.network.unavailable.add("10.9.9.9:7000");
  assert(!strict.listeners.open());
  assert.deepEqual([...strict.network.open], [], "the first is closed again");
  const lenient = start({ ...options, bind: "127.0.0.1 -10.9.9.9" });
  lenient.network.unavailable.add("10.9.9.9:7000");
  assert(lenient.listeners.open());
  assert.deepEqual([...lenient.network.open], ["127.0.0.1:7000"]);
});

Deno.test("an optional address that somebody else has stops the start", () => {
  const { listeners, network } = start({ port: "7000", bind: "-127.0.0.1" });
  network.taken.add("127.0.0.1:7000");
  assert(!listeners.open());
});

Deno.test("a change of addresses touches only those that change", () => {
  const { listeners, network, set } = start({
    port: "7000",
    bind: "127.0.0.1 127.0.0.2",
  });
  assert(listeners.open());
  listeners.follow();
  // Listening again on an open address would fail.
  assert.equal(set({ bind: "127.0.0.2 127.0.0.3" }), null);
  assert.deepEqual([...network.open].sort(), [
    "127.0.0.2:7000",
    "127.0.0.3:7000",
  ]);
});

Deno.test("a change that fails leaves the addresses as they were", () => {
  const { listeners, network, set, lines } = start({
    port: "7000",
    bind: "127.0.0.1",
  });
  assert(listeners.open());
  listeners.follow();
  network.taken.add("127.0.0.1:7001");
  assert.equal(
    set({ port: "7001" }),
    "ERR CONFIG SET failed (possibly related to argument 'port') - Unable to listen on this port. Check server logs.",
  );
  assert.deepEqual([...network.open], ["127.0.0.1:7000"]);
  network.taken.add("127.0.0.9:7000");
  assert.match(set({ bind: "127.0.0.9" })!, /Failed to bind to specified/);
  assert.deepEqual([...network.open], ["127.0.0.1:7000"]);
  assert.match(lines[0], /127\.0\.0\.1:7001: bind: Address already in use$/);
});

Deno.test("closing closes everything", () => {
  const { listeners, network } = start({
    port: "7000",
    bind: "127.0.0.1 127.0.0.2",
  });
  assert(listeners.open());
  listeners.close();
  assert.deepEqual([...network.open], []);
  assert.equal(listeners.count, 0);
});
