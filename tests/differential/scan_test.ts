import type { Argument, SeededRandom } from "../_support/mod.ts";
import { Sample } from "./_generators.ts";
import { differentialGroup } from "./_group.ts";
import { type Step, step } from "./_step.ts";

const KEY_COUNTS = [0, 1, 3, 7, 50, 400, 2000] as const;

function scanOptions(sample: Sample): Argument[] {
  return sample.options([
    ["MATCH", sample.pattern()],
    ["COUNT", sample.random.pick(["1", "2", "10", "100", "5000"])],
    ["TYPE", sample.random.pick(["string", "STRING", "list", "nosuch"])],
  ]);
}

/** SCANs that fail, or whose single reply can be compared by shape. */
function oddScan(sample: Sample): Step {
  const { random } = sample;
  const command = random.pick<() => Argument[]>([
    () => ["SCAN", sample.badInteger()],
    () => ["SCAN", random.pick(["18446744073709551615", "-1", "0", " 0"])],
    () => ["SCAN", "18446744073709551616"],
    () => ["SCAN", "0", "COUNT", random.pick(["0", "-1", sample.badInteger()])],
    () => ["SCAN", "0", "MATCH"],
    () => ["SCAN", "0", "COUNT"],
    () => ["SCAN", "0", "TYPE"],
    () => ["SCAN", "0", "NOSUCH", "1"],
    () => ["SCAN"],
    () => ["scan", "0", "count", "9223372036854775807", "match", "a*"],
  ])();
  return { command };
}

function generate(random: SeededRandom, length: number): Step[] {
  const sample = new Sample(random);
  const keyCount = random.pick(KEY_COUNTS);
  const steps: Step[] = [];
  for (let first = 0; first < keyCount; first += 100) {
    const pairs: Argument[] = [];
    for (let at = first; at < Math.min(first + 100, keyCount); at++) {
      pairs.push(random.pick(["key:", "a", "{t}"]) + at, String(at));
    }
    steps.push(step("MSET", ...pairs));
  }
  while (steps.length < length) {
    steps.push(
      random.pickWeighted<() => Step>([
        [3, () => ({
          command: ["SCAN", "0", ...scanOptions(sample)],
          iterate: true,
        })],
        [3, () => oddScan(sample)],
        [2, () => step("DEL", `key:${random.integer(0, keyCount)}`)],
        [
          2,
          () => step("SET", sample.key(), "x", "EX", sample.relativeSeconds()),
        ],
        // Expired at once. Which of these a SCAN or RANDOMKEY happens to remove is
        // chance, so nothing here asks how many keys are stored.
        [1, () => step("SET", sample.key(), "x", "PXAT", "1")],
        [1, () => step("KEYS", sample.pattern())],
        [1, () => step("RANDOMKEY")],
      ])(),
    );
  }
  return steps;
}

differentialGroup({
  name: "SCAN and KEYS",
  generate,
  commandCount: 500,
  sequenceLength: 40,
});
