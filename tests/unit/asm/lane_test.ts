import assert from "node:assert/strict";
import { bytes } from "./_kernels.ts";
import { KeySpace } from "./_keyspace.ts";
import { encode, join } from "./resp/_harness.ts";

const READS = 1;
const WRITES = 2;
const NEED_MORE = -1;
const PROTOCOL_ERROR = -2;
const UNKNOWN = -4;
const OUTPUT_FULL = -5;

const NAMES = [
  ...["ping", "echo", "get", "set", "incr", "decr", "incrby", "mget", "mset"],
  ...["exists", "del", "strlen", "sadd", "sismember", "lpush", "rpush"],
  ...["lpop", "rpop", "llen", "hget", "hset"],
];
/** Id of a command without a kernel. */
const OTHER = 100;

/** A client whose commands go down the lane. */
class LaneSpace extends KeySpace {
  readonly #state: number;
  readonly #output: number;

  constructor(mode = READS | WRITES) {
    super();
    const { call } = this;
    NAMES.forEach((name, i) => {
      call.nameAdd(this.put(name), name.length, i, i + 1, 0);
    });
    call.nameAdd(this.put("other"), 5, OTHER, 0, 0);
    this.#state = this.alloc(32);
    this.view(this.#state, 32).fill(0);
    this.#output = call.outputNew();
    call.outputSelect(this.#output);
    call.replySetProtocol(2);
    call.laneMode(0, mode);
  }

  /** Puts bytes before the lane. */
  input(data: Uint8Array): void {
    this.call.laneInput(this.#state, this.put(data), data.length);
  }

  /** Calls, last kernel, whether only that one ran, unread bytes, their address. */
  report(): number[] {
    const bytes = this.view(this.call.laneReport(), 20).slice();
    return [...new Uint32Array(bytes.buffer)];
  }

  /** What has been replied since the last call. */
  replies(): string {
    const { call } = this;
    const length = call.outputLength(this.#output);
    const all = this.text(call.outputStart(this.#output), length);
    call.outputClear(this.#output);
    return all;
  }

  /** The reply to a command, or the id of the one that bailed. */
  run(...args: string[]): string | number {
    this.input(encode(...args));
    const result = this.call.laneNext();
    const reply = this.replies();
    if (result === NEED_MORE) return reply;
    assert.equal(reply, "", "a kernel that bails says nothing");
    return result;
  }
}

Deno.test("kernels reply as their handlers do", () => {
  const lane = new LaneSpace();
  const expected: [string[], string][] = [
    [["PING"], "+PONG\r\n"],
    [["ping", "hello"], "$5\r\nhello\r\n"],
    [["ECHO", ""], "$0\r\n\r\n"],
    [["GET", "k"], "$-1\r\n"],
    [["SET", "k", "v"], "+OK\r\n"],
    [["GET", "k"], "$1\r\nv\r\n"],
    [["STRLEN", "k"], ":1\r\n"],
    [["STRLEN", "absent"], ":0\r\n"],
    [["INCR", "n"], ":1\r\n"],
    [["DECR", "n"], ":0\r\n"],
    [["INCRBY", "n", "-7"], ":-7\r\n"],
    [["MSET", "a", "1", "b", "2", "a", "3"], "+OK\r\n"],
    [["MGET", "a", "absent", "b"], "*3\r\n$1\r\n3\r\n$-1\r\n$1\r\n2\r\n"],
    [["EXISTS", "a", "a", "absent", "b"], ":3\r\n"],
    [["DEL", "a", "a", "absent", "b"], ":2\r\n"],
    [["SADD", "s", "17"], ":1\r\n"],
    [["SADD", "s", "17"], ":0\r\n"],
    [["SADD", "s", "x"], ":1\r\n"],
    [["SISMEMBER", "s", "17"], ":1\r\n"],
    [["SISMEMBER", "s", "1"], ":0\r\n"],
    [["SISMEMBER", "absent", "x"], ":0\r\n"],
    [["RPUSH", "l", "a", "b"], ":2\r\n"],
    [["LPUSH", "l", "17"], ":3\r\n"],
    [["LLEN", "l"], ":3\r\n"],
    [["LPOP", "l"], "$2\r\n17\r\n"],
    [["RPOP", "l"], "$1\r\nb\r\n"],
    [["RPOP", "l"], "$1\r\na\r\n"],
    [["EXISTS", "l"], ":0\r\n"],
    [["LPOP", "l"], "$-1\r\n"],
    [["LLEN", "l"], ":0\r\n"],
    [["HSET", "h", "f", "17"], ":1\r\n"],
    [["HSET", "h", "f", "x"], ":0\r\n"],
    [["HSET", "h", "g", "17"], ":1\r\n"],
    [["HGET", "h", "f"], "$1\r\nx\r\n"],
    [["HGET", "h", "g"], "$2\r\n17\r\n"],
    [["HGET", "h", "absent"], "$-1\r\n"],
    [["HGET", "absent", "f"], "$-1\r\n"],
  ];
  for (const [args, reply] of expected) {
    assert.equal(lane.run(...args), reply, args.join(" "));
  }
  lane.check();
});

Deno.test("a kernel leaves to its handler what needs policy", () => {
  const lane = new LaneSpace();
  const id = (name: string) => NAMES.indexOf(name);
  lane.run("SET", "text", "abc");
  lane.run("SET", "max", "9223372036854775807");
  lane.run("SET", "past", "v");
  lane.expireAt(0, "past", 999_999);
  const bailing = [
    ...[["GET"], ["GET", "a", "b"], ["SET", "k"], ["SET", "k", "v", "NX"]],
    ...[["PING", "a", "b"], ["ECHO"], ["STRLEN"], ["MGET"], ["EXISTS"]],
    ...[["DEL"], ["MSET", "a"], ["MSET", "a", "1", "b"], ["MSET"]],
    ...[["INCR", "text"], ["INCR", "max"], ["DECR"], ["INCRBY", "n", "x"]],
    ...[["INCRBY", "n", "1.5"], ["INCRBY", "n", " 1"], ["INCRBY", "n"]],
    ...[["GET", "past"], ["SET", "past", "v"], ["DEL", "text", "past"]],
    ...[["MGET", "text", "past"], ["EXISTS", "past"], ["STRLEN", "past"]],
    ...[["INCR", "past"], ["MSET", "text", "1", "past", "2"]],
    ...[["SET", "k", "v".repeat(70_000)], ["SET", "k".repeat(70_000), "v"]],
    ...[["SADD", "text", "x"], ["SADD", "past", "x"], ["SADD", "s"]],
    ...[["SADD", "s", "a", "b"], ["SADD", "s", "v".repeat(70_000)]],
    ...[["SISMEMBER", "text", "x"], ["SISMEMBER", "past", "x"]],
    ...[["SISMEMBER", "text"], ["GET", "s", "x"]],
    ...[["LPUSH", "text", "x"], ["RPUSH", "past", "x"], ["RPUSH", "l"]],
    ...[["LPUSH", "l", "a", "v".repeat(70_000)], ["LPOP", "text"]],
    ...[["RPOP", "past"], ["LPOP", "l", "1"], ["LPOP"], ["LLEN", "text"]],
    ...[["LLEN", "past"], ["LLEN"]],
    ...[["HGET", "text", "f"], ["HGET", "past", "f"], ["HGET", "h"]],
    ...[["HGET", "h", "f", "g"], ["HSET", "text", "f", "v"], ["HSET", "h"]],
    ...[["HSET", "past", "f", "v"], ["HSET", "h", "f", "v".repeat(70_000)]],
    ...[["HSET", "h", "f", "v", "g"], ["HSET", "h", "f", "v", "g", "w"]],
  ];
  for (const args of bailing) {
    const name = args.join(" ").slice(0, 40);
    assert.equal(lane.run(...args), id(args[0].toLowerCase()), name);
    assert.equal(lane.call.frameCount(), args.length);
  }
  assert.equal(lane.getText(0, "text"), "abc");
  assert.equal(lane.getText(0, "max"), "9223372036854775807");
  assert.equal(lane.call.databaseKeys(0), 3, "nothing was changed");
});

Deno.test("HGET leaves a field past its time to its handler", () => {
  const lane = new LaneSpace();
  const { call } = lane;
  lane.run("HSET", "h", "f", "v");
  const entry = lane.entry(0, "h");
  assert.equal(call.hashAllowExpiry(entry), 1);
  const field = lane.put("f");
  assert.equal(
    call.hashExpireField(0, entry, field, 1, 1_000_005n, 0),
    1,
  );
  assert.equal(lane.run("HGET", "h", "f"), "$1\r\nv\r\n");
  call.setClock(1_000_006);
  assert.equal(lane.run("HGET", "h", "f"), NAMES.indexOf("hget"));
  assert.equal(call.hashCount(entry), 1);
});

Deno.test("a closed lane runs nothing, a half-open one only reads", () => {
  const closed = new LaneSpace(0);
  for (const name of NAMES) {
    assert.equal(closed.run(name, "k"), NAMES.indexOf(name));
  }
  const reading = new LaneSpace(READS);
  const writing = [
    ...["set", "incr", "decr", "incrby", "mset", "del", "sadd", "hset"],
  ];
  for (const name of writing) {
    const id = NAMES.indexOf(name);
    assert.equal(reading.run(name, "k", "1", "x").toString(), String(id), name);
    assert.equal(reading.run(name, "k"), id, name);
  }
  assert.equal(reading.run("GET", "k"), "$-1\r\n");
});

Deno.test("a pipeline runs until a command needs its handler", () => {
  const lane = new LaneSpace();
  const { call } = lane;
  lane.input(join([
    encode("SET", "a", "1"),
    encode("INCR", "a"),
    encode("OTHER", "x"),
    encode("GET", "a"),
    bytes("PING\r\n\r\n*0\r\n"),
    encode("NONSENSE"),
    encode("GET", "a"),
    bytes("*2\r\n$3\r\nGET\r\n$1"),
  ]));
  assert.equal(call.laneNext(), OTHER);
  assert.equal(lane.replies(), "+OK\r\n:2\r\n");
  assert.equal(call.laneNext(), UNKNOWN);
  assert.equal(lane.replies(), "$1\r\n2\r\n+PONG\r\n");
  assert.equal(call.laneNext(), NEED_MORE);
  assert.equal(lane.replies(), "$1\r\n2\r\n");
  const [calls, last, isOnlyLast, left, position] = lane.report();
  assert.equal(left, 15);
  assert.equal(lane.text(position, 4), "*2\r\n");
  assert.equal(calls, 5);
  assert.equal(call.laneCallsOf(3), 2, "GET ran twice");
  assert.equal(last, 3);
  assert.equal(isOnlyLast, 0);
  call.laneReset();
  assert.equal(lane.report()[0] + call.laneCallsOf(3), 0);
});

Deno.test("what is no protocol, and too much output, end the lane", () => {
  const lane = new LaneSpace();
  lane.input(bytes("*1\r\n+PING\r\n"));
  assert.equal(lane.call.laneNext(), PROTOCOL_ERROR);
  const full = new LaneSpace();
  full.call.laneLimits(20, 0);
  full.input(join(Array.from({ length: 10 }, () => encode("PING"))));
  assert.equal(full.call.laneNext(), OUTPUT_FULL);
  assert.equal(full.replies(), "+PONG\r\n".repeat(3));
  assert.equal(full.call.laneNext(), OUTPUT_FULL);
});

Deno.test("only what changed something is an effect", () => {
  const lane = new LaneSpace();
  const { call } = lane;
  call.effectsRecord(1);
  const effects = (...args: string[]) => {
    lane.run(...args);
    const length = call.effectsLength();
    const all = lane.text(call.effectsData(), length);
    call.effectsReset();
    return length === 0 ? "" : all.slice(8).replace(/\0+$/, "");
  };
  assert.equal(effects("GET", "k"), "");
  assert.equal(effects("DEL", "k"), "");
  const padding = (text: string) => text.slice(0, -1);
  for (
    const args of [["SET", "k", "1"], ["INCR", "k"], ["MSET", "a", "1"], [
      "DEL",
      "k",
      "a",
    ]]
  ) {
    const encoded = lane.text(
      lane.put(encode(...args)),
      encode(...args).length,
    );
    assert.ok(effects(...args).startsWith(padding(encoded)), args.join(" "));
  }
});

Deno.test("writes bail above maxmemory, and near the ceiling", () => {
  const lane = new LaneSpace();
  const { call } = lane;
  lane.run("SET", "k", "1");
  call.laneLimits(1_000_000, 1);
  assert.equal(lane.run("SET", "k", "2"), NAMES.indexOf("set"));
  assert.equal(lane.run("INCR", "k"), NAMES.indexOf("incr"));
  assert.equal(lane.run("GET", "k"), "$1\r\n1\r\n");
  assert.equal(lane.run("DEL", "absent"), ":0\r\n", "deleting needs none");
  call.laneLimits(1_000_000, 0);
  const pages = () => call.memoryReserved() / 65536;
  call.memoryLimitPages(pages() + 1_000);
  assert.equal(lane.run("SET", "k", "2"), NAMES.indexOf("set"));
  call.memoryLimitPages(pages() + 1_200);
  assert.equal(lane.run("SET", "k", "2"), "+OK\r\n");
  const ballast = call.alloc(1_000 * 65_536);
  assert.equal(lane.run("SET", "k", "3"), NAMES.indexOf("set"));
  call.free(ballast);
  assert.equal(lane.run("SET", "k", "3"), "+OK\r\n", "freed pages count");
});

Deno.test("only real accesses renew the access time", () => {
  const lane = new LaneSpace();
  const { call } = lane;
  lane.run("SET", "k", "1");
  const entry = lane.entry(0, "k");
  call.setClock(1_060_000);
  lane.run("EXISTS", "k");
  assert.equal(call.idleSeconds(entry), 60, "EXISTS is no access");
  for (const args of [["GET", "k"], ["STRLEN", "k"], ["MGET", "k"]]) {
    call.entrySetLru(entry, 0);
    lane.run(...args);
    assert.equal(call.idleSeconds(entry), 0, args[0]);
  }
});

Deno.test("a long pipeline sees its own changes to a few keys", () => {
  const lane = new LaneSpace();
  const commands: string[][] = [];
  for (let i = 0; i < 400; i++) {
    const key = `k${i % 7}`;
    commands.push(["SET", key, `${i}`], ["GET", key], ["DEL", key], [
      "GET",
      key,
    ]);
    commands.push(["INCR", `grow:${i}`], ["GET", `grow:${i}`]);
  }
  lane.input(join(commands.map((args) => encode(...args))));
  assert.equal(lane.call.laneNext(), NEED_MORE);
  let expected = "";
  for (let i = 0; i < 400; i++) {
    const value = String(i);
    expected += `+OK\r\n$${value.length}\r\n${value}\r\n:1\r\n$-1\r\n`;
    expected += ":1\r\n$1\r\n1\r\n";
  }
  assert.equal(lane.replies(), expected);
  lane.check();
});
