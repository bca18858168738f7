/**
 * Registers the differential tests of one group of commands: generated
 * sequences, run on `redis-server` and AiKv, in RESP2 and RESP3.
 *
 * `AIKV_DIFF_COMMANDS=N` sets how many commands each test runs, and
 * `AIKV_TEST_SEED` repeats a failure.
 */

import {
  type Argument,
  redisTest,
  SeededRandom,
  type StartOptions,
  testSeed,
} from "../_support/mod.ts";
import { type Mismatch, type Pair, type Protocol, startPair } from "./_pair.ts";
import { shrink } from "./_shrink.ts";
import { formatStep, type Step } from "./_step.ts";

/** One group of commands. */
export interface Group {
  readonly name: string;
  /** Makes one sequence of about `length` steps. */
  readonly generate: (random: SeededRandom, length: number) => Step[];
  /** Options of both servers. */
  readonly server?: StartOptions;
  /** Commands that bring both servers back to a known state. */
  readonly prelude?: readonly (readonly Argument[])[];
  /** Commands a test when `AIKV_DIFF_COMMANDS` is not set. */
  readonly commandCount?: number;
  /** Run it once more with AiKv's fast lane closed, so that its handlers answer all. */
  readonly alsoWithLaneClosed?: boolean;
  /** Steps a sequence. */
  readonly sequenceLength?: number;
}

const COMMAND_COUNT_DEFAULT = 3000;
const SEQUENCE_LENGTH_DEFAULT = 60;
const SHRINK_TIME_LIMIT_MS = 20_000;
/** A threshold below a millisecond has every command timed (src/server/lane.ts). */
const LANE_CLOSED = ["--slowlog-log-slower-than", "999"];

/** See the top of the file. */
export function differentialGroup(group: Group): void {
  for (const protocol of [2, 3] as const) {
    redisTest(
      `${group.name} reply as Redis does in RESP${protocol}`,
      async () => {
        await using pair = await startPair(group.server);
        await runGroup(pair, group, protocol, testSeed());
      },
    );
    if (!group.alsoWithLaneClosed) continue;
    redisTest(
      `${group.name} reply as Redis does in RESP${protocol} with the fast lane closed`,
      async () => {
        await using pair = await startPair({
          ...group.server,
          options: [...group.server?.options ?? [], ...LANE_CLOSED],
        });
        await runGroup(pair, group, protocol, testSeed() + 1);
      },
    );
  }
}

async function runGroup(
  pair: Pair,
  group: Group,
  protocol: Protocol,
  seed: number,
): Promise<void> {
  const commandCount = Number(
    Deno.env.get("AIKV_DIFF_COMMANDS") ?? group.commandCount ??
      COMMAND_COUNT_DEFAULT,
  );
  const length = group.sequenceLength ?? SEQUENCE_LENGTH_DEFAULT;
  const random = new SeededRandom(seed);
  for (let done = 0; done < commandCount;) {
    const steps = group.generate(random.fork(), length);
    const options = {
      protocol,
      pipelined: random.chance(0.7),
      prelude: group.prelude,
    };
    const mismatch = await pair.runSequence(steps, options);
    if (mismatch !== undefined) {
      throw new Error(
        `seed ${seed}, RESP${protocol}: ` +
          await explain(pair, steps, mismatch, options),
      );
    }
    done += steps.length;
  }
}

async function explain(
  pair: Pair,
  steps: readonly Step[],
  mismatch: Mismatch,
  options: Parameters<Pair["runSequence"]>[1],
): Promise<string> {
  const prefix = steps.slice(0, mismatch.stepIndex + 1);
  let last: { steps: readonly Step[]; mismatch: Mismatch } | undefined;
  const fails = async (candidate: readonly Step[]) => {
    const found = await pair.runSequence(candidate, options);
    if (found === undefined) return false;
    last = { steps: candidate, mismatch: found };
    return true;
  };
  if (!await fails(prefix)) {
    return `${mismatch.problem}\n(did not happen again when repeated)\n` +
      formatSteps(prefix, mismatch.stepIndex);
  }
  await shrink(prefix, fails, SHRINK_TIME_LIMIT_MS);
  const smallest = last!;
  return `${smallest.mismatch.problem}\n` +
    (options.pipelined ? "(commands pipelined)\n" : "") +
    formatSteps(smallest.steps, smallest.mismatch.stepIndex);
}

function formatSteps(steps: readonly Step[], failing: number): string {
  return steps.map((step, index) =>
    `${index === failing ? "→" : " "} ${formatStep(step)}`
  ).join("\n");
}
