import { fromBytes, toBytes } from "../../../src/config/mod.ts";

/** Found on PATH. */
const REDIS_SERVER = "redis-server";

/** Why the tests cannot run beside Redis; `null` if they can. */
const OBSTACLE: string | null = findObstacle();

function findObstacle(): string | null {
  try {
    const { stdout } = new Deno.Command(REDIS_SERVER, { args: ["--version"] })
      .outputSync();
    const version = new TextDecoder().decode(stdout);
    // Texts and defaults are compared with this series.
    return /v=7\.0\./.test(version) ? null : "redis-server is not 7.0";
  } catch {
    return "no redis-server on PATH";
  }
}

/** For tests that need the real Redis: ignored, with the reason in the name, without it. */
export function redisTest(name: string, fn: () => Promise<void>): void {
  Deno.test({
    name: OBSTACLE ? `${name} (ignored: ${OBSTACLE})` : name,
    ignore: OBSTACLE !== null,
    fn,
  });
}

export type Reply = string | null | Reply[];

/** A connection that speaks RESP2, byte strings both ways. Errors are replies that begin with `-`. */
export class RedisClient {
  readonly #connection: Deno.Conn;
  #buffered = "";

  private constructor(connection: Deno.Conn) {
    this.#connection = connection;
  }

  static async connect(port: number): Promise<RedisClient> {
    return new RedisClient(await Deno.connect({ hostname: "127.0.0.1", port }));
  }

  async command(...args: string[]): Promise<Reply> {
    const bulks = args.map((arg) => `$${arg.length}\r\n${arg}\r\n`).join("");
    const bytes = toBytes(`*${args.length}\r\n${bulks}`);
    for (let sent = 0; sent < bytes.length;) {
      sent += await this.#connection.write(bytes.subarray(sent));
    }
    return await this.#reply();
  }

  close(): void {
    this.#connection.close();
  }

  async #fill(): Promise<void> {
    const buffer = new Uint8Array(65536);
    const count = await this.#connection.read(buffer);
    if (count === null) throw new Error("redis-server closed the connection");
    this.#buffered += fromBytes(buffer.subarray(0, count));
  }

  async #take(length: number): Promise<string> {
    while (this.#buffered.length < length) await this.#fill();
    const taken = this.#buffered.slice(0, length);
    this.#buffered = this.#buffered.slice(length);
    return taken;
  }

  async #line(): Promise<string> {
    while (!this.#buffered.includes("\r\n")) await this.#fill();
    return (await this.#take(this.#buffered.indexOf("\r\n") + 2)).slice(0, -2);
  }

  async #reply(): Promise<Reply> {
    const line = await this.#line();
    const count = Number(line.slice(1));
    if (line[0] === "$") {
      if (count < 0) return null;
      return (await this.#take(count + 2)).slice(0, -2);
    }
    if (line[0] === "*") {
      const items: Reply[] = [];
      for (let i = 0; i < count; i++) items.push(await this.#reply());
      return items;
    }
    return line[0] === "-" ? line : line.slice(1);
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return (listener.addr as Deno.NetAddr).port;
}

/** Runs redis-server in `directory` while `use` uses it. */
export async function withRedis(
  directory: string,
  args: (port: number) => string[],
  use: (client: RedisClient) => Promise<void>,
): Promise<void> {
  const port = freePort();
  const server = new Deno.Command(REDIS_SERVER, {
    args: args(port),
    cwd: directory,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  try {
    const client = await connectWhenUp(port);
    try {
      await use(client);
    } finally {
      client.close();
    }
  } finally {
    server.kill("SIGKILL");
    await server.status;
  }
}

async function connectWhenUp(port: number): Promise<RedisClient> {
  for (let attempt = 0;; attempt++) {
    try {
      return await RedisClient.connect(port);
    } catch (error) {
      if (attempt >= 200) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** Runs redis-server to its end. */
export async function runRedis(
  directory: string,
  args: string[],
  input = "",
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const child = new Deno.Command(REDIS_SERVER, {
    args,
    cwd: directory,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(toBytes(input)).catch(() => {});
  await writer.close().catch(() => {});
  // A start that was meant to fail but does not would never end.
  const timer = setTimeout(() => child.kill("SIGKILL"), 3000);
  const output = await child.output();
  clearTimeout(timer);
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return {
    exitCode: output.code,
    stdout: decode(output.stdout),
    stderr: decode(output.stderr),
  };
}

/** A new directory, without symbolic links in its path. */
export async function temporaryDirectory(): Promise<string> {
  return await Deno.realPath(await Deno.makeTempDir());
}

/** The pairs of `CONFIG GET`. */
export async function configGet(
  client: RedisClient,
  ...patterns: string[]
): Promise<Map<string, string>> {
  const flat = await client.command("CONFIG", "GET", ...patterns) as string[];
  const pairs = new Map<string, string>();
  for (let i = 0; i < flat.length; i += 2) pairs.set(flat[i], flat[i + 1]);
  return pairs;
}
