/**
 * Sockets: Deno's listeners and connections behind two small classes.
 *
 * `Deno.Conn.read` and `write` wrap the runtime's own read and write in async
 * functions and bookkeeping, which costs a tenth of a small request. Where the
 * runtime still offers its inner calls, streams use those; the public ones
 * serve everywhere else.
 */

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

/** A connected byte stream. */
export interface Stream {
  /** Fills at most `bytes`; resolves to how many, 0 at the end. */
  read(bytes: Uint8Array): Promise<number>;
  /** Sends at least one byte; resolves to how many. `bytes` must stay as they are. */
  write(bytes: Uint8Array): Promise<number>;
  close(): void;
  /** A number for `fd=`: the runtime does not tell the real descriptor. */
  readonly descriptor: number;
  readonly remoteAddress: string;
  readonly localAddress: string;
  readonly isUnix: boolean;
  readonly isLoopback: boolean;
}

function addressText(address: Deno.Addr, fallback: string): string {
  if (address.transport === "tcp" || address.transport === "udp") {
    // An IPv4 peer of a socket that serves both.
    const plain = address.hostname.replace(/^::ffff:(?=[\d.]+$)/, "");
    const host = plain.includes(":") ? `[${plain}]` : plain;
    return `${host}:${address.port}`;
  }
  const path = (address as Deno.UnixAddr).path;
  return `${path || fallback}:0`;
}

function isLoopback(address: Deno.Addr): boolean {
  if (address.transport !== "tcp") return true;
  const host = address.hostname;
  return host.startsWith("127.") || host === "::1" ||
    host.startsWith("::ffff:127.");
}

let nextDescriptor = 8;

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
    this.descriptor = nextDescriptor++;
    this.remoteAddress = addressText(conn.remoteAddr, unixPath);
    this.localAddress = addressText(conn.localAddr, unixPath);
    this.isLoopback = isLoopback(conn.remoteAddr);
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

/** Where to listen. */
export type ListenTarget =
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  | { readonly kind: "unix"; readonly path: string }
  | {
    readonly kind: "tls";
    readonly host: string;
    readonly port: number;
    /** PEM texts. */
    readonly certificate: string;
    readonly key: string;
  };

/** Options of accepted sockets. */
export interface SocketOptions {
  /** `tcp-keepalive`: Deno can only switch probing on or off. */
  readonly keepAlive: () => boolean;
}

/** A listening socket. */
export class Listener {
  readonly target: ListenTarget;
  readonly #listener: Deno.Listener;
  #isClosed = false;

  /** @throws Error when the address cannot be used. */
  constructor(target: ListenTarget) {
    this.target = target;
    this.#listener = open(target);
  }

  /** Accepts until closed; errors of single connections are passed over. */
  async accept(
    options: SocketOptions,
    onStream: (stream: Stream) => void,
  ): Promise<void> {
    const unixPath = this.target.kind === "unix" ? this.target.path : "";
    while (!this.#isClosed) {
      let conn: Deno.Conn;
      try {
        conn = await this.#listener.accept();
      } catch (error) {
        if (this.#isClosed || error instanceof Deno.errors.BadResource) return;
        // Out of descriptors, or a peer that left at once: go on.
        await new Promise((resolve) => setTimeout(resolve, 10));
        continue;
      }
      try {
        // TLS connections do not offer these.
        const tcp = conn as Partial<Deno.TcpConn>;
        tcp.setNoDelay?.(true);
        if (options.keepAlive()) tcp.setKeepAlive?.(true);
        onStream(streamOf(conn, unixPath));
      } catch {
        // The peer has gone already.
      }
    }
  }

  close(): void {
    this.#isClosed = true;
    try {
      this.#listener.close();
    } catch {
      // Closed already.
    }
  }
}

function open(target: ListenTarget): Deno.Listener {
  switch (target.kind) {
    case "tcp":
      return Deno.listen({ hostname: target.host, port: target.port });
    case "unix":
      return Deno.listen({ transport: "unix", path: target.path });
    case "tls":
      return Deno.listenTls({
        hostname: target.host,
        port: target.port,
        cert: target.certificate,
        key: target.key,
      });
  }
}
