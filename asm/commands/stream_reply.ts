/** Replies of entries of a stream, in one call a stream. */
import {
  cursorLast,
  cursorNext,
  cursorStart,
  entryFields,
  entryMs,
  entrySeq,
  fieldName,
  fieldNext,
  fieldsStart,
  fieldValue,
} from "../types/stream/cursor";
import { STREAM_LAST } from "../types/stream/layout";
import { lengthOf } from "../types/stream/stream";
import { lpLength, lpPtr, lpView } from "../types/listpack";
import {
  replyArray,
  replyBulk,
  replyDeferred,
  replyDeferredArray,
} from "../resp/reply";
import { END, ID, idDecrement, idSet, replyId, START } from "./stream_ids";

/** Replies the entry the cursor is at: its ID, and its fields and values. */
export function replyEntry(): void {
  replyArray(2);
  replyId(entryMs, entrySeq);
  const fields = entryFields;
  replyArray(fields << 1);
  if (fields == 0) return;
  fieldsStart();
  for (let i: u32 = 0;;) {
    lpView(fieldName());
    replyBulk(lpPtr, lpLength);
    lpView(fieldValue());
    replyBulk(lpPtr, lpLength);
    if (++i == fields) return;
    fieldNext();
  }
}

/** Replies an array of at most `count` entries (0: all) from START to END. */
export function streamRangeReply(
  stream: u32,
  count: f64,
  reverse: bool,
): void {
  const header = replyDeferred();
  cursorStart(
    stream,
    load<u64>(START),
    load<u64>(START, 8),
    load<u64>(END),
    load<u64>(END, 8),
    reverse,
  );
  let entries: u32 = 0;
  while (cursorNext()) {
    replyEntry();
    entries++;
    if (count != 0 && <f64>entries >= count) break;
  }
  replyDeferredArray(header, entries);
}

/** START and END span everything. */
export function streamRangeAll(): void {
  idSet(START, 0, 0);
  idSet(END, u64.MAX_VALUE, u64.MAX_VALUE);
}

/** START and END span what comes behind the ID register. */
export function streamRangeAfter(): void {
  const seq = load<u64>(ID, 8) + 1;
  idSet(START, seq == 0 ? load<u64>(ID) + 1 : load<u64>(ID), seq);
  idSet(END, u64.MAX_VALUE, u64.MAX_VALUE);
}

/** Whether the stream has an entry above the ID at an address. */
export function hasAfter(stream: u32, id: u32): bool {
  if (lengthOf(stream) == 0 || !cursorLast(stream)) return false;
  const ms = load<u64>(id);
  return entryMs > ms || entryMs == ms && entrySeq > load<u64>(id, 8);
}

/** Whether the stream has an entry above the ID register. */
export function streamHasAfter(stream: u32): bool {
  return hasAfter(stream, ID);
}

/** The ID register holds the last ID of the stream (0: no stream). */
export function streamIdLast(stream: u32): void {
  if (stream == 0) idSet(ID, 0, 0);
  else idSet(ID, load<u64>(stream + STREAM_LAST), load<u64>(stream + STREAM_LAST, 8));
}

/** The ID register holds what comes before the last entry (0: no stream). */
export function streamIdBeforeLast(stream: u32): void {
  idSet(ID, 0, 0);
  if (stream == 0 || lengthOf(stream) == 0 || !cursorLast(stream)) return;
  idSet(ID, entryMs, entrySeq);
  idDecrement(ID);
}
