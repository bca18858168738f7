/** Values of type zset: what values of every type have to offer (types/value.ts). */
import { free, usableSize } from "../../base/memory";
import { ENCODING_LISTPACK } from "../../keyspace/entry";
import { undoResume, undoSuspend } from "../../keyspace/undo";
import { lpCopy } from "../listpack";
import { largeFrom } from "./edit";
import { largeFreeSome, largeLength, largeUsage } from "./large";
import { smallLength } from "./small";

/** Elements of the value. */
export function zsetLength(encoding: u32, ptr: u32): u32 {
  return encoding == ENCODING_LISTPACK ? smallLength(ptr) : largeLength(ptr);
}

/** Bytes of all blocks of the value. */
export function zsetUsage(encoding: u32, ptr: u32): f64 {
  return encoding == ENCODING_LISTPACK
    ? <f64>usableSize(ptr)
    : largeUsage(ptr);
}

/** A deep copy; 0 when out of memory. */
export function zsetCopy(encoding: u32, ptr: u32): u32 {
  const wasOpen = undoSuspend();
  const copy = encoding == ENCODING_LISTPACK
    ? lpCopy(ptr)
    : largeFrom(encoding, ptr, largeLength(ptr));
  undoResume(wasOpen);
  return copy;
}

/** Frees about `limit` elements; true while more remain. */
export function zsetFreeSome(encoding: u32, ptr: u32, limit: u32): bool {
  if (encoding != ENCODING_LISTPACK) return largeFreeSome(ptr, limit);
  free(ptr);
  return false;
}
