/**
 * The ABI: every export of the core, flat. Numbers only; nothing throws.
 */
import { databasesInit } from "./keyspace/database";
import { emittedInit } from "./keyspace/dict";
import { effectsInit } from "./keyspace/effects_log";
import { touchedInit } from "./keyspace/touched";
import { undoInit } from "./keyspace/undo";

/** Sets the key space up; false when out of memory. After `memoryInit`. */
export function coreInit(databases: u32): bool {
  return databasesInit(databases) && emittedInit() && undoInit() &&
    touchedInit() && effectsInit();
}

export {
  alloc,
  blockBytes,
  free,
  memoryActive,
  memoryInit,
  memoryLimitPages,
  memoryPeak,
  memoryPeakReset,
  memoryReserved,
  memoryUsed,
  resize,
  usableSize,
} from "./base/memory";
export { memoryCheck } from "./base/_memory_check";
export { memoryCensus, memoryClasses } from "./base/census";
export { setHashSeed, siphash } from "./base/siphash";
export { crc16, keySlot } from "./base/crc16";
export { crc32c } from "./base/crc32c";
export { crc64 } from "./base/crc64";
export { globMatch } from "./base/glob";
export {
  bytesCompare,
  bytesCompareNoCase,
  bytesEqual,
  bytesEqualNoCase,
  bytesIndexOf,
} from "./base/bytes";
export {
  parsedI64,
  parsedU64,
  parseI64,
  parseU64,
  writeI64,
  writeU64,
} from "./base/number";
export { parsedF64, parseF64 } from "./base/float_parse";
export { writeF64 } from "./base/float_print";
export {
  lcsAEnd,
  lcsAStart,
  lcsBEnd,
  lcsBStart,
  lcsFree,
  lcsLength,
  lcsNextRange,
  lcsRun,
  lcsWrite,
} from "./base/lcs";
export {
  argLength,
  argPtr,
  frameAppend,
  frameClear,
  frameCount,
  frameDepth,
  framePop,
  framePush,
  frameReplace,
  frameTrim,
} from "./resp/frame";
export { frameLoad, frameSave, frameSavedBytes } from "./resp/saved_frame";
export {
  parse,
  parseConsumed,
  parseError,
  parseErrorByte,
  parseNeeded,
  parserReset,
  parserSetFlags,
  parserSetLimits,
} from "./resp/parser";
export {
  outputAppend,
  outputCapacity,
  outputClear,
  outputConsume,
  outputFlags,
  outputFree,
  outputGive,
  outputLength,
  outputNew,
  outputSelect,
  outputSend,
  outputSelected,
  outputSetLimit,
  outputStart,
  outputTake,
  outputTakenLength,
  outputTakenStart,
  outputTrim,
  outputTruncate,
} from "./resp/output";
export {
  replyArray,
  replyAttribute,
  replyBigNumber,
  replyBoolean,
  replyBulk,
  replyBulkError,
  replyBulkHeader,
  replyBulkI64,
  replyCrlf,
  replyDeferred,
  replyDeferredArray,
  replyDeferredMap,
  replyDeferredPush,
  replyDeferredSet,
  replyDouble,
  replyError,
  replyInteger,
  replyIntegerF64,
  replyMap,
  replyNull,
  replyNullArray,
  replyOk,
  replyPong,
  replyProtocol,
  replyPush,
  replyQueued,
  replySet,
  replySetProtocol,
  replySimple,
  replyStreamArray,
  replyStreamChunk,
  replyStreamEnd,
  replyStreamMap,
  replyStreamSet,
  replyStreamString,
  replyStreamStringEnd,
  replyVerbatim,
} from "./resp/reply";
export { replyProtocolError } from "./resp/protocol_error";
export {
  frequency,
  idleSeconds,
  setAccessPolicy,
  setClock,
  setNoTouch,
} from "./keyspace/clock";
export { random32, randomSeed } from "./keyspace/random";
export {
  databaseExpiresOverhead,
  databaseFlush,
  databaseKeys,
  databaseOverhead,
  databaseResizeStep,
  databaseSwap,
  databaseVolatileKeys,
  databaseDict,
  retiredCount,
  retiredFree,
} from "./keyspace/database";
export {
  dictBuckets,
  dictChains,
  dictCount,
  dictLeavingBytes,
  dictResizing,
  emittedAt,
  emittedTotal,
  emittedWasLost,
} from "./keyspace/dict";
export {
  entryEncoding,
  entryFlags,
  entryKey,
  entryKeyLength,
  entryLru,
  entrySetLru,
  entryType,
  entryUsage,
} from "./keyspace/entry";
export {
  copyEntry,
  countLookup,
  deleteEntry,
  deleteKey,
  dropEntry,
  expireBatch,
  expiryOf,
  find,
  hitsCount,
  isExpired,
  lookup,
  missesCount,
  moveEntry,
  nextExpired,
  nextExpiry,
  removeExpiry,
  setExpiry,
  statsReset,
} from "./keyspace/keyspace";
export {
  expirySample,
  expirySampleLive,
  expirySampleStale,
} from "./keyspace/expiry_sample";
export { databasesCheck, dictCheck, expiresCheck } from "./keyspace/check";
export { evictDb, evictPick, evictReset } from "./keyspace/evict";
export {
  dirtyAdd,
  dirtyCount,
  touchedData,
  touchedLength,
  touchedListen,
  touchedLost,
  touchedReset,
} from "./keyspace/touched";
export {
  undoBegin,
  undoCommit,
  undoIsOpen,
  undoMark,
  undoRollback,
} from "./keyspace/undo";
export {
  effectArgument,
  effectBegin,
  effectEnd,
  effectFrame,
  effectsData,
  effectsFailed,
  effectsLength,
  effectsRecord,
  effectsReset,
  effectsTruncate,
} from "./keyspace/effects_log";
export {
  stringAdd,
  stringInt,
  stringLength,
  stringSet,
  stringSetExpiring,
  stringSetText,
  stringView,
  stringViewLength,
  stringViewPtr,
} from "./types/string";
export {
  stringAppend,
  stringSetPadded,
  stringSetRange,
} from "./types/string_edit";
export { nameAdd, nameContainer, nameFind } from "./commands/names";
export {
  laneCallsOf,
  laneInput,
  laneLimits,
  laneMode,
  laneNext,
  laneReport,
  laneReset,
  laneTurn,
} from "./commands/lane";
export { keysReply, scanFilter, scanReply, scanRun } from "./commands/keys";
export { stringReply, stringSumReply } from "./commands/strings";
export { dictFind, dictFree, dictNew, dictScan, elementAdd, elementRemoveFound } from "./keyspace/dict";
export { collectionNew, collectionStore } from "./keyspace/collection";
export { valueLength } from "./types/value";
export { valuePtr } from "./keyspace/entry";
export { undoReserve } from "./keyspace/undo";
export {
  lpAppend,
  lpAppendInt,
  lpBytes,
  lpCount,
  lpDelete,
  lpDeleteRange,
  lpFind,
  lpFirst,
  lpFree,
  lpInsertAfter,
  lpInsertBefore,
  lpLast,
  lpNew,
  lpNext,
  lpPrepend,
  lpPrev,
  lpReplace,
  lpSeek,
  lpValidate,
  lpView,
  lpViewLength,
  lpViewPtr,
} from "./types/listpack";
export { dictRandom } from "./keyspace/dict_random";
export {
  setAddArguments,
  setCard,
  setHas,
  setRemove,
  setRemoveArguments,
} from "./types/set/set";
export { setLimits } from "./types/set/member";
export {
  setEachBegin,
  setEachNext,
  setMemberLength,
  setMemberPtr,
} from "./types/set/each";
export {
  setPopReply,
  setRandom,
  setRandomDistinctReply,
  setRandomReply,
} from "./types/set/random";
export {
  setDiffReply,
  setDiffStore,
  setInterCount,
  setInterReply,
  setInterStore,
  setOperand,
  setOperandsReset,
  setUnionReply,
  setUnionStore,
} from "./types/set/algebra";
export {
  setHasReply,
  setMembersReply,
  setScanReply,
  setScanRun,
} from "./commands/sets";
export {
  sortAdd,
  sortCount,
  sortEnd,
  sortKeep,
  sortKey,
  sortKeyLength,
  sortLength,
  sortPtr,
  sortRun,
  sortScore,
  sortScores,
  sortWeigh,
  sortWeighFailed,
  sortWeight,
} from "./commands/sort";
export { sortLoad } from "./commands/sort_elements";
export {
  bitmapCount,
  bitmapFind,
  bitmapOp,
  bitmapSet,
} from "./types/bitmap";
export {
  bitfieldAdd,
  bitfieldGet,
  bitfieldResult,
  bitfieldRoom,
  bitfieldSet,
} from "./types/bitfield";
export { stringRoom } from "./types/string_edit";
export {
  hllAdd,
  hllCheck,
  hllCount,
  hllCountReply,
  hllRegistersReply,
  hllToDense,
  hllUnionAdd,
  hllUnionBegin,
  hllUnionReply,
  hllUnionStore,
} from "./commands/hyperloglog";
export {
  hllSelfTest,
  hllSelfTestDetail,
} from "./commands/hyperloglog_selftest";
export { lzfCompress, lzfDecompress } from "./base/lzf";
export {
  listCreate,
  listDrop,
  listHeld,
  listHeldLength,
  listHold,
  listInsert,
  listLengthOf,
  listPush,
  listRelease,
  listRemove,
  listSet,
  listTrim,
} from "./types/list/list";
export {
  listDataBytes,
  listDepthOf,
  listFillOf,
  listNodesOf,
  listSavedBytes,
  listWalk,
  listWalkEnd,
  listWalkLength,
  listWalkNext,
  listWalkPtr,
} from "./types/list/figures";
export { listCheck } from "./types/list/check";
export { listConfigure, listSetLarge } from "./types/list/limits";
export { listPositionsReply, listReply } from "./commands/lists";
export {
  hashAdd,
  hashAllowExpiry,
  hashCount,
  hashDropField,
  hashExpireField,
  hashFieldExpiry,
  hashFind,
  hashFoundView,
  hashLimits,
  hashPersistField,
  hashSet,
  hashTake,
  hashValueLength,
  hashValuePtr,
} from "./types/hash/hash";
export { hashDropDue, hashDueField } from "./types/hash/due";
export {
  hashNameLength,
  hashNamePtr,
  hashEachName,
  hashEachNext,
  hashEachBegin,
  hashEachValue,
  hashEachWhen,
} from "./types/hash/each";
export {
  hashAllReply,
  hashDeleteArguments,
  hashGetArguments,
  hashGetReply,
  hashRandomDistinct,
  hashRandomMany,
  hashRandomReply,
  hashScanReply,
  hashScanRun,
  hashSetArguments,
  hashSetMayFail,
  hashSumReply,
} from "./commands/hashes";
export { fieldExpiresCount, fieldExpiresNext } from "./keyspace/field_expires";
export {
  streamBoundParse,
  streamIdClearStart,
  streamIdIsBelowStart,
  streamIdIsMax,
  streamIdIsZero,
  streamIdParse,
  streamIdParseLax,
  streamIdParseNew,
  streamIdReply,
  streamIdText,
} from "./commands/stream_ids";
export {
  streamHasAfter,
  streamIdBeforeLast,
  streamIdLast,
  streamRangeAfter,
  streamRangeAll,
  streamRangeReply,
} from "./commands/stream_reply";
export {
  streamAdd,
  streamCount,
  streamCreate,
  streamDeleteIds,
  streamIdFirst,
  streamIdsValid,
  streamSetId,
  streamTouched,
  streamTrimTo,
} from "./commands/stream_write";
export {
  streamAck,
  streamConsumerCreate,
  streamConsumerFind,
  streamConsumerIsNew,
  streamConsumerRemove,
  streamGroupCreate,
  streamGroupFind,
  streamGroupHasNew,
  streamGroupRead,
  streamGroupRemove,
  streamGroupSetId,
} from "./commands/stream_groups";
export {
  streamAutoClaim,
  streamClaim,
  streamClaimantIsNew,
  streamPendingRange,
  streamPendingSummary,
} from "./commands/stream_claim";
export {
  streamDigestLength,
  streamDigestNext,
  streamDigestPtr,
  streamDigestStart,
  streamInfo,
  streamInfoConsumers,
  streamInfoFull,
  streamInfoGroups,
} from "./commands/stream_info";
export { streamLimits } from "./types/stream/node";
export { fieldExpiresCheck, hashCheck } from "./types/hash/check";
export {
  zsetAdd,
  zsetAddedEntry,
  zsetCount,
  zsetFind,
  zsetFoundScore,
  zsetLimits,
  zsetRemove,
  zsetRemoveRange,
} from "./types/zset/edit";
export {
  lexParse,
  zsetBefore,
  zsetLexRange,
  zsetRangeCount,
  zsetRangeStart,
  zsetRank,
} from "./types/zset/range";
export {
  boundIsExclusive,
  boundParse,
  boundScore,
} from "./types/zset/score";
export {
  combineAdd,
  combineCommon,
  combineFree,
  combineLength,
  combineReset,
  combineRun,
  combineStore,
} from "./types/zset/combine";
export { zsetCheck } from "./types/zset/check";
export { inputAccepts } from "./types/zset/input";
export { zsetStoreRange } from "./types/zset/store";
export {
  walkElementScore,
  walkFrom,
  walkMemberLength,
  walkMemberPtr,
  walkNext,
} from "./types/zset/walk";
export {
  combineReply,
  zaddAdded,
  zaddProcessed,
  zaddRun,
  zaddScore,
  zaddScores,
  zaddUpdated,
  zrangeReply,
  zremRun,
  zscanReply,
  zscanRun,
  zscoreReply,
} from "./commands/zsets";
export {
  geoDecode,
  geoDistance,
  geoEncode,
  geoIsValid,
  geoLatitude,
  geoLongitude,
  geoStandardDigit,
} from "./types/geo/hash";
export {
  geoResultCount,
  geoResultDistance,
  geoResultReply,
  geoResultScore,
  geoSearch,
  geoStoreAdd,
  geoStoreBegin,
  geoStoreEnd,
} from "./types/geo/search";
export { streamCheck } from "./types/stream/check";
