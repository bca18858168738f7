/** Opens and reopens the sockets the configuration asks for. */

import { toText } from "../base/byte_string.ts";
import { fileErrorText } from "../base/file_error.ts";
import type {
  Files,
  Listener,
  ListenerHooks,
  ListenTarget,
  Network,
  Stream,
} from "../base/interfaces.ts";
import { ListenError } from "../base/listen_error.ts";
import type { Config } from "../config/mod.ts";
import type { Log } from "../observability/log.ts";

/** What listeners are made of. */
export interface ListenerParts {
  readonly config: Config;
  readonly log: Log;
  readonly files: Files;
  readonly network: Network;
  /** Takes what was accepted. */
  onStream(stream: Stream): void;
}

/** What is opened anew together. */
type Kind = "tcp" | "tls";

const PORT_PROBLEM = "Unable to listen on this port. Check server logs.";

/** The server's listening sockets. */
export class Listeners {
  readonly #parts: ListenerParts;
  readonly #hooks: ListenerHooks;
  readonly #open: Record<Kind, Listener[]> = { tcp: [], tls: [] };
  #unix: Listener | undefined = undefined;

  constructor(parts: ListenerParts) {
    this.#parts = parts;
    this.#hooks = {
      onStream: (stream) => parts.onStream(stream),
      keepAlive: () => parts.config.values.tcpKeepalive > 0,
      onFailure: (error) =>
        parts.log.warning(`A listening socket was lost: ${error.message}`),
    };
  }

  /** Opens everything; false if something failed, and the log says what. */
  open(): boolean {
    const { log, config } = this.#parts;
    const { port, tlsPort } = config.values;
    if (!this.#reopen("tcp")) {
      log.warning(`Failed listening on port ${port} (TCP), aborting.`);
      return false;
    }
    if (tlsPort !== 0 && this.#tlsMaterial() === undefined) {
      log.warning("Failed to configure TLS. Check logs for more info.");
      return false;
    }
    if (!this.#reopen("tls")) {
      log.warning(`Failed listening on port ${tlsPort} (TLS), aborting.`);
      return false;
    }
    return this.#openUnix();
  }

  /** Follows changes of addresses, ports and certificates at run time. */
  follow(): void {
    const { config } = this.#parts;
    const port = (kind: Kind) => () => this.#reopen(kind) ? null : PORT_PROBLEM;
    config.onChange("port", port("tcp"));
    config.onChange("tls-port", port("tls"));
    config.onChange("bind", () => {
      const isBound = this.#reopen("tcp") && this.#reopen("tls");
      return isBound ? null : "Failed to bind to specified addresses.";
    });
    config.onChange(
      [
        "tls-cert-file",
        "tls-key-file",
        "tls-ca-cert-file",
        "tls-ca-cert-dir",
        "tls-auth-clients",
      ],
      () =>
        this.#reopen("tls")
          ? null
          : "Unable to update TLS configuration. Check server logs.",
    );
  }

  /** How many sockets listen. */
  get count(): number {
    const { tcp, tls } = this.#open;
    return tcp.length + tls.length + (this.#unix === undefined ? 0 : 1);
  }

  close(): void {
    for (const kind of ["tcp", "tls"] as const) {
      for (const listener of this.#open[kind]) listener.close();
      this.#open[kind] = [];
    }
    if (this.#unix === undefined) return;
    this.#unix.close();
    this.#removeSocket(this.#parts.config.values.unixsocket!);
    this.#unix = undefined;
  }

  // ---------------------------------------------------------- TCP and TLS

  /**
   * Makes the open sockets of a kind those the configuration asks for. Sockets
   * that stay are not touched. On failure some may be closed: calling it again
   * with the old configuration opens them anew.
   */
  #reopen(kind: Kind): boolean {
    const wanted = this.#targets(kind);
    if (wanted === undefined) return false;
    const open = this.#open[kind];
    const kept = open.filter(({ target }) =>
      wanted.some((one) => isSame(target, one))
    );
    const leaving = open.filter((listener) => !kept.includes(listener));
    const missing = wanted.filter((one) =>
      !kept.some(({ target }) => isSame(target, one))
    );
    // On the port that is wanted, they would be in the way; else they wait
    // until it is certain that they can be replaced.
    const inTheWay = leaving.filter(({ target }) =>
      missing.some((one) => portOf(one) === portOf(target))
    );
    for (const listener of inTheWay) listener.close();
    const opened = this.#listenOnAll(missing);
    if (opened === undefined) {
      this.#open[kind] = open.filter((one) => !inTheWay.includes(one));
      return false;
    }
    for (const listener of leaving) listener.close();
    this.#open[kind] = [...kept, ...opened];
    return true;
  }

  /** All sockets of a kind that should be open; undefined if TLS is not set up. */
  #targets(kind: Kind): ListenTarget[] | undefined {
    const { values } = this.#parts.config;
    const port = kind === "tcp" ? values.port : values.tlsPort;
    if (port === 0) return [];
    const common = { port, backlog: values.tcpBacklog };
    const hosts = withoutCovered(values.bind).map(hostOf);
    if (kind === "tcp") return hosts.map((host) => ({ kind, host, ...common }));
    const material = this.#tlsMaterial();
    return material &&
      hosts.map((host) => ({ kind, host, ...common, ...material }));
  }

  /** Undefined, and closes what it opened, if one cannot be had. */
  #listenOnAll(targets: readonly ListenTarget[]): Listener[] | undefined {
    const opened: Listener[] = [];
    for (const target of targets) {
      const listener = this.#listenOn(target);
      if (listener === "unavailable") continue;
      if (listener !== undefined) opened.push(listener);
      else {
        for (const one of opened) one.close();
        return undefined;
      }
    }
    return opened;
  }

  #listenOn(target: ListenTarget): Listener | "unavailable" | undefined {
    const { network, log, config } = this.#parts;
    if (target.kind === "unix") return network.listen(target, this.#hooks);
    try {
      return network.listen(target, this.#hooks);
    } catch (error) {
      if (!(error instanceof ListenError)) throw error;
      if (target.host === "::" && error.isUnavailable) {
        // No IPv6 here: the IPv4 half of what `::` would have served.
        return this.#listenOn({ ...target, host: "0.0.0.0" });
      }
      log.warning(
        `Warning: Could not create server TCP listening socket ${target.host}:${target.port}: bind: ${error.message}`,
      );
      const isOptional = config.values.bind.some((address) =>
        address.startsWith("-") && hostOf(address) === target.host
      );
      return isOptional && error.isUnavailable ? "unavailable" : undefined;
    }
  }

  /** What TLS needs from files; undefined if it is not all there, and logs why. */
  #tlsMaterial() {
    const { config: { values }, files, log } = this.#parts;
    const { tlsCertFile, tlsKeyFile, tlsCaCertFile, tlsCaCertDir } = values;
    const fail = (reason: string) => {
      log.warning(reason);
      return undefined;
    };
    if (!tlsCertFile) return fail("No tls-cert-file configured!");
    if (!tlsKeyFile) return fail("No tls-key-file configured!");
    const clientCertificates = values.tlsAuthClients;
    if (clientCertificates !== "no" && !tlsCaCertFile && !tlsCaCertDir) {
      return fail(
        "Either tls-ca-cert-file or tls-ca-cert-dir must be specified when tls-cluster, tls-replication or tls-auth-clients are enabled!",
      );
    }
    let path = tlsCertFile;
    const read = (file: string) => {
      path = file;
      return new TextDecoder().decode(files.readFile(file));
    };
    try {
      const certificate = read(tlsCertFile);
      const key = read(tlsKeyFile);
      const authorities = tlsCaCertFile ? [read(tlsCaCertFile)] : [];
      if (tlsCaCertDir) {
        path = tlsCaCertDir;
        for (const name of files.readDirectory(tlsCaCertDir).sort()) {
          const file = `${tlsCaCertDir}/${name}`;
          if (files.stat(file)?.isFile) authorities.push(read(file));
        }
      }
      return { certificate, key, clientCertificates, authorities };
    } catch (error) {
      return fail(`Failed to load ${path}: ${fileErrorText(error)}`);
    }
  }

  // ---------------------------------------------------------- Unix socket

  #openUnix(): boolean {
    const { config, log, network } = this.#parts;
    const { unixsocket: path, unixsocketperm } = config.values;
    if (!path) return true;
    this.#removeSocket(path);
    try {
      this.#unix = network.listen(
        { kind: "unix", path, permissions: unixsocketperm },
        this.#hooks,
      );
      return true;
    } catch (error) {
      if (!(error instanceof ListenError)) throw error;
      log.warning(`Failed opening Unix socket: bind: ${error.message}`);
      return false;
    }
  }

  /** What an earlier run may have left behind would be in the way. */
  #removeSocket(path: string): void {
    try {
      this.#parts.files.remove(path);
    } catch {
      // Not there.
    }
  }
}

/** `*` and `::*` are all IPv4 and all IPv6 addresses; `-` makes one optional. */
function hostOf(address: string): string {
  const host = toText(address.replace(/^-/, ""));
  if (host === "*") return "0.0.0.0";
  return host === "::*" ? "::" : host;
}

/**
 * A Deno socket on `::` serves IPv4, too, and so leaves no room for one on
 * `0.0.0.0` (Redis sets IPV6_V6ONLY, which Deno does not offer): of the two,
 * only `::` is bound.
 */
function withoutCovered(addresses: readonly string[]): readonly string[] {
  return addresses.some((address) => hostOf(address) === "::")
    ? addresses.filter((address) => hostOf(address) !== "0.0.0.0")
    : addresses;
}

function portOf(target: ListenTarget): number {
  return target.kind === "unix" ? 0 : target.port;
}

/** Whether a socket on `a` serves for `b`. A changed certificate is another target. */
function isSame(a: ListenTarget, b: ListenTarget): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
