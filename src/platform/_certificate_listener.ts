/**
 * TLS that asks clients for certificates. `Deno.listenTls` cannot; Deno's
 * `node:tls` can, over Node's streams, which cost more a request. So only
 * listeners that need it are of this kind.
 */

import type { Buffer } from "node:buffer";
import process from "node:process";
import type { Server, TLSSocket } from "node:tls";
import type {
  Listener,
  ListenerHooks,
  ListenTarget,
  Stream,
} from "../base/interfaces.ts";
import { ListenError } from "../base/listen_error.ts";
import { addressText, isLoopbackHost, nextDescriptor } from "./_address.ts";

/** Most bytes given to a socket at once: they are copied. */
const WRITE_BYTES_MAX = 256 * 1024;

/** A read that waits for bytes. */
interface PendingRead {
  readonly bytes: Uint8Array;
  resolve(length: number): void;
  reject(error: Error): void;
}

class TlsStream implements Stream {
  readonly descriptor = nextDescriptor();
  readonly remoteAddress: string;
  readonly localAddress: string;
  readonly isUnix = false;
  readonly isLoopback: boolean;
  readonly #socket: TLSSocket;
  #chunks: Uint8Array[] = [];
  #pending: PendingRead | undefined = undefined;
  #error: Error | undefined = undefined;
  #isAtEnd = false;
  #isWriting = false;

  constructor(socket: TLSSocket) {
    this.#socket = socket;
    const host = socket.remoteAddress ?? "";
    this.remoteAddress = addressText(host, socket.remotePort ?? 0);
    this.localAddress = addressText(
      socket.localAddress ?? "",
      socket.localPort ?? 0,
    );
    this.isLoopback = isLoopbackHost(host);
    socket.on("data", (chunk: Buffer) => {
      socket.pause();
      this.#chunks.push(chunk);
      this.#deliver();
    });
    const end = (error?: Error) => {
      this.#isAtEnd = true;
      this.#error ??= error;
      this.#deliver();
    };
    socket.on("end", () => end());
    socket.on("close", () => end());
    socket.on("error", end);
  }

  read(bytes: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#pending = { bytes, resolve, reject };
      this.#deliver();
    });
  }

  /** Answers the read that waits, if there is something to tell it. */
  #deliver(): void {
    const pending = this.#pending;
    if (pending === undefined) return;
    const chunk = this.#chunks[0];
    if (chunk !== undefined) {
      this.#pending = undefined;
      const length = Math.min(chunk.length, pending.bytes.length);
      pending.bytes.set(chunk.subarray(0, length));
      if (length === chunk.length) this.#chunks.shift();
      else this.#chunks[0] = chunk.subarray(length);
      pending.resolve(length);
      return;
    }
    if (!this.#isAtEnd) {
      this.#socket.resume();
      return;
    }
    this.#pending = undefined;
    if (this.#error === undefined) pending.resolve(0);
    else pending.reject(this.#error);
  }

  write(bytes: Uint8Array): Promise<number> {
    // The socket keeps what it is given beyond the call.
    const copy = bytes.slice(0, WRITE_BYTES_MAX);
    this.#isWriting = true;
    return new Promise((resolve, reject) => {
      this.#socket.write(copy, (error?: Error | null) => {
        this.#isWriting = false;
        if (error) reject(error);
        else resolve(copy.length);
      });
    });
  }

  close(): void {
    // What was written has been taken: let it go out, and say good-bye.
    if (this.#isWriting) this.#socket.destroy();
    else this.#socket.destroySoon();
  }
}

/** A TLS listener for `tls-auth-clients yes` and `optional`. */
export class CertificateListener implements Listener {
  readonly target: ListenTarget;
  /** Resolves when it has been closed and has let go of its address. */
  readonly ended: Promise<void>;
  isClosed = false;
  readonly #server: Server;
  #onEnd: () => void = () => {};

  /** The address must be free. */
  constructor(
    target: ListenTarget & { readonly kind: "tls" },
    hooks: ListenerHooks,
  ) {
    this.target = target;
    const isRequired = target.clientCertificates === "yes";
    // Loaded when it is needed: the start of the others need not wait for it.
    const tls = process.getBuiltinModule("node:tls");
    this.#server = tls.createServer({
      cert: target.certificate,
      key: target.key,
      ca: [...target.authorities],
      requestCert: true,
      rejectUnauthorized: isRequired,
      noDelay: true,
    }, (socket: TLSSocket) => {
      // A certificate may be left out, but a bad one is no certificate.
      if (!socket.authorized && (isRequired || showsCertificate(socket))) {
        socket.destroy();
        return;
      }
      if (hooks.keepAlive()) socket.setKeepAlive(true);
      hooks.onStream(new TlsStream(socket));
    });
    // Failed handshakes and lost connections end with the client.
    this.#server.on("tlsClientError", () => {});
    this.#server.on("error", (error: Error) => {
      if (!this.#server.listening && !this.isClosed) {
        hooks.onFailure(new ListenError(error.message, false));
      }
    });
    this.ended = new Promise((resolve) => this.#onEnd = resolve);
    this.#server.listen({
      host: target.host,
      port: target.port,
      ...target.backlog > 0 && { backlog: target.backlog },
    });
  }

  close(): void {
    this.isClosed = true;
    this.#server.close();
    // Its end would wait for the last client; the socket is gone before.
    setTimeout(this.#onEnd, 0);
  }
}

function showsCertificate(socket: TLSSocket): boolean {
  return Object.keys(socket.getPeerCertificate()).length > 0;
}
