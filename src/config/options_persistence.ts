import { INT_MAX, LONG_MAX } from "./numbers.ts";
import { bool, number, oneOf, string } from "./option_types.ts";

function isBaseName(path: string): boolean {
  return !path.includes("/") && !path.includes("\\");
}

function checkDbFilename(name: string): string | null {
  return isBaseName(name)
    ? null
    : "dbfilename can't be a path, just a filename";
}

function checkAppendFilename(name: string): string | null {
  if (name === "") return "appendfilename can't be empty";
  return isBaseName(name)
    ? null
    : "appendfilename can't be a path, just a filename";
}

function checkAppendDirname(name: string): string | null {
  if (name === "") return "appenddirname can't be empty";
  return isBaseName(name)
    ? null
    : "appenddirname can't be a path, just a dirname";
}

const RDB = { waitsFor: "rdb" } as const;
const AOF = { waitsFor: "aof" } as const;

/** Storage engine, RDB and AOF. */
export const PERSISTENCE_OPTIONS = [
  oneOf(
    "storage-engine",
    "memory",
    ["memory", "lsm"],
    "Where the data lives: in memory only, or in an LSM tree on disk.",
    {
      isImmutable: true,
      since: "aikv",
      refused: {
        lsm: "this version of AiKv has only the storage engine 'memory'",
      },
    },
  ),
  string("dbfilename", "dump.rdb", "Name of the RDB file, in dir.", {
    form: "path",
    isProtected: true,
    validate: checkDbFilename,
    ...RDB,
  }),
  bool("rdbcompression", true, "Compress strings in the RDB file.", RDB),
  bool("rdbchecksum", true, "Write and check the RDB file's CRC64.", {
    isImmutable: true,
    ...RDB,
  }),
  bool(
    "rdb-del-sync-files",
    false,
    "Delete RDB files that only served replication.",
    { waitsFor: "replication" },
  ),
  bool(
    "rdb-save-incremental-fsync",
    true,
    "Sync the RDB file while it is written.",
    RDB,
  ),
  bool(
    "stop-writes-on-bgsave-error",
    true,
    "Refuse writes after a background save has failed.",
    RDB,
  ),
  oneOf(
    "sanitize-dump-payload",
    "no",
    ["no", "yes", "clients"],
    "When RDB and RESTORE payloads are checked in depth.",
    RDB,
  ),
  bool("appendonly", false, "Keep an append-only file.", {
    isDeniedLoading: true,
    ...AOF,
  }),
  string("appendfilename", "appendonly.aof", "Base name of the AOF files.", {
    form: "path",
    isImmutable: true,
    validate: checkAppendFilename,
    ...AOF,
  }),
  string(
    "appenddirname",
    "appendonlydir",
    "Directory of the AOF files, in dir.",
    {
      form: "path",
      isImmutable: true,
      validate: checkAppendDirname,
      ...AOF,
    },
  ),
  oneOf(
    "appendfsync",
    "everysec",
    ["everysec", "always", "no"],
    "When the AOF is synced to the disk.",
    AOF,
  ),
  bool(
    "no-appendfsync-on-rewrite",
    false,
    "Do not sync the AOF while it is rewritten.",
    AOF,
  ),
  number(
    "auto-aof-rewrite-percentage",
    100n,
    [0n, INT_MAX],
    "Growth in percent after which the AOF is rewritten; 0 never.",
    AOF,
  ),
  number(
    "auto-aof-rewrite-min-size",
    64n << 20n,
    [0n, LONG_MAX],
    "Size below which the AOF is not rewritten.",
    { form: "memory", ...AOF },
  ),
  bool("aof-load-truncated", true, "Load an AOF whose end is missing.", AOF),
  bool("aof-use-rdb-preamble", true, "Begin a rewritten AOF with an RDB.", AOF),
  bool("aof-timestamp-enabled", false, "Write times into the AOF.", AOF),
  bool(
    "aof-rewrite-incremental-fsync",
    true,
    "Sync the AOF while it is rewritten.",
    AOF,
  ),
  bool(
    "aof-disable-auto-gc",
    false,
    "Keep AOF files that are no longer needed.",
    AOF,
  ),
] as const;
