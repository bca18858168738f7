/** PFSELFTEST: the tests Redis runs on registers and on the estimate. */
import { alloc, free } from "../base/memory";
import { random32 } from "../keyspace/random";
import {
  cardinality,
  countOf,
  DENSE_BYTES,
  denseGet,
  denseSet,
  elementIndex,
  elementValue,
  EMPTY_BYTES,
  HEADER_BYTES,
  isDense,
  lookAt,
  REGISTERS,
  sparseToDense,
  writeEmpty,
} from "../types/hyperloglog";
import {
  editBlock,
  editData,
  editLength,
  editSet,
} from "../types/hyperloglog_edit";

/** Results of `hllSelfTest`. */
const PASSED: u32 = 0;
const BAD_REGISTER: u32 = 1;
const SPARSE_NOT_USED: u32 = 2;
const DISAGREEMENT: u32 = 3;
const BIG_ERROR: u32 = 4;
const OUT_OF_MEMORY: u32 = 5;

const REGISTER_CYCLES: u32 = 1000;
const ELEMENTS: u32 = 10_000_000;

/** What was found wrong, for the error reply. */
let detailFirst: f64 = 0;
let detailSecond: f64 = 0;
let detailThird: f64 = 0;

/** Number 0, 1 or 2 of the error of the last test that failed. */
export function hllSelfTestDetail(index: u32): f64 {
  return index == 0 ? detailFirst : index == 1 ? detailSecond : detailThird;
}

function fail(code: u32, first: f64, second: f64, third: f64): u32 {
  detailFirst = first;
  detailSecond = second;
  detailThird = third;
  return code;
}

/** Each register keeps what it is given, whatever its neighbours get. */
function testRegisters(registers: u32, expected: u32): u32 {
  for (let cycle: u32 = 0; cycle < REGISTER_CYCLES; cycle++) {
    for (let i: u32 = 0; i < REGISTERS; i++) {
      const value = random32() & 63;
      store<u8>(expected + i, <u8>value);
      denseSet(registers, i, value);
    }
    for (let i: u32 = 0; i < REGISTERS; i++) {
      const wanted = <u32>load<u8>(expected + i);
      const value = denseGet(registers, i);
      if (value != wanted) {
        return fail(BAD_REGISTER, <f64>i, <f64>wanted, <f64>value);
      }
    }
  }
  return PASSED;
}

/** Compares the dense one at `dense` with what is edited after `count` elements. */
function testEstimate(dense: u32, count: u32, bytesMax: u32): u32 {
  if (count < bytesMax / 2 && isDense(editData)) {
    return fail(SPARSE_NOT_USED, 0, 0, 0);
  }
  countOf(editData, editLength);
  const other = cardinality;
  countOf(dense, DENSE_BYTES);
  if (cardinality != other) return fail(DISAGREEMENT, 0, 0, 0);
  // Six times the standard error. Of ten elements two may collide.
  const standard = 1.04 / sqrt<f64>(<f64>REGISTERS);
  const limit = count == 10 ? 1 : ceil<f64>(standard * 6 * <f64>count);
  const error = abs<f64>(<f64>count - <f64>cardinality);
  return error > limit ? fail(BIG_ERROR, <f64>count, error, 0) : PASSED;
}

/** Adds elements that differ to a dense and to a sparse one. */
function testElements(dense: u32, element: u32, bytesMax: u32): u32 {
  const seed = <u64>random32() << 32 | <u64>random32();
  let checkpoint: u32 = 1;
  for (let count: u32 = 1; count <= ELEMENTS; count++) {
    store<u64>(element, <u64>count ^ seed);
    lookAt(element, 8);
    const registers = dense + HEADER_BYTES;
    if (denseGet(registers, elementIndex) < elementValue) {
      denseSet(registers, elementIndex, elementValue);
    }
    if (editSet(elementIndex, elementValue) < 0) {
      return fail(OUT_OF_MEMORY, 0, 0, 0);
    }
    if (count != checkpoint) continue;
    const result = testEstimate(dense, count, bytesMax);
    if (result != PASSED) return result;
    checkpoint *= 10;
  }
  return PASSED;
}

/** Runs all tests, which takes a while: 0, or what failed. */
export function hllSelfTest(bytesMax: u32): u32 {
  const dense = alloc(DENSE_BYTES);
  const expected = alloc(REGISTERS);
  const sparse = alloc(EMPTY_BYTES);
  let result = OUT_OF_MEMORY;
  editBlock(sparse, EMPTY_BYTES, bytesMax);
  if (dense != 0 && expected != 0 && sparse != 0) {
    writeEmpty(sparse);
    sparseToDense(sparse, EMPTY_BYTES, dense);
    result = testRegisters(dense + HEADER_BYTES, expected);
    if (result == PASSED) {
      sparseToDense(sparse, EMPTY_BYTES, dense);
      result = testElements(dense, expected, bytesMax);
    }
  }
  free(dense);
  free(expected);
  free(editData);
  return result;
}
