/**
 * What reading and claiming in a group amounts to, as Redis propagates it. The
 * commands that call these suppress their own effect.
 */
import { writeI64 } from "../base/number";
import {
  effectArgument,
  effectBegin,
  effectEnd,
  effectsRecording,
} from "../keyspace/effects_log";
import { argLength, argPtr } from "../resp/frame";
import { thingMs, thingSeq } from "../types/stream/id_tree";
import {
  GROUP_LAST,
  GROUP_READ,
  PENDING_DELIVERIES,
  PENDING_TIME,
} from "../types/stream/layout";
import {
  nameLength,
  namePtr,
  pendingConsumer,
} from "../types/stream/groups";
import { idWrite } from "./stream_ids";

const TEXT: u32 = <u32>memory.data(48, 16);

/** A literal, ASCII only: static data of the module, nothing is allocated. */
function word(text: string): void {
  const length = <u32>text.length;
  const source = <u32>changetype<usize>(text);
  for (let i: u32 = 0; i < length; i++) {
    store<u8>(TEXT + i, load<u8>(source + (i << 1)));
  }
  effectArgument(TEXT, length);
}

function integer(value: i64): void {
  effectArgument(TEXT, writeI64(TEXT, value));
}

function argument(index: u32): void {
  effectArgument(argPtr(index), argLength(index));
}

function id(at: u32): void {
  effectArgument(TEXT, idWrite(TEXT, load<u64>(at), load<u64>(at, 8)));
}

/**
 * The entry is pending as it is now: XCLAIM. `idArgument` is the argument that
 * holds its ID as the client wrote it, 0 if none does.
 */
export function effectClaim(
  db: u32,
  keyArgument: u32,
  groupArgument: u32,
  group: u32,
  pending: u32,
  idArgument: u32,
): void {
  if (!effectsRecording()) return;
  const consumer = pendingConsumer(pending);
  effectBegin(db, 14);
  word("XCLAIM");
  argument(keyArgument);
  argument(groupArgument);
  effectArgument(namePtr(consumer), nameLength(consumer));
  word("0");
  if (idArgument != 0) argument(idArgument);
  else {
    const length = idWrite(TEXT, thingMs(pending), thingSeq(pending));
    effectArgument(TEXT, length);
  }
  word("TIME");
  integer(load<i64>(pending, PENDING_TIME));
  word("RETRYCOUNT");
  integer(load<i64>(pending, PENDING_DELIVERIES));
  word("FORCE");
  word("JUSTID");
  word("LASTID");
  id(group + GROUP_LAST);
  effectEnd();
}

/** The group has read as far as it has now: XGROUP SETID. */
export function effectGroupId(
  db: u32,
  keyArgument: u32,
  groupArgument: u32,
  group: u32,
): void {
  if (!effectsRecording()) return;
  effectBegin(db, 7);
  word("XGROUP");
  word("SETID");
  argument(keyArgument);
  argument(groupArgument);
  id(group + GROUP_LAST);
  word("ENTRIESREAD");
  integer(load<i64>(group, GROUP_READ));
  effectEnd();
}

/** A consumer is new that nothing is pending for: XGROUP CREATECONSUMER. */
export function effectConsumer(
  db: u32,
  keyArgument: u32,
  groupArgument: u32,
  consumer: u32,
): void {
  if (!effectsRecording()) return;
  effectBegin(db, 5);
  word("XGROUP");
  word("CREATECONSUMER");
  argument(keyArgument);
  argument(groupArgument);
  effectArgument(namePtr(consumer), nameLength(consumer));
  effectEnd();
}
