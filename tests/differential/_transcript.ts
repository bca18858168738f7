/**
 * Compares everything that several connections receive, messages included:
 * byte for byte, in order. Each step waits until its connection has received
 * all that came before its end, so that both servers run the steps in one order.
 */

import {
  type Argument,
  concatBytes,
  encodeCommand,
  printableBytes,
  type RespClient,
} from "../_support/mod.ts";
import { type Pair, type Protocol } from "./_pair.ts";
import { argumentText } from "./_step.ts";

/** What one connection sends in one write. */
export interface Act {
  readonly connection: number;
  readonly commands: readonly (readonly Argument[])[];
}

/** Stands for the id of a connection in arguments: `ID:0`. */
const ID = /^ID:(\d+)$/;

const QUIET_MS = 5000;

/** Replies that tell an id; ids differ from server to server. */
const TOLD_ID = /((?:redirect|tracking-redir-broken)\r\n:)(\d+)/g;
/** Ids of stream entries that tell the time. */
const TIMED_ID = /\d{13}-\d+/g;
/** What HELLO tells of the server. */
const VERSION =
  /(version\r\n)\$\d+\r\n[\d.]+(\r\n\$5\r\nproto\r\n:\d\r\n\$2\r\nid\r\n):\d+/g;
/**
 * "Everything": Redis writes the null of the protocol of the client that
 * tracks, AiKv that of the client that reads it.
 */
const FOREIGN_NULLS = [
  ["__redis__:invalidate\r\n_\r\n", "__redis__:invalidate\r\n$-1\r\n"],
  [">2\r\n$10\r\ninvalidate\r\n$-1\r\n", ">2\r\n$10\r\ninvalidate\r\n_\r\n"],
] as const;

/**
 * Runs the acts on both servers, on connections that begin in the given
 * protocol versions, and gives what differs.
 */
export async function compareTranscripts(
  pair: Pair,
  protocols: readonly Protocol[],
  setup: readonly (readonly Argument[])[],
  acts: readonly Act[],
): Promise<string | undefined> {
  const [expected, got] = await Promise.all([
    transcripts(pair.reference, protocols, setup, acts),
    transcripts(pair.subject, protocols, setup, acts),
  ]);
  for (const [index, text] of expected.entries()) {
    if (text === got[index]) continue;
    const at = [...text].findIndex((char, i) => char !== got[index][i]);
    const start = Math.max(0, (at < 0 ? text.length : at) - 200);
    return `connection ${index} received different bytes at ${at}:\n` +
      `expected …${show(text.slice(start, start + 500))}\n` +
      `got …${show(got[index].slice(start, start + 500))}\n` +
      acts.map(formatAct).join("\n");
  }
  return undefined;
}

async function transcripts(
  server: Pair["reference"],
  protocols: readonly Protocol[],
  setup: readonly (readonly Argument[])[],
  acts: readonly Act[],
): Promise<string[]> {
  const admin = await server.connect();
  const clients: RespClient[] = [];
  const ids: string[] = [];
  try {
    for (const command of setup) await admin.call(...command);
    for (const protocol of protocols) {
      const client = await server.connect();
      if (protocol === 3) await client.send("HELLO", 3);
      ids.push(String(await client.call("CLIENT", "ID")));
      clients.push(client);
    }
    const received = clients.map(() => "");
    for (const [number, { connection, commands }] of acts.entries()) {
      const sent = commands.map((command) => command.map(withId(ids)));
      received[connection] += await exchange(
        clients[connection],
        sent,
        `end-${number}`,
      );
    }
    for (const [index, client] of clients.entries()) {
      received[index] += await exchange(client, [], "end");
    }
    return received.map((text) => normalised(text, ids));
  } finally {
    for (const client of [...clients, admin]) client.close();
  }
}

function normalised(text: string, ids: readonly string[]): string {
  let result = text.replace(
    TOLD_ID,
    (_, before, id) => `${before}<${ids.indexOf(id)}>`,
  ).replace(VERSION, "$1?$2?").replace(TIMED_ID, "<id>");
  for (const [redis, aikv] of FOREIGN_NULLS) {
    result = result.replaceAll(redis, aikv);
  }
  return result;
}

function withId(ids: readonly string[]): (argument: Argument) => Argument {
  return (argument) => {
    const match = typeof argument === "string" ? ID.exec(argument) : null;
    return match === null ? argument : ids[Number(match[1])];
  };
}

/** Sends commands and a PING that says when everything has arrived. */
async function exchange(
  client: RespClient,
  commands: readonly (readonly Argument[])[],
  marker: string,
): Promise<string> {
  const bytes = concatBytes(
    [...commands, ["PING", marker]].map(encodeCommand),
  );
  await client.write(bytes);
  const end = `$${marker.length}\r\n${marker}\r\n`;
  const raw = await client.readRaw({
    quietMs: QUIET_MS,
    until: (soFar) => latin1(soFar).includes(end),
  });
  const text = latin1(raw.bytes);
  if (!text.includes(end)) {
    throw new Error(`no answer to PING ${marker}: ${show(text)}`);
  }
  return text;
}

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

function show(text: string): string {
  return printableBytes(
    Uint8Array.from(text, (char) => char.charCodeAt(0)),
    2000,
  );
}

function formatAct({ connection, commands }: Act): string {
  const lines = commands.map((command) =>
    command.map((one) => JSON.stringify(argumentText(one))).join(" ")
  );
  return `[${connection}] ${lines.join(" ; ")}`;
}
