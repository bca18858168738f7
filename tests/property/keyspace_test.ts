import assert from "node:assert/strict";
import fc from "fast-check";
import { KeySpace } from "../unit/asm/_keyspace.ts";
import { drive, type Operation, Workload } from "./_model.ts";
import { operations } from "./_operations.ts";

/** Short sequences, which fast-check makes shorter still when one fails. */
const sequences = fc.array(
  fc.tuple(
    fc.nat(200),
    fc.nat(63),
    fc.nat(1_000_000),
    fc.nat(1_000_000),
  ) as fc.Arbitrary<Operation>,
  { minLength: 1, maxLength: 120, size: "max" },
);

Deno.test("any short sequence of operations does what the model does", () => {
  fc.assert(
    fc.property(sequences, (sequence) => {
      const workload = new Workload(new KeySpace(), {
        keys: 24,
        valueBytesMax: 4000,
      });
      for (const operation of sequence) workload.apply(operation);
      workload.commitAll();
      workload.compare();
    }),
    { numRuns: 150 },
  );
});

Deno.test("a long run over few keys does what the model does", () => {
  const workload = new Workload(new KeySpace(), {
    keys: 150,
    valueBytesMax: 70_000,
  });
  drive(workload, operations(150_000), 2_000);
});

Deno.test("a long run over many keys does what the model does", () => {
  const workload = new Workload(new KeySpace({ databases: 2 }), {
    keys: 30_000,
    valueBytesMax: 500,
    isPlain: true,
  });
  drive(workload, operations(250_000), 50_000);
});

Deno.test("the release build does what the model does", () => {
  const space = new KeySpace({ build: "aikv" });
  const workload = new Workload(space, { keys: 500, valueBytesMax: 3_000 });
  drive(workload, operations(100_000), 20_000);
  assert.equal(space.call.memoryCheck(), 0);
});
