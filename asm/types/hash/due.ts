/** Fields past their time, the soonest first. */
import { nowMs } from "../../keyspace/clock";
import {
  ENCODING_HASHTABLE,
  entryEncoding,
  valuePtr,
} from "../../keyspace/entry";
import { lpFirst } from "../listpack";
import { heapField } from "./expiries";
import { hashDropField } from "./hash";
import { hashNextExpiry } from "./mod";
import { nameLength, nameText, viewName } from "./each";

/** Whether the hash has a field past its time; its name is under view then. */
export function hashDueField(entry: u32): bool {
  const encoding = entryEncoding(entry);
  const value = valuePtr(entry);
  const whenMs = hashNextExpiry(encoding, value);
  if (whenMs == 0 || whenMs >= nowMs) return false;
  const at = encoding == ENCODING_HASHTABLE
    ? heapField(value, 0)
    : lpFirst(value);
  viewName(encoding, at);
  return true;
}

/** Removes up to `limit` fields past their time, without telling anyone; returns how many. */
export function hashDropDue(db: u32, entry: u32, limit: u32): u32 {
  let dropped: u32 = 0;
  while (dropped < limit && hashDueField(entry)) {
    if (!hashDropField(db, entry, nameText, nameLength)) break;
    dropped++;
  }
  return dropped;
}
