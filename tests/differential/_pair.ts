/** The reference server and the server under test, run side by side. */

import {
  aikvBinary,
  type Argument,
  bytesToLatin1,
  printableBytes,
  redisBinary,
  type Reply,
  type RespClient,
  sleep,
  type StartOptions,
  startServer,
  type TestServer,
} from "../_support/mod.ts";
import {
  comparatorFor,
  comparatorForTransaction,
  describe,
  exactly,
} from "./_normalise.ts";
import { compareStates, readState } from "./_state.ts";
import { CONNECTION_COUNT, type Step } from "./_step.ts";

/** A difference between the two servers. */
export interface Mismatch {
  /** Index of the step, or the number of steps when the data differ at the end. */
  readonly stepIndex: number;
  readonly problem: string;
}

/** Which protocol version the connections of a sequence start in. */
export type Protocol = 2 | 3;

export interface SequenceOptions {
  readonly protocol: Protocol;
  /** Send neighbouring steps of one connection in one write. */
  readonly pipelined?: boolean;
  /** Commands run on both servers beforehand, replies ignored. */
  readonly prelude?: readonly (readonly Argument[])[];
}

const PIPELINE_STEPS_MAX = 16;
const SCAN_ROUNDS_MAX = 10_000;

/** Starts both servers with the same options. `await using` stops them. */
export async function startPair(options: StartOptions = {}): Promise<Pair> {
  const started = await Promise.allSettled([
    startServer({ ...options, binary: redisBinary() }),
    startServer({ ...options, binary: aikvBinary() }),
  ]);
  const servers: TestServer[] = [];
  for (const result of started) {
    if (result.status === "fulfilled") servers.push(result.value);
  }
  const failure = started.find((result) => result.status === "rejected");
  if (failure !== undefined) {
    for (const server of servers) await server.stop();
    throw (failure as PromiseRejectedResult).reason;
  }
  return new Pair(servers[0], servers[1]);
}

/** See {@linkcode startPair}. */
export class Pair {
  constructor(readonly reference: TestServer, readonly subject: TestServer) {}

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.reference.stop(), this.subject.stop()]);
  }

  /**
   * Empties both servers, runs the steps on both, and compares every reply and
   * the data left behind. Gives the first difference.
   */
  async runSequence(
    steps: readonly Step[],
    options: SequenceOptions,
  ): Promise<Mismatch | undefined> {
    const reference = await openSide(this.reference, options);
    try {
      const subject = await openSide(this.subject, options);
      try {
        const mismatch = await runSteps(reference, subject, steps, options);
        if (mismatch !== undefined) return mismatch;
        const [expected, got] = await Promise.all([
          readState(reference.admin),
          readState(subject.admin),
        ]);
        const differences = compareStates(expected, got);
        if (differences.length === 0) return undefined;
        const problem = `data differ at the end:\n${differences.join("\n")}`;
        return { stepIndex: steps.length, problem };
      } finally {
        closeSide(subject);
      }
    } finally {
      closeSide(reference);
    }
  }
}

interface Side {
  readonly admin: RespClient;
  readonly clients: readonly RespClient[];
}

async function openSide(
  server: TestServer,
  options: SequenceOptions,
): Promise<Side> {
  const admin = await server.connect();
  for (const command of options.prelude ?? []) await admin.send(...command);
  await admin.call("FLUSHALL");
  // Whether an expired key still counts must not depend on a timer.
  await admin.call("DEBUG", "SET-ACTIVE-EXPIRE", 0);
  const clients: RespClient[] = [];
  for (let index = 0; index < CONNECTION_COUNT; index++) {
    const client = await server.connect();
    // Not `call`: with a password it is refused, on both sides.
    if (options.protocol === 3) await client.send("HELLO", 3);
    clients.push(client);
  }
  return { admin, clients };
}

function closeSide(side: Side): void {
  side.admin.close();
  for (const client of side.clients) client.close();
}

async function runSteps(
  reference: Side,
  subject: Side,
  steps: readonly Step[],
  options: SequenceOptions,
): Promise<Mismatch | undefined> {
  const queues: Argument[][][] = reference.clients.map(() => []);
  for (let start = 0; start < steps.length;) {
    const end = options.pipelined ? batchEnd(steps, start) : start + 1;
    const batch = steps.slice(start, end);
    const connection = batch[0].connection ?? 0;
    const [expected, got] = await Promise.all([
      runBatch(reference.clients[connection], batch),
      runBatch(subject.clients[connection], batch),
    ]);
    for (const [offset, step] of batch.entries()) {
      const problem = compareReplies(
        step,
        expected[offset],
        got[offset],
        queues[connection],
      );
      if (problem !== undefined) return { stepIndex: start + offset, problem };
    }
    const sleepMs = batch.at(-1)!.sleepMs;
    if (sleepMs !== undefined) await sleep(sleepMs);
    start = end;
  }
  return undefined;
}

function batchEnd(steps: readonly Step[], start: number): number {
  let end = start;
  while (end < steps.length && end - start < PIPELINE_STEPS_MAX) {
    const { connection, iterate, sleepMs } = steps[end];
    if ((connection ?? 0) !== (steps[start].connection ?? 0)) break;
    if (iterate) return Math.max(end, start + 1);
    end++;
    if (sleepMs !== undefined) break;
  }
  return end;
}

/** A reply, or what went wrong instead of one. */
type Outcome = Reply | { readonly failure: string };

async function runBatch(
  client: RespClient,
  batch: readonly Step[],
): Promise<Outcome[]> {
  if (batch[0].iterate) return [await iterateScan(client, batch[0])];
  try {
    return await client.pipeline(batch.map(({ command }) => command));
  } catch (error) {
    return batch.map(() => ({ failure: `${error}` }));
  }
}

async function iterateScan(client: RespClient, step: Step): Promise<Outcome> {
  const seen = new Set<string>();
  // SCAN has no key in front of its cursor.
  const at = /^scan$/i.test(String(step.command[0])) ? 1 : 2;
  let cursor: Argument = step.command[at];
  for (let round = 0; round < SCAN_ROUNDS_MAX; round++) {
    const command = step.command.with(at, cursor);
    const reply = await client.send(...command);
    const { value } = reply;
    if (value.kind !== "array" || value.items?.length !== 2) return reply;
    const [next, keys] = value.items;
    if (next.kind !== "bulk" || keys.kind !== "array") return reply;
    for (const key of keys.items ?? []) seen.add(describe(key));
    cursor = bytesToLatin1(next.bytes!);
    if (cursor === "0") {
      const text = [...seen].sort().join(" ");
      const raw = new TextEncoder().encode(text);
      return { value: { kind: "simple", text }, raw, attributes: [] };
    }
  }
  return { failure: `SCAN did not end after ${SCAN_ROUNDS_MAX} calls` };
}

function compareReplies(
  step: Step,
  expected: Outcome,
  got: Outcome,
  queue: Argument[][],
): string | undefined {
  if ("failure" in expected || "failure" in got) {
    const show = (outcome: Outcome) =>
      "failure" in outcome ? outcome.failure : printableBytes(outcome.raw);
    // That both closed the connection is agreement too.
    if ("failure" in expected && "failure" in got) return undefined;
    return `expected ${show(expected)}, got ${show(got)}`;
  }
  const isExec = /^exec$/i.test(String(step.command[0])) && queue.length > 0;
  const comparator = step.iterate
    ? exactly
    : isExec
    ? comparatorForTransaction([...queue])
    : isQueued(expected)
    ? undefined
    : comparatorFor(step.command);
  if (isQueued(expected)) queue.push([...step.command]);
  else if (endsTransaction(step)) queue.length = 0;
  if (comparator !== undefined) return comparator(expected.value, got.value);
  return equalBytes(expected.raw, got.raw)
    ? undefined
    : `expected ${printableBytes(expected.raw)}, got ${
      printableBytes(got.raw)
    }`;
}

function isQueued({ value }: Reply): boolean {
  return value.kind === "simple" && value.text === "QUEUED";
}

function endsTransaction({ command }: Step): boolean {
  return /^(exec|discard|reset|quit)$/i.test(String(command[0]));
}

function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length &&
    left.every((byte, index) => byte === right[index]);
}
