/**
 * Sockets: Deno's listeners and connections behind the interfaces of base.
 *
 * `Deno.Conn.read` and `write` wrap the runtime's own read and write in async
 * functions and bookkeeping, which costs a tenth of a small request. Where the
 * runtime still offers its inner calls, streams use those; the public ones
 * serve everywhere else.
 */

import type {
  Listener,
  ListenerHooks,
  ListenTarget,
  Network,
  Stream,
} from "../base/interfaces.ts";
import { ListenError } from "../base/listen_error.ts";
import { CertificateListener } from "./_certificate_listener.ts";
import { addressText, isLoopbackHost, nextDescriptor } from "./_address.ts";

export type { Listener, ListenTarget, Stream } from "../base/interfaces.ts";

/** What of the runtime's inside is used, if it is there. */
interface RuntimeCore {
  read(resource: number, bytes: Uint8Array): Promise<number>;
  write(resource: number, bytes: Uint8Array): Promise<number>;
  readonly internalRidSymbol: symbol;
}

function findRuntimeCore(): RuntimeCore | undefined {
  try {
    const deno = Deno as unknown as Record<symbol, { core?: unknown }> & {
      internal?: symbol;
    };
    const core = deno.internal === undefined
      ? undefined
      : deno[deno.internal]?.core as Partial<RuntimeCore> | undefined;
    return typeof core?.read === "function" &&
        typeof core.write === "function" &&
        typeof core.internalRidSymbol === "symbol"
      ? core as RuntimeCore
      : undefined;
  } catch {
    return undefined;
  }
}

const runtimeCore = findRuntimeCore();

function textOf(address: Deno.Addr, unixPath: string): string {
  if (address.transport === "tcp" || address.transport === "udp") {
    return addressText(address.hostname, address.port);
  }
  return `${(address as Deno.UnixAddr).path || unixPath}:0`;
}

class ConnStream implements Stream {
  readonly descriptor: number;
  readonly remoteAddress: string;
  readonly localAddress: string;
  readonly isUnix: boolean;
  readonly isLoopback: boolean;
  readonly #conn: Deno.Conn;

  constructor(conn: Deno.Conn, unixPath: string) {
    this.#conn = conn;
    this.isUnix = conn.localAddr.transport === "unix";
    this.descriptor = nextDescriptor();
    this.remoteAddress = textOf(conn.remoteAddr, unixPath);
    this.localAddress = textOf(conn.localAddr, unixPath);
    this.isLoopback = conn.remoteAddr.transport !== "tcp" ||
      isLoopbackHost(conn.remoteAddr.hostname);
  }

  async read(bytes: Uint8Array): Promise<number> {
    return await this.#conn.read(bytes) ?? 0;
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.#conn.write(bytes);
  }

  close(): void {
    try {
      this.#conn.close();
    } catch {
      // Closed already.
    }
  }
}

class ResourceStream extends ConnStream {
  readonly #core: RuntimeCore;
  readonly #resource: number;

  constructor(
    conn: Deno.Conn,
    unixPath: string,
    core: RuntimeCore,
    resource: number,
  ) {
    super(conn, unixPath);
    this.#core = core;
    this.#resource = resource;
  }

  override read(bytes: Uint8Array): Promise<number> {
    return this.#core.read(this.#resource, bytes);
  }

  override write(bytes: Uint8Array): Promise<number> {
    return this.#core.write(this.#resource, bytes);
  }
}

function streamOf(conn: Deno.Conn, unixPath: string): Stream {
  const resource = runtimeCore === undefined
    ? undefined
    : (conn as unknown as Record<symbol, unknown>)[
      runtimeCore.internalRidSymbol
    ];
  return runtimeCore !== undefined && typeof resource === "number"
    ? new ResourceStream(conn, unixPath, runtimeCore, resource)
    : new ConnStream(conn, unixPath);
}

/** A listener that tells when its address is free again. */
interface ClosableListener extends Listener {
  readonly isClosed: boolean;
  /** Resolves when it has been closed and has let go of its address. */
  readonly ended: Promise<void>;
}

/** A listening socket of Deno's. */
class DenoListener implements ClosableListener {
  readonly target: ListenTarget;
  readonly ended: Promise<void>;
  readonly #listener: Deno.Listener;
  isClosed = false;

  constructor(target: ListenTarget, hooks: ListenerHooks) {
    this.target = target;
    this.#listener = open(target);
    if (target.kind === "unix" && target.permissions !== 0) {
      Deno.chmodSync(target.path, target.permissions);
    }
    this.ended = this.#accept(hooks);
  }

  async #accept(hooks: ListenerHooks): Promise<void> {
    const unixPath = this.target.kind === "unix" ? this.target.path : "";
    while (!this.isClosed) {
      let conn: Deno.Conn;
      try {
        conn = await this.#listener.accept();
      } catch (error) {
        if (this.isClosed || error instanceof Deno.errors.BadResource) return;
        // Out of descriptors, or a peer that left at once: go on.
        await delay(RETRY_MS);
        continue;
      }
      let stream: Stream;
      try {
        // TLS connections do not offer these.
        const tcp = conn as Partial<Deno.TcpConn>;
        tcp.setNoDelay?.(true);
        if (hooks.keepAlive()) tcp.setKeepAlive?.(true);
        stream = streamOf(conn, unixPath);
      } catch {
        // The peer has gone already.
        continue;
      }
      hooks.onStream(stream);
    }
  }

  close(): void {
    this.isClosed = true;
    try {
      this.#listener.close();
    } catch {
      // Closed already.
    }
  }
}

/** A listener whose address is not free yet. */
class LateListener implements Listener {
  readonly target: ListenTarget;
  #listener: Listener | undefined = undefined;
  #isClosed = false;

  constructor(
    target: ListenTarget,
    free: Promise<unknown>,
    listen: () => Listener,
    onFailure: (error: ListenError) => void,
  ) {
    this.target = target;
    this.#listen(free, listen).catch((error) =>
      onFailure(toListenError(error))
    );
  }

  async #listen(
    free: Promise<unknown>,
    listen: () => Listener,
  ): Promise<void> {
    await free;
    for (let tries = 1; !this.#isClosed; tries++) {
      try {
        this.#listener = listen();
        return;
      } catch (error) {
        if (tries === LATE_TRIES) throw error;
      }
      await delay(RETRY_MS);
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#listener?.close();
  }
}

const RETRY_MS = 10;
const LATE_TRIES = 100;

function delay(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}

function open(target: ListenTarget): Deno.Listener {
  switch (target.kind) {
    case "tcp":
      return Deno.listen(addressOf(target));
    case "unix":
      return Deno.listen({ transport: "unix", path: target.path });
    case "tls":
      return Deno.listenTls({
        ...addressOf(target),
        cert: target.certificate,
        key: target.key,
      });
  }
}

type InternetTarget = Exclude<ListenTarget, { kind: "unix" }>;

function addressOf(
  { host, port, backlog }: InternetTarget,
): { hostname: string; port: number; tcpBacklog?: number } {
  return { hostname: host, port, ...backlog > 0 && { tcpBacklog: backlog } };
}

function toListenError(error: unknown): ListenError {
  if (error instanceof ListenError) return error;
  const text = error instanceof Error ? error.message : String(error);
  return new ListenError(
    text.replace(/ \(os error \d+\)$/, ""),
    error instanceof Deno.errors.AddrNotAvailable ||
      /address family|not supported|cannot assign/i.test(text),
  );
}

/** The sockets of the machine. */
export class DenoNetwork implements Network {
  /** Listeners by the port they may still hold. */
  readonly #held = new Map<ClosableListener, number>();

  listen(target: ListenTarget, hooks: ListenerHooks): Listener {
    try {
      return this.#open(target, hooks);
    } catch (error) {
      if (
        target.kind !== "unix" && error instanceof Deno.errors.AddrInUse
      ) {
        const late = this.#listenLater(target, hooks);
        if (late !== undefined) return late;
      }
      throw toListenError(error);
    }
  }

  #open(target: ListenTarget, hooks: ListenerHooks): Listener {
    const listener = this.#listenerOf(target, hooks);
    if (target.kind === "unix") return listener;
    this.#held.set(listener, target.port);
    listener.ended.then(() => this.#held.delete(listener));
    return listener;
  }

  #listenerOf(target: ListenTarget, hooks: ListenerHooks): ClosableListener {
    if (target.kind !== "tls" || target.clientCertificates === "no") {
      return new DenoListener(target, hooks);
    }
    // Node's way of listening tells only later that an address is not to be had.
    Deno.listen(addressOf(target)).close();
    return new CertificateListener(target, hooks);
  }

  /**
   * The runtime lets go of a socket only when the accept that waits on it has
   * noticed that it was closed: not before this turn of the loop is over.
   */
  #listenLater(
    target: InternetTarget,
    hooks: ListenerHooks,
  ): Listener | undefined {
    const holders = [...this.#held].filter(([{ isClosed }, port]) =>
      isClosed && port === target.port
    );
    if (holders.length === 0) return undefined;
    // What else could be wrong is found out now.
    open({ ...target, port: 0 }).close();
    return new LateListener(
      target,
      Promise.all(holders.map(([{ ended }]) => ended)),
      () => this.#open(target, hooks),
      (error) => hooks.onFailure(error),
    );
  }
}
