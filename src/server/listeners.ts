/** Opens and reopens the sockets the configuration asks for. */

import type { Config } from "../config/mod.ts";
import { toText } from "../base/byte_string.ts";
import type { Files } from "../base/interfaces.ts";
import type { Log } from "../observability/log.ts";
import { Listener, type ListenTarget, type Stream } from "../platform/network.ts";
import { changeMode, removeFile } from "../platform/process.ts";

/** The server's listening sockets. */
export class Listeners {
  readonly #config: Config;
  readonly #log: Log;
  readonly #files: Files;
  readonly #onStream: (stream: Stream) => void;
  #tcp: Listener[] = [];
  #tls: Listener[] = [];
  #unix: Listener[] = [];

  constructor(
    config: Config,
    log: Log,
    files: Files,
    onStream: (stream: Stream) => void,
  ) {
    this.#config = config;
    this.#log = log;
    this.#files = files;
    this.#onStream = onStream;
  }

  /** Opens everything; returns what went wrong. */
  open(): string | null {
    const { port, tlsPort, unixsocket } = this.#config.values;
    return this.#openTcp(port) ?? this.#openTls(tlsPort) ??
      this.#openUnix(unixsocket);
  }

  /** Follows changes of port, tls-port, bind and certificates at run time. */
  follow(): void {
    const { values } = this.#config;
    this.#config.onChange(["port", "bind"], () => this.#openTcp(values.port));
    this.#config.onChange(
      [
        "tls-port",
        "tls-cert-file",
        "tls-key-file",
        "tls-ca-cert-file",
        "tls-ca-cert-dir",
        "tls-auth-clients",
      ],
      () => this.#openTls(values.tlsPort),
    );
  }

  /** How many sockets listen. */
  get count(): number {
    return this.#tcp.length + this.#tls.length + this.#unix.length;
  }

  close(): void {
    for (const listener of [...this.#tcp, ...this.#tls, ...this.#unix]) {
      listener.close();
    }
    const { unixsocket } = this.#config.values;
    if (this.#unix.length > 0 && unixsocket !== null) removeFile(unixsocket);
    this.#tcp = [];
    this.#tls = [];
    this.#unix = [];
  }

  #openTcp(port: number): string | null {
    const opened = this.#bindAll(port, (host) => ({ kind: "tcp", host, port }));
    if (typeof opened === "string") return opened;
    for (const listener of this.#tcp) listener.close();
    this.#tcp = opened;
    return null;
  }

  #openTls(port: number): string | null {
    let opened: Listener[] | string = [];
    if (port !== 0) {
      const material = this.#tlsMaterial();
      if (typeof material === "string") return material;
      opened = this.#bindAll(
        port,
        (host) => ({ kind: "tls", host, port, ...material }),
      );
      if (typeof opened === "string") return opened;
    }
    for (const listener of this.#tls) listener.close();
    this.#tls = opened;
    return null;
  }

  #tlsMaterial(): { certificate: string; key: string } | string {
    const { tlsCertFile, tlsKeyFile, tlsAuthClients } = this.#config.values;
    if (tlsCertFile === null || tlsKeyFile === null) {
      return "No tls-cert-file or tls-key-file configured!";
    }
    if (tlsAuthClients !== "no") {
      return "Deno's TLS listener cannot ask clients for certificates. Set 'tls-auth-clients no' to serve TLS without them.";
    }
    try {
      const read = (path: string) =>
        new TextDecoder().decode(this.#files.readFile(path));
      return { certificate: read(tlsCertFile), key: read(tlsKeyFile) };
    } catch (error) {
      return `Failed to load certificate or key: ${(error as Error).message}`;
    }
  }

  /** Binds every address; the sockets bound already are kept where they fit. */
  #bindAll(
    port: number,
    target: (host: string) => ListenTarget,
  ): Listener[] | string {
    if (port === 0) return [];
    const opened: Listener[] = [];
    const same = [...this.#tcp];
    for (const address of withoutCovered(this.#config.values.bind)) {
      const isOptional = address.startsWith("-");
      const host = hostOf(toText(isOptional ? address.slice(1) : address));
      const wanted = target(host);
      // An address that stays bound cannot be bound again before it is closed.
      const old = same.find((listener) => sameTarget(listener.target, wanted));
      if (old !== undefined) {
        this.#tcp = this.#tcp.filter((listener) => listener !== old);
        opened.push(old);
        continue;
      }
      try {
        opened.push(this.#listen(wanted));
      } catch (error) {
        if (host === "::" && isUnavailable(error)) {
          // No IPv6 here: the IPv4 half of what `::` would have served.
          try {
            opened.push(this.#listen(target("0.0.0.0")));
            continue;
          } catch {
            // Reported below.
          }
        }
        if (isOptional && isUnavailable(error)) continue;
        for (const listener of opened) listener.close();
        const reason = (error as Error).message;
        this.#log.warning(
          `Warning: Could not create server TCP listening socket ${host}:${port}: ${reason}`,
        );
        return "Unable to listen on this port. Check server logs.";
      }
    }
    return opened;
  }

  #openUnix(path: string | null): string | null {
    if (path === null || path === "") return null;
    removeFile(path);
    try {
      this.#unix = [this.#listen({ kind: "unix", path })];
      const { unixsocketperm } = this.#config.values;
      if (unixsocketperm !== 0) changeMode(path, unixsocketperm);
      return null;
    } catch (error) {
      return `Failed opening Unix socket: bind: ${(error as Error).message}`;
    }
  }

  #listen(target: ListenTarget): Listener {
    const listener = new Listener(target);
    listener.accept(
      { keepAlive: () => this.#config.values.tcpKeepalive > 0 },
      this.#onStream,
    );
    return listener;
  }
}

/** `*` and `::*` are all IPv4 and all IPv6 addresses. */
function hostOf(address: string): string {
  if (address === "*") return "0.0.0.0";
  if (address === "::*") return "::";
  return address;
}

/**
 * A Deno socket on `::` serves IPv4, too, and so leaves no room for one on
 * `0.0.0.0` (Redis sets IPV6_V6ONLY, which Deno does not offer): of the two,
 * only `::` is bound.
 */
function withoutCovered(addresses: readonly string[]): readonly string[] {
  const hosts = addresses.map((address) => hostOf(address.replace(/^-/, "")));
  return hosts.includes("::")
    ? addresses.filter((_, index) => hosts[index] !== "0.0.0.0")
    : addresses;
}

function sameTarget(a: ListenTarget, b: ListenTarget): boolean {
  return a.kind === "tcp" && b.kind === "tcp" && a.host === b.host &&
    a.port === b.port;
}

function isUnavailable(error: unknown): boolean {
  return error instanceof Deno.errors.AddrNotAvailable ||
    /address family|not supported|cannot assign/i.test(String(error));
}
