/**
 * A raw pipelined RESP client for measurements: it sends bytes made beforehand and counts or
 * compares the reply bytes, so that the client costs as little as a client can.
 */

const encoder = new TextEncoder();
const decoder = new TextDecoder("latin1");

/** Bytes that one read may return. */
const READ_BUFFER_BYTES = 256 * 1024;

/** One command as RESP bytes. Strings must be ASCII. */
export function encodeCommand(...parts: (string | number)[]): Uint8Array {
  let text = `*${parts.length}\r\n`;
  for (const part of parts) {
    const word = String(part);
    text += `$${word.length}\r\n${word}\r\n`;
  }
  return encoder.encode(text);
}

/** A connection that closes itself at the end of its scope. */
export class RawClient {
  readonly #conn: Deno.Conn;
  readonly #chunk = new Uint8Array(READ_BUFFER_BYTES);
  /** Bytes received after those that were asked for. */
  #pending: Uint8Array = new Uint8Array(0);

  private constructor(conn: Deno.Conn) {
    this.#conn = conn;
  }

  /** Connects to a server on the loopback interface. */
  static async connect(port: number): Promise<RawClient> {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port });
    conn.setNoDelay(true);
    return new RawClient(conn);
  }

  /** Writes all the bytes. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let sent = 0; sent < bytes.length;) {
      sent += await this.#conn.write(bytes.subarray(sent));
    }
  }

  /** The next bytes received, valid until the next read; null at the end of the stream. */
  async readChunk(): Promise<Uint8Array | null> {
    if (this.#pending.length > 0) {
      const pending = this.#pending;
      this.#pending = new Uint8Array(0);
      return pending;
    }
    const length = await this.#conn.read(this.#chunk);
    return length === null ? null : this.#chunk.subarray(0, length);
  }

  /**
   * Sends one command and returns the text of its reply: of a bulk its content, of other simple
   * types the line without its type.
   * @throws {Error} for an error reply, or when the connection is closed
   */
  async call(...parts: (string | number)[]): Promise<string> {
    await this.write(encodeCommand(...parts));
    let text = "";
    for (;;) {
      const reply = cutReply(text);
      if (reply !== null) {
        this.#pending = encoder.encode(text.slice(reply.length));
        if (reply.isError) throw new Error(`${parts[0]}: ${reply.content}`);
        return reply.content;
      }
      text += decoder.decode(await this.#readOrThrow());
    }
  }

  /**
   * Reads exactly this many reply bytes.
   * @throws {Error} when an error reply is among them, or at the end of the stream
   */
  async readReplyBytes(byteCount: number): Promise<void> {
    for (let received = 0; received < byteCount;) {
      const chunk = await this.#readOrThrow();
      if (chunk.includes(0x2d)) {
        throw new Error(`error reply: ${decoder.decode(chunk).slice(0, 200)}`);
      }
      const wanted = Math.min(chunk.length, byteCount - received);
      received += wanted;
      this.#pending = chunk.subarray(wanted);
    }
  }

  /**
   * Sends PING with a text, and reads all replies up to the one to it.
   * @throws {Error} at the end of the stream
   */
  async pingAfterOthers(text: string): Promise<void> {
    await this.write(encodeCommand("PING", text));
    const end = `${text}\r\n`;
    let tail = "";
    while (!tail.endsWith(end)) {
      tail += decoder.decode(await this.#readOrThrow());
      tail = tail.slice(-end.length);
    }
  }

  async #readOrThrow(): Promise<Uint8Array> {
    const chunk = await this.readChunk();
    if (chunk === null) throw new Error("the server closed the connection");
    return chunk;
  }

  /** Tells the server that nothing more will be sent. */
  closeWrite(): Promise<void> {
    return (this.#conn as Deno.TcpConn).closeWrite();
  }

  close(): void {
    try {
      this.#conn.close();
    } catch {
      // Closed already, by the server or by an earlier call.
    }
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

interface CutReply {
  readonly content: string;
  readonly isError: boolean;
  readonly length: number;
}

function cutReply(text: string): CutReply | null {
  const lineEnd = text.indexOf("\r\n");
  if (lineEnd < 0) return null;
  const line = text.slice(1, lineEnd);
  if (text[0] !== "$" || line === "-1") {
    return { content: line, isError: text[0] === "-", length: lineEnd + 2 };
  }
  const contentEnd = lineEnd + 2 + Number(line);
  if (text.length < contentEnd + 2) return null;
  return {
    content: text.slice(lineEnd + 2, contentEnd),
    isError: false,
    length: contentEnd + 2,
  };
}

/** One figure of an INFO section, or undefined where the server does not report it. */
export async function infoField(
  client: RawClient,
  section: string,
  field: string,
): Promise<number | undefined> {
  const text = await client.call("INFO", section);
  const match = new RegExp(`^${field}:(-?[0-9.]+)`, "m").exec(text);
  return match === null ? undefined : Number(match[1]);
}

/** Resolves after `durationMs` milliseconds. */
export function sleep(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}

/** Rejects with a sentence when the promise takes longer than the limit. */
export async function withTimeout<T>(
  promise: Promise<T>,
  timeoutMs: number,
  what: string,
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`${what} took longer than ${timeoutMs} ms`)),
      timeoutMs,
    );
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
