/**
 * Giving way. A client that sends faster than it is served always has bytes
 * waiting, and reading them goes on without ever asking the kernel about other
 * sockets: reads that succeed at once do not return to the event loop, and even
 * `setImmediate` lets the runtime poll its sockets only every 61st time (tokio's
 * event interval). Measured: other clients waited up to a second.
 *
 * What is certain to wait for a poll is a socket's readiness. So whoever gives
 * way writes a byte to a loopback connection of the process to itself and goes
 * on when that byte arrives: by then every socket that was ready has had its
 * turn.
 */

import { setImmediate } from "node:timers";

const BYTE = new Uint8Array(1);

/** Calls back after the events that are waiting now have had their turn. */
export type Yield = (callback: () => void) => void;

async function connectToSelf(): Promise<[Deno.Conn, Deno.Conn]> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  try {
    const { port } = listener.addr as Deno.NetAddr;
    const here = await Deno.connect({ hostname: "127.0.0.1", port });
    const ownPort = (here.localAddr as Deno.NetAddr).port;
    for (;;) {
      // Somebody else on this machine may have been quicker.
      const there = await listener.accept();
      if ((there.remoteAddr as Deno.NetAddr).port === ownPort) {
        here.setNoDelay(true);
        return [here, there];
      }
      there.close();
    }
  } finally {
    listener.close();
  }
}

/**
 * Makes a {@linkcode Yield}. Where the process may not connect to itself, it is
 * `setImmediate`: then a fast sender makes others wait longer.
 */
export async function makeYield(): Promise<Yield> {
  let pair: [Deno.Conn, Deno.Conn];
  try {
    pair = await connectToSelf();
  } catch {
    return (callback) => void setImmediate(callback);
  }
  const [writer, reader] = pair;
  let waiting: (() => void)[] = [];
  const received = new Uint8Array(64);
  const listen = async () => {
    while (await reader.read(received) !== null) {
      const callbacks = waiting;
      waiting = [];
      for (const callback of callbacks) callback();
    }
  };
  listen();
  return (callback) => {
    waiting.push(callback);
    if (waiting.length === 1) writer.write(BYTE);
  };
}
