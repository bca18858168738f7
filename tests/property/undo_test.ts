import assert from "node:assert/strict";
import fc from "fast-check";
import { KeySpace } from "../unit/asm/_keyspace.ts";
import { type Operation, Workload } from "./_model.ts";

const sequence = fc.array(
  fc.tuple(
    fc.nat(200),
    fc.nat(63),
    fc.nat(1_000_000),
    fc.nat(1_000_000),
  ) as fc.Arbitrary<Operation>,
  { maxLength: 80, size: "max" },
);

function workload(): Workload {
  return new Workload(new KeySpace({ databases: 3 }), {
    keys: 20,
    valueBytesMax: 5_000,
  });
}

Deno.test("whatever is done in an undo log, rolling back restores it all", () => {
  fc.assert(
    fc.property(sequence, sequence, (before, within) => {
      const both = workload();
      for (const operation of before) both.apply(operation);
      both.commitAll();
      both.begin();
      for (const operation of within) both.apply(operation);
      // Compares contents, expiries, scans, counts and bytes in use.
      both.rollbackAll();
      both.compare();
    }),
    { numRuns: 120 },
  );
});

Deno.test("what is committed stays, and the log holds nothing any more", () => {
  fc.assert(
    fc.property(sequence, (within) => {
      const both = workload();
      const { call } = both.space;
      const baseline = both.space.payloadBytes();
      both.begin();
      for (const operation of within) both.apply(operation);
      both.commitAll();
      both.compare();
      assert.equal(call.undoIsOpen(), 0);
      both.clear();
      // The list of scanned elements may have grown once.
      assert.ok(both.space.payloadBytes() - baseline <= 2_048);
    }),
    { numRuns: 60 },
  );
});

Deno.test("a level inside is rolled back alone, the outer one goes on", () => {
  fc.assert(
    fc.property(sequence, sequence, sequence, (outer, inner, after) => {
      const both = workload();
      both.begin();
      for (const operation of outer) both.apply(operation);
      both.begin();
      for (const operation of inner) both.apply(operation);
      both.rollbackInner();
      for (const operation of after) both.apply(operation);
      both.rollbackAll();
      both.compare();
    }),
    { numRuns: 60 },
  );
});
