/**
 * The floor: a server that answers every read with `+PONG` and does nothing
 * else, over the same sockets AiKv uses. What it costs a request is what Deno
 * costs; compare with `redis-benchmark -t ping_mbulk -p 7600` and the times in
 * `/proc/PID/stat`.
 *
 *   deno run --v8-flags=--min-semi-space-size=16 --allow-net bench/floor.ts [port]
 */
import { DenoNetwork } from "../src/platform/network.ts";
import type { Stream } from "../src/base/interfaces.ts";

const PONG = new TextEncoder().encode("+PONG\r\n");
const port = Number(Deno.args[0] ?? 7600);

async function serve(stream: Stream): Promise<void> {
  const buffer = new Uint8Array(2048);
  try {
    while (await stream.read(buffer) !== 0) {
      stream.write(PONG).then(() => {}, () => {});
    }
  } catch {
    // The peer has gone.
  }
  stream.close();
}

new DenoNetwork().listen(
  { kind: "tcp", host: "127.0.0.1", port, backlog: 511 },
  {
    keepAlive: () => false,
    onStream: serve,
    onFailure: (error) => console.error(error.message),
  },
);
console.log(`answering PONG on 127.0.0.1:${port}, process ${Deno.pid}`);
