/**
 * A raw client for tests: sends commands as bytes, and gives every reply both
 * decoded and exactly as it came over the wire. Push messages are kept apart.
 * Everything that waits has a time limit, so a silent server fails a test
 * instead of hanging it.
 */

import {
  isErrorValue,
  type PlainValue,
  printableBytes,
  ReplyError,
  RespDecoder,
  type RespValue,
  toPlain,
} from "./resp_value.ts";

/** A command argument. Strings are sent as UTF-8. */
export type Argument = string | number | bigint | Uint8Array;

/** One reply as decoded and as received. */
export interface Reply {
  readonly value: RespValue;
  /** The bytes of this reply and nothing else, attributes before it included. */
  readonly raw: Uint8Array;
  /** RESP3 attributes sent ahead of the value. */
  readonly attributes: readonly RespValue[];
}

/** PEM texts for a TLS connection. */
export interface TlsTrust {
  /** Of the authorities whose servers are trusted. */
  readonly caCerts: string[];
  /** The client's own certificate and its key, to be shown when asked. */
  readonly cert?: string;
  readonly key?: string;
}

/** Where to connect: a TCP port (host 127.0.0.1 unless named) or a Unix socket. */
export type Address =
  | {
    readonly port: number;
    readonly hostname?: string;
    readonly tls?: TlsTrust;
  }
  | { readonly path: string };

export interface RespClientOptions {
  /** Limit of every wait, in milliseconds. 10 s unless given. */
  readonly timeoutMs?: number;
}

/** A wait took longer than its limit. */
export class ClientTimeoutError extends Error {
  override readonly name = "ClientTimeoutError";
}

/** The server closed the connection while a reply was awaited. */
export class ConnectionClosedError extends Error {
  override readonly name = "ConnectionClosedError";
}

const TIMEOUT_MS_DEFAULT = 10_000;
const READ_CHUNK_BYTES = 64 * 1024;
const encoder = new TextEncoder();

/** The bytes of one argument. */
export function argumentBytes(argument: Argument): Uint8Array {
  return argument instanceof Uint8Array
    ? argument
    : encoder.encode(String(argument));
}

/** One command as a RESP array of bulk strings. */
export function encodeCommand(
  command: readonly Argument[],
): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [encoder.encode(`*${command.length}\r\n`)];
  for (const argument of command) {
    const bytes = argumentBytes(argument);
    parts.push(encoder.encode(`$${bytes.length}\r\n`), bytes, CRLF);
  }
  return concatBytes(parts);
}

const CRLF = encoder.encode("\r\n");

/** The parts joined into one array. */
export function concatBytes(
  parts: readonly Uint8Array[],
): Uint8Array<ArrayBuffer> {
  let byteCount = 0;
  for (const part of parts) byteCount += part.length;
  const joined = new Uint8Array(byteCount);
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

function openConnection(
  address: Address,
): Promise<Deno.TcpConn | Deno.TlsConn | Deno.UnixConn> {
  if ("path" in address) {
    return Deno.connect({ transport: "unix", path: address.path });
  }
  const { port, hostname = "127.0.0.1", tls } = address;
  if (tls === undefined) return Deno.connect({ hostname, port });
  const { caCerts, cert, key } = tls;
  return cert === undefined || key === undefined
    ? Deno.connectTls({ hostname, port, caCerts })
    : Deno.connectTls({ hostname, port, caCerts, cert, key });
}

/** See the top of the file. Use with `using`, or call `close`. */
export class RespClient {
  readonly #connection: Deno.TcpConn | Deno.TlsConn | Deno.UnixConn;
  readonly #timeoutMs: number;
  readonly #decoder = new RespDecoder();
  #buffer = new Uint8Array(READ_CHUNK_BYTES);
  #length = 0;
  #closed = false;
  #pendingRead: Promise<number | null> | undefined;
  readonly #chunk = new Uint8Array(READ_CHUNK_BYTES);

  /** Push messages received and not yet taken, oldest first. */
  readonly pushes: Reply[] = [];

  private constructor(
    connection: Deno.TcpConn | Deno.TlsConn | Deno.UnixConn,
    timeoutMs: number,
  ) {
    this.#connection = connection;
    this.#timeoutMs = timeoutMs;
  }

  /** @throws when nothing listens there within the time limit. */
  static async connect(
    address: Address,
    options: RespClientOptions = {},
  ): Promise<RespClient> {
    const timeoutMs = options.timeoutMs ?? TIMEOUT_MS_DEFAULT;
    const connection = await withTimeout(
      openConnection(address),
      timeoutMs,
      "connecting",
    );
    if ("setNoDelay" in connection) connection.setNoDelay(true);
    return new RespClient(connection, timeoutMs);
  }

  /** The local end's port, or 0 for a Unix socket. */
  get localPort(): number {
    const address = this.#connection.localAddr;
    return address.transport === "tcp" ? address.port : 0;
  }

  /** Sends one command and waits for its reply, errors included as values. */
  async send(...command: Argument[]): Promise<Reply> {
    await this.write(encodeCommand(command));
    return await this.readReply();
  }

  /** Sends one command; gives its plain value or throws {@linkcode ReplyError}. */
  async call(...command: Argument[]): Promise<PlainValue> {
    const { value } = await this.send(...command);
    const plain = toPlain(value);
    if (isErrorValue(value) && plain instanceof ReplyError) throw plain;
    return plain;
  }

  /** Sends all commands in one write, then reads one reply for each. */
  async pipeline(commands: readonly (readonly Argument[])[]): Promise<Reply[]> {
    const writing = this.write(concatBytes(commands.map(encodeCommand)));
    // If the server closes, reading finds out first.
    writing.catch(() => {});
    const replies: Reply[] = [];
    for (let index = 0; index < commands.length; index++) {
      replies.push(await this.readReply());
    }
    await writing;
    return replies;
  }

  /** Sends bytes as they are. */
  async write(bytes: Uint8Array): Promise<void> {
    const writeAll = async () => {
      for (let offset = 0; offset < bytes.length;) {
        offset += await this.#connection.write(bytes.subarray(offset));
      }
    };
    await withTimeout(writeAll(), this.#timeoutMs, "writing");
  }

  /**
   * The next reply that is not a push message.
   * @throws {ClientTimeoutError} {ConnectionClosedError} {RespSyntaxError}
   */
  async readReply(timeoutMs: number = this.#timeoutMs): Promise<Reply> {
    const deadlineMs = performance.now() + timeoutMs;
    while (true) {
      const message = await this.#readMessage(deadlineMs);
      if (message.value.kind !== "push") return message;
      this.pushes.push(message);
    }
  }

  /** The oldest push message, waiting for one when there is none. */
  async readPush(timeoutMs: number = this.#timeoutMs): Promise<Reply> {
    const waiting = this.pushes.shift();
    if (waiting !== undefined) return waiting;
    const message = await this.#readMessage(performance.now() + timeoutMs);
    if (message.value.kind === "push") return message;
    throw new Error(
      `expected a push message, got ${printableBytes(message.raw)}`,
    );
  }

  /**
   * Raw bytes received until the server closes, `until` holds, or nothing came
   * for `quietMs`. For tests of the protocol itself.
   */
  async readRaw(
    options: {
      readonly quietMs: number;
      readonly until?: (bytes: Uint8Array) => boolean;
    },
  ): Promise<{ bytes: Uint8Array; closed: boolean }> {
    const start = this.#decoder.position;
    let closed = false;
    while (!options.until?.(this.#buffer.subarray(start, this.#length))) {
      try {
        await this.#receive(performance.now() + options.quietMs);
      } catch (error) {
        if (error instanceof ClientTimeoutError) break;
        if (!(error instanceof ConnectionClosedError)) throw error;
        closed = true;
        break;
      }
    }
    const bytes = this.#buffer.slice(start, this.#length);
    this.#length = start;
    return { bytes, closed };
  }

  /** Closes the connection; pending reads end. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#connection.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #readMessage(deadlineMs: number): Promise<Reply> {
    this.#cutConsumed();
    const attributes: RespValue[] = [];
    while (true) {
      const value = this.#decoder.next(this.#buffer.subarray(0, this.#length));
      if (value === undefined) {
        await this.#receive(deadlineMs);
      } else if (value.kind === "attribute") {
        attributes.push(value);
      } else {
        const raw = this.#buffer.slice(0, this.#decoder.position);
        return { value, raw, attributes };
      }
    }
  }

  /** Moves unread bytes to the front; each call costs what is left over. */
  #cutConsumed(): void {
    const consumed = this.#decoder.position;
    if (consumed === 0) return;
    this.#buffer.copyWithin(0, consumed, this.#length);
    this.#length -= consumed;
    this.#decoder.discard(consumed);
  }

  async #receive(deadlineMs: number): Promise<void> {
    // A read that outlived an earlier time limit must not be started twice:
    // its bytes would be lost.
    this.#pendingRead ??= this.#connection.read(this.#chunk);
    const waitMs = Math.max(1, deadlineMs - performance.now());
    let count: number | null;
    try {
      count = await withTimeout(this.#pendingRead, waitMs, "reading a reply");
    } catch (error) {
      if (error instanceof ClientTimeoutError) throw error;
      this.#pendingRead = undefined;
      throw new ConnectionClosedError(String(error));
    }
    this.#pendingRead = undefined;
    if (count === null) throw new ConnectionClosedError("closed by the server");
    this.#append(this.#chunk.subarray(0, count));
  }

  #append(bytes: Uint8Array): void {
    const needed = this.#length + bytes.length;
    if (needed > this.#buffer.length) {
      const grown = new Uint8Array(Math.max(needed, this.#buffer.length * 2));
      grown.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = grown;
    }
    this.#buffer.set(bytes, this.#length);
    this.#length = needed;
  }
}

async function withTimeout<T>(
  promise: Promise<T>,
  timeoutMs: number,
  doing: string,
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(
          new ClientTimeoutError(
            `${doing} took more than ${Math.round(timeoutMs)} ms`,
          ),
        ),
      timeoutMs,
    );
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
