/**
 * The one list of all commands. Nothing registers itself: a command that is
 * not named here does not exist. Sorted by name.
 */

import { CommandTable } from "./entries.ts";
import type { CommandSpec } from "./spec.ts";
import { psetex, set, setex, setnx } from "./string/set.ts";
import { get, getdel, getex, getset } from "./string/get.ts";
import { decr, decrby, incr, incrby, incrbyfloat } from "./string/incr.ts";
import { append, getrange, setrange, strlen, substr } from "./string/range.ts";
import { mget, mset, msetnx } from "./string/multi.ts";
import { lcs } from "./string/lcs.ts";
import { bitcount, bitpos, getbit, setbit } from "./bitmap/bits.ts";
import { bitfield, bitfieldRo } from "./bitmap/bitfield.ts";
import { bitop } from "./bitmap/bitop.ts";
import { pfadd, pfcount, pfmerge } from "./hyperloglog/hyperloglog.ts";
import { pfdebug, pfselftest } from "./hyperloglog/debug.ts";
import { lpush, lpushx, rpush, rpushx } from "./list/push.ts";
import { lmpop, lpop, rpop } from "./list/pop.ts";
import { blmpop, blpop, brpop } from "./list/block.ts";
import { blmove, brpoplpush, lmove, rpoplpush } from "./list/move.ts";
import { lindex, llen, lrange, ltrim } from "./list/range.ts";
import { linsert, lrem, lset } from "./list/edit.ts";
import { lpos } from "./list/position.ts";
import {
  expire,
  expireat,
  persist,
  pexpire,
  pexpireat,
} from "./keys/expire.ts";
import { expiretime, pexpiretime, pttl, ttl } from "./keys/ttl.ts";
import { del, exists, touch, unlink } from "./keys/del.ts";
import { rename, renamenx } from "./keys/rename.ts";
import { keys, randomkey, scan } from "./keys/scan.ts";
import { object } from "./keys/object.ts";
import { copy, move } from "./keys/copy.ts";
import { type } from "./keys/type.ts";
import { hdel, hmset, hset, hsetnx } from "./hash/set.ts";
import {
  hexists,
  hget,
  hgetall,
  hkeys,
  hlen,
  hmget,
  hstrlen,
  hvals,
} from "./hash/get.ts";
import { hincrby, hincrbyfloat } from "./hash/incr.ts";
import { hrandfield } from "./hash/random.ts";
import { hscan } from "./hash/scan.ts";
import {
  hexpire,
  hexpireat,
  hpersist,
  hpexpire,
  hpexpireat,
} from "./hash/expire.ts";
import { hexpiretime, hpexpiretime, hpttl, httl } from "./hash/ttl.ts";
import { info } from "./server/info.ts";
import { config } from "./server/config.ts";
import { slowlog } from "./server/slowlog.ts";
import { latency } from "./server/latency.ts";
import { memory } from "./server/memory.ts";
import { debug } from "./server/debug.ts";
import { monitor } from "./server/monitor.ts";
import { dbsize, flushall, flushdb, swapdb } from "./server/flush.ts";
import { command } from "./server/command.ts";
import { shutdown } from "./server/shutdown.ts";
import { acl } from "./acl/acl.ts";
import { lastsave, lolwut, role, time } from "./server/misc.ts";
import { auth, hello, quit, reset } from "./connection/auth.ts";
import { echo, ping, select } from "./connection/ping.ts";
import { publish, spublish } from "./pubsub/publish.ts";
import { pubsub } from "./pubsub/pubsub.ts";
import {
  psubscribe,
  punsubscribe,
  ssubscribe,
  subscribe,
  sunsubscribe,
  unsubscribe,
} from "./pubsub/subscribe.ts";
import { client } from "./connection/client.ts";
import { xadd, xtrim } from "./stream/add.ts";
import { xautoclaim, xclaim } from "./stream/claim.ts";
import { xdel, xsetid } from "./stream/edit.ts";
import { xgroup } from "./stream/group.ts";
import { xinfo } from "./stream/info.ts";
import { xack, xpending } from "./stream/pending.ts";
import { xlen, xrange, xrevrange } from "./stream/range.ts";
import { xread, xreadgroup } from "./stream/read.ts";
import { discard, exec, multi } from "./transactions/multi.ts";
import { unwatch, watch } from "./transactions/watch.ts";
import {
  sadd,
  scard,
  sismember,
  smembers,
  smismember,
  smove,
  srem,
} from "./set/members.ts";
import { spop, srandmember } from "./set/random.ts";
import {
  sdiff,
  sdiffstore,
  sinter,
  sintercard,
  sinterstore,
  sunion,
  sunionstore,
} from "./set/algebra.ts";
import { sscan } from "./set/scan.ts";
import { sort, sortRo } from "./keys/sort.ts";
import { geoadd } from "./geo/add.ts";
import {
  georadius,
  georadiusbymember,
  georadiusbymemberRo,
  georadiusRo,
} from "./geo/radius.ts";
import { geodist, geohash, geopos } from "./geo/read.ts";
import { geosearch, geosearchstore } from "./geo/search.ts";
import { zadd, zincrby } from "./zset/add.ts";
import {
  zdiff,
  zdiffstore,
  zinter,
  zintercard,
  zinterstore,
  zunion,
  zunionstore,
} from "./zset/combine.ts";
import {
  bzmpop,
  bzpopmax,
  bzpopmin,
  zmpop,
  zpopmax,
  zpopmin,
} from "./zset/pop.ts";
import { zrandmember, zscan } from "./zset/random.ts";
import {
  zrange,
  zrangebylex,
  zrangebyscore,
  zrangestore,
  zrevrange,
  zrevrangebylex,
  zrevrangebyscore,
} from "./zset/range.ts";
import {
  zcard,
  zcount,
  zlexcount,
  zmscore,
  zrank,
  zrevrank,
  zscore,
} from "./zset/read.ts";
import {
  zrem,
  zremrangebylex,
  zremrangebyrank,
  zremrangebyscore,
} from "./zset/remove.ts";

/** Every top-level command, sorted by name; containers carry their subcommands. */
export const COMMANDS: readonly CommandSpec[] = [
  acl,
  append,
  auth,
  bitcount,
  bitfield,
  bitfieldRo,
  bitop,
  bitpos,
  blmove,
  blmpop,
  blpop,
  brpop,
  brpoplpush,
  bzmpop,
  bzpopmax,
  bzpopmin,
  client,
  command,
  config,
  copy,
  dbsize,
  debug,
  decr,
  decrby,
  del,
  discard,
  echo,
  exec,
  exists,
  expire,
  expireat,
  expiretime,
  flushall,
  flushdb,
  geoadd,
  geodist,
  geohash,
  geopos,
  georadius,
  georadiusRo,
  georadiusbymember,
  georadiusbymemberRo,
  geosearch,
  geosearchstore,
  get,
  getbit,
  getdel,
  getex,
  getrange,
  getset,
  hdel,
  hello,
  hexists,
  hexpire,
  hexpireat,
  hexpiretime,
  hget,
  hgetall,
  hincrby,
  hincrbyfloat,
  hkeys,
  hlen,
  hmget,
  hmset,
  hpersist,
  hpexpire,
  hpexpireat,
  hpexpiretime,
  hpttl,
  hrandfield,
  hscan,
  hset,
  hsetnx,
  hstrlen,
  httl,
  hvals,
  incr,
  incrby,
  incrbyfloat,
  info,
  keys,
  lastsave,
  latency,
  lcs,
  lindex,
  linsert,
  llen,
  lmove,
  lmpop,
  lolwut,
  lpop,
  lpos,
  lpush,
  lpushx,
  lrange,
  lrem,
  lset,
  ltrim,
  memory,
  mget,
  monitor,
  move,
  mset,
  msetnx,
  multi,
  object,
  persist,
  pexpire,
  pexpireat,
  pexpiretime,
  pfadd,
  pfcount,
  pfdebug,
  pfmerge,
  pfselftest,
  ping,
  psetex,
  psubscribe,
  pttl,
  publish,
  pubsub,
  punsubscribe,
  quit,
  randomkey,
  rename,
  renamenx,
  reset,
  role,
  rpop,
  rpoplpush,
  rpush,
  rpushx,
  sadd,
  scan,
  scard,
  sdiff,
  sdiffstore,
  select,
  set,
  setbit,
  setex,
  setnx,
  setrange,
  shutdown,
  sinter,
  sintercard,
  sinterstore,
  sismember,
  slowlog,
  smembers,
  smismember,
  smove,
  sort,
  sortRo,
  spop,
  spublish,
  srandmember,
  srem,
  sscan,
  ssubscribe,
  strlen,
  subscribe,
  substr,
  sunion,
  sunionstore,
  sunsubscribe,
  swapdb,
  time,
  touch,
  ttl,
  type,
  unlink,
  unsubscribe,
  unwatch,
  watch,
  xack,
  xadd,
  xautoclaim,
  xclaim,
  xdel,
  xgroup,
  xinfo,
  xlen,
  xpending,
  xrange,
  xread,
  xreadgroup,
  xrevrange,
  xsetid,
  xtrim,
  zadd,
  zcard,
  zcount,
  zdiff,
  zdiffstore,
  zincrby,
  zinter,
  zintercard,
  zinterstore,
  zlexcount,
  zmpop,
  zmscore,
  zpopmax,
  zpopmin,
  zrandmember,
  zrange,
  zrangebylex,
  zrangebyscore,
  zrangestore,
  zrank,
  zrem,
  zremrangebylex,
  zremrangebyrank,
  zremrangebyscore,
  zrevrange,
  zrevrangebylex,
  zrevrangebyscore,
  zrevrank,
  zscan,
  zscore,
  zunion,
  zunionstore,
];

/** The commands with everything derived from their specs. */
export const COMMAND_TABLE: CommandTable = new CommandTable(COMMANDS);
