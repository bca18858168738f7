/** Users made by generated rules, and what they then may do. */

import assert from "node:assert/strict";
import {
  aikvBinary,
  type Argument,
  type PlainValue,
  redisBinary,
  redisTest,
  type RespClient,
  type SeededRandom,
  spawnServer,
  startServer,
  type TestServer,
} from "../_support/mod.ts";
import { COMMON_COMMANDS } from "./_acl.ts";
import { Sample } from "./_generators.ts";
import { describe } from "./_normalise.ts";
import { differentialGroup } from "./_group.ts";
import { startPair } from "./_pair.ts";
import type { Step } from "./_step.ts";

const USERS = ["u1", "u2", "u3"];
const PASSWORDS = ["p", "q", "", "p\xff\0"];
const PATTERNS = ["*", "a", "b", "key:*", "?", "[ab]*", "{t}1", "\\*", "text*"];

/** Options of Redis 7.2 have changed how many arguments the others take. */
const UNCHANGED_COMMANDS = COMMON_COMMANDS.filter((name) =>
  name !== "zrank" && name !== "zrevrank"
);

/** What one rule may be. Redis 7.0 crashes when it is to show `%~pattern`. */
const RULES: readonly (readonly [number, (it: Sample) => Argument])[] = [
  [3, (it) => it.random.pick(["on", "off", "nopass", "ON", "resetpass"])],
  [1, (it) => it.random.pick(["sanitize-payload", "skip-sanitize-payload"])],
  [4, (it) => `+${it.random.pick(COMMON_COMMANDS)}`],
  [2, (it) => `-${it.random.pick(COMMON_COMMANDS)}`],
  [3, (it) => it.random.pick(["+@all", "allcommands", "-@all", "nocommands"])],
  [3, (it) => `+@${category(it)}`],
  [2, (it) => `-@${category(it)}`],
  [1, (it) => it.random.pick(["+select|0", "+SELECT|1", "+debug|object"])],
  [1, (it) => `+${it.random.pick(COMMON_COMMANDS)}|x`],
  [1, (it) => it.random.pick(["+client|id", "-client|id", "+config|GET"])],
  [
    4,
    (it) => it.random.pick(["~", "%R~", "%W~", "%RW~", "%wr~"]) + pattern(it),
  ],
  [2, (it) => it.random.pick(["allkeys", "~*", "resetkeys"])],
  [1, (it) => `&${pattern(it)}`],
  [1, (it) => it.random.pick(["allchannels", "&*", "resetchannels"])],
  [3, (it) => `>${it.random.pick(PASSWORDS)}`],
  [1, (it) => `<${it.random.pick(PASSWORDS)}`],
  [1, (it) => it.random.pick(["#", "!"]) + "0123456789abcdef".repeat(4)],
  [1, (it) => it.random.pick(["#", "!"]) + "0123456789ABCDEF".repeat(4)],
  [3, (it) => `(${pick(RULES, it)} ${pick(RULES, it)})`],
  [
    1,
    (it) => it.random.pick(["(+@all ~a*)", "( +get", "~a )", "(", ")", "()"]),
  ],
  [1, () => "clearselectors"],
  [1, () => "reset"],
  [1, () => ""],
  [
    1,
    (it) => it.random.pick(["nosuch", "+nosuch", "-@nosuch", "+client|nosuch"]),
  ],
  [
    1,
    (it) =>
      it.random.pick(["+client|id|x", "+select|", "-select|0", "+", "~a b"]),
  ],
];

const CATEGORIES = [
  ..."keyspace read write string admin fast slow dangerous connection".split(
    " ",
  ),
  ..."transaction blocking hash scripting READ nosuch".split(" "),
];

function category(it: Sample): string {
  return it.random.pick(CATEGORIES);
}

function pattern(it: Sample): string {
  return it.random.pick(PATTERNS);
}

function pick(
  rules: readonly (readonly [number, (it: Sample) => Argument])[],
  it: Sample,
): Argument {
  return it.random.pickWeighted(rules)(it);
}

function setUser(it: Sample): Argument[] {
  const rules = Array.from(
    { length: it.random.integer(0, 5) },
    () => pick(RULES, it),
  );
  return ["ACL", "SETUSER", it.random.pick(USERS), ...rules];
}

/** A user that may do much, so that not everything is refused. */
function setFreeUser(it: Sample): Argument[] {
  const rules: Argument[] = ["on", "nopass", "+@all"];
  const { random } = it;
  rules.push(random.pick(["allkeys", "~a*", "%R~*", "~key:*", "(+@all ~b)"]));
  if (random.chance(0.5)) rules.push(`-${random.pick(COMMON_COMMANDS)}`);
  return ["ACL", "SETUSER", random.pick(USERS), "reset", ...rules];
}

/** What users try. */
const TRIES: readonly (readonly [number, (it: Sample) => Argument[]])[] = [
  [6, (it) => ["GET", it.key()]],
  [6, (it) => ["SET", it.key(), "1"]],
  [2, (it) => ["SET", it.key(), "1", "GET"]],
  [2, (it) => ["MGET", ...it.keys(3)]],
  [2, (it) => ["MSET", it.key(), "1", it.key(), "2"]],
  [2, (it) => ["DEL", ...it.keys(2)]],
  [2, (it) => ["EXISTS", ...it.keys(2)]],
  [2, (it) => ["COPY", it.key(), it.key(), "REPLACE"]],
  [2, (it) => ["RENAME", it.key(), it.key()]],
  [1, (it) => ["OBJECT", "ENCODING", it.key()]],
  [1, (it) => ["TTL", it.key()]],
  [1, (it) => ["STRLEN", it.key()]],
  [1, (it) => ["LCS", it.key(), it.key()]],
  [1, () => ["PING"]],
  [1, () => ["CONFIG", "GET", "hz"]],
  [1, () => ["CLIENT", "GETNAME"]],
  [1, () => ["CLIENT", "NOSUCH"]],
  [1, (it) => ["SELECT", it.random.pick(["0", "1", "x"])]],
  [1, () => ["DBSIZE"]],
  [1, () => ["GET"]],
  [1, () => ["NOSUCH"]],
];

/** What the administrator asks. */
const QUESTIONS: readonly (readonly [number, (it: Sample) => Argument[]])[] = [
  [
    6,
    (it) => ["ACL", "GETUSER", it.random.pick([...USERS, "default", "nosuch"])],
  ],
  [2, () => ["ACL", "LIST"]],
  [1, () => ["ACL", "USERS"]],
  [1, () => ["ACL", "WHOAMI"]],
  [1, (it) => ["ACL", "CAT", category(it)]],
  [1, () => ["ACL", "CAT"]],
  [1, (it) => ["ACL", "LOG", it.random.pick(["5", "-1", "x", "0", "100"])]],
  [1, () => ["ACL", "LOG"]],
  [1, () => ["ACL", "LOG", "RESET"]],
  [1, () => ["ACL", "HELP"]],
  [1, (it) => ["ACL", "GENPASS", ...it.random.pick([[], ["5"], ["0"], ["x"]])]],
  [
    1,
    (it) => ["ACL", "DELUSER", it.random.pick([...USERS, "nosuch", "default"])],
  ],
  [1, () => ["ACL", "SETUSER", "a b"]],
  [1, () => ["ACL", "SETUSER"]],
  [1, () => ["ACL", "SAVE"]],
  [1, () => ["ACL", "LOAD"]],
  [1, () => ["ACL", "LOG", "1", "2"]],
  [1, () => ["ACL", "CAT", "read", "x"]],
  [1, () => ["ACL", "NOSUCH"]],
  [1, (it) => ["CLIENT", "KILL", "USER", it.random.pick([...USERS, "nosuch"])]],
];

function dryRun(it: Sample): Argument[] {
  const user = it.random.pick([...USERS, "default", "nosuch"]);
  const call = it.random.chance(0.7)
    ? it.random.pickWeighted(TRIES)(it)
    : [...it.random.pick(UNCHANGED_COMMANDS).split("|"), ...it.keys(3)];
  return ["ACL", "DRYRUN", user, ...call];
}

function logIn(it: Sample): Argument[] {
  const name = it.random.pick([...USERS, ...USERS, "default", "nosuch"]);
  const password = it.random.pick(PASSWORDS);
  return it.random.chance(0.7)
    ? ["AUTH", name, password]
    : ["HELLO", it.random.pick(["2", "3"]), "AUTH", name, password];
}

/** Connection 0 stays the administrator's. */
function generate(random: SeededRandom, length: number): Step[] {
  const sample = new Sample(random);
  const steps: Step[] = [];
  while (steps.length < length) {
    const connection = random.integer(1, 2);
    const at = (command: Argument[]): Step => ({ connection, command });
    const [kind] = [random.integer(0, 99)];
    if (kind < 18) steps.push({ command: setUser(sample) });
    else if (kind < 25) steps.push({ command: setFreeUser(sample) });
    else if (kind < 40) steps.push({ command: dryRun(sample) });
    else if (kind < 52) {
      steps.push({ command: random.pickWeighted(QUESTIONS)(sample) });
    } else if (kind < 63) steps.push(at(logIn(sample)));
    else if (kind < 65) steps.push(at(["RESET"]));
    else if (kind < 71) steps.push(at([random.pick(["MULTI", "EXEC"])]));
    else steps.push(at(random.pickWeighted(TRIES)(sample)));
  }
  return steps;
}

differentialGroup({
  name: "users and what they may do",
  generate,
  prelude: [
    ["ACL", "DELUSER", ...USERS],
    ["ACL", "LOG", "RESET"],
  ],
  sequenceLength: 50,
});

async function isClosed(client: RespClient): Promise<boolean> {
  return await client.call("PING").then(
    () => false,
    (error: Error) => error.name === "ConnectionClosedError",
  );
}

/** What clients see when their user changes, or the default one does. */
async function changingUsers(server: TestServer): Promise<string[]> {
  const seen: string[] = [];
  using admin = await server.connect();
  const note = async (label: string, value: Promise<PlainValue>) =>
    seen.push(`${label}: ${await value.catch((error) => error.message)}`);
  await admin.call("ACL", "SETUSER", "u", "on", ">p", "+@all", "~*");
  using user = await server.connect();
  using other = await server.connect();
  await user.call("AUTH", "u", "p");
  await other.call("AUTH", "u", "p");
  await note("removes itself", user.call("ACL", "DELUSER", "u"));
  seen.push(`closed ${await isClosed(user)} ${await isClosed(other)}`);

  await admin.call("ACL", "SETUSER", "default", "off");
  using late = await server.connect();
  await note("default is off", late.call("PING"));
  await note("default is off, HELLO", late.call("HELLO", "3"));
  await note("default is off, AUTH", late.call("AUTH", "default", "x"));
  await note("one argument", late.call("AUTH", "x"));
  await note("connected before", admin.call("PING"));
  await admin.call("ACL", "SETUSER", "default", "on", ">secret");
  await note("password, PING", late.call("PING"));
  await note("password, wrong", late.call("AUTH", "x"));
  await note("password, right", late.call("AUTH", "secret"));
  await note("requirepass", admin.call("CONFIG", "GET", "requirepass"));
  await admin.call("CONFIG", "SET", "requirepass", "other");
  using third = await server.connect();
  await note("changed, old", third.call("AUTH", "secret"));
  await note("changed, new", third.call("AUTH", "other"));
  await note("rules", admin.call("ACL", "LIST"));
  await admin.call("CONFIG", "SET", "requirepass", "");
  await note("rules without", admin.call("ACL", "LIST"));
  await note("AUTH without", third.call("AUTH", "other"));

  await admin.call("CONFIG", "SET", "acl-pubsub-default", "allchannels");
  await admin.call("ACL", "SETUSER", "c", "(+get)");
  await note("all channels", admin.call("ACL", "LIST"));
  await admin.call("CONFIG", "SET", "acl-pubsub-default", "resetchannels");
  await admin.call("ACL", "SETUSER", "c", "reset");
  await note("no channels", admin.call("ACL", "LIST"));
  await admin.call("CONFIG", "SET", "acllog-max-len", "1");
  await third.call("AUTH", "c", "x").catch(() => {});
  await third.call("AUTH", "d", "x").catch(() => {});
  const log = await admin.call("ACL", "LOG") as PlainValue[][];
  seen.push(`log: ${log.map((entry) => entry.slice(0, 10).join(" "))}`);
  return seen;
}

redisTest("clients are affected by changes of users as in Redis", async () => {
  await using pair = await startPair();
  const [expected, got] = await Promise.all([
    changingUsers(pair.reference),
    changingUsers(pair.subject),
  ]);
  assert.deepEqual(got, expected);
});

/** Rules go by the names of commands, whatever they are called by. */
async function renamedCommands(server: TestServer): Promise<string[]> {
  const seen: string[] = [];
  using client = await server.connect();
  const commands = [
    "ACL SETUSER u on nopass +get +nosuch",
    "ACL SETUSER u on nopass +fetch",
    "ACL SETUSER u on nopass +get ~a",
    "ACL GETUSER u",
    "ACL DRYRUN u GET a",
    "ACL DRYRUN u FETCH a",
    "ACL DRYRUN u FETCH b",
    "ACL DRYRUN u SET a 1",
    "AUTH u x",
    "FETCH a",
    "FETCH b",
    "GET a",
    "DBSIZE",
  ];
  for (const command of commands) {
    const { value } = await client.send(...command.split(" "));
    seen.push(`${command}: ${describe(value)}`);
  }
  return seen;
}

redisTest("rules know commands that are renamed", async () => {
  await using pair = await startPair({
    config: 'rename-command get fetch\nrename-command set ""\n',
  });
  const [expected, got] = await Promise.all([
    renamedCommands(pair.reference),
    renamedCommands(pair.subject),
  ]);
  assert.deepEqual(got, expected);
});

const ACL_FILE = [
  "user alice on nopass +@all ~* &*",
  "",
  "user bob on >bob -@all +get (~a +set) ~x*",
  "user default on nopass ~* &* +@all",
].join("\n");

/** Broken files, and what is loaded after them. */
const BROKEN_FILES = [
  "usr x",
  "user",
  "user a\tb on",
  `${ACL_FILE}\nuser alice on`,
  "user x +nosuch nosuch\nuser y (+nosuch) ~* ~a",
  "# comment",
  "User a on",
];

/** What happens with a file of users. */
async function usingFile(binary: string): Promise<string[]> {
  const seen: string[] = [];
  const directory = await Deno.makeTempDir({ prefix: "aikv-test-" });
  const path = `${directory}/users.acl`;
  await Deno.writeTextFile(path, ACL_FILE);
  await using server = await startServer({
    binary,
    options: ["--dir", directory, "--aclfile", "users.acl"],
  });
  using admin = await server.connect();
  const note = async (label: string, value: Promise<PlainValue>) =>
    seen.push(`${label}: ${await value.catch((error) => error.message)}`);
  await note("at start", admin.call("ACL", "LIST"));
  for (const text of BROKEN_FILES) {
    await Deno.writeTextFile(path, text);
    await note(text, admin.call("ACL", "LOAD"));
  }
  await note("unchanged", admin.call("ACL", "USERS"));
  await Deno.remove(path);
  await note("no file", admin.call("ACL", "LOAD"));
  await admin.call("ACL", "SETUSER", "eve", "on", ">eve", "+get");
  await note("save", admin.call("ACL", "SAVE"));
  seen.push(await Deno.readTextFile(path));
  const left = Array.from(Deno.readDirSync(directory))
    .filter(({ name }) => name.includes(".tmp-"));
  seen.push(`${left.length} temporary files`);
  using alice = await server.connect();
  await alice.call("AUTH", "alice", "any");
  await note("load by alice", alice.call("ACL", "LOAD"));
  seen.push(`alice is gone: ${await isClosed(alice)}`);
  await note("admin stays", admin.call("PING"));
  await Deno.writeTextFile(path, "user only on nopass +get");
  await note("load", admin.call("ACL", "LOAD"));
  await note("users", admin.call("ACL", "LIST"));
  await Deno.remove(path);
  await Deno.mkdir(path);
  await note("save over a directory", admin.call("ACL", "SAVE"));
  await Deno.remove(directory, { recursive: true });
  return seen;
}

redisTest("the file of users is loaded and saved as by Redis", async () => {
  const [expected, got] = await Promise.all([
    usingFile(redisBinary()),
    usingFile(aikvBinary()),
  ]);
  assert.deepEqual(got, expected);
});

const CONFIGURED = `
acl-pubsub-default allchannels
user alice on >a +@all -flushall ~* (+get ~x)
user default on nopass +@all ~* &*
USER bob
acl-pubsub-default resetchannels
`;

/** Users of a configuration file, and what is left of them when it is rewritten. */
async function configuredUsers(binary: string): Promise<string[]> {
  await using server = await startServer({ binary, config: CONFIGURED });
  using admin = await server.connect();
  await admin.call("ACL", "DELUSER", "bob");
  await admin.call("ACL", "SETUSER", "eve", "on", "nopass", "+get", "&c*");
  await admin.call("CONFIG", "REWRITE");
  const text = await Deno.readTextFile(`${server.directory}/redis.conf`);
  await using second = await startServer({ binary, config: text });
  using again = await second.connect();
  return [
    ...text.split("\n").filter((line) => /^(user|acl|#)/i.test(line)),
    ...await again.call("ACL", "LIST") as string[],
    ...server.logs.split("\n").filter((line) => line.includes("'bob'"))
      .map((line) => line.slice(line.indexOf("The user"))),
  ];
}

redisTest(
  "users of a configuration file are made and rewritten as by Redis",
  async () => {
    const [expected, got] = await Promise.all([
      configuredUsers(redisBinary()),
      configuredUsers(aikvBinary()),
    ]);
    assert.deepEqual(got, expected);
  },
);

/** Configurations that end the start. */
const BAD_STARTS: readonly (readonly [config: string, file?: string])[] = [
  ["user a on\nuser a off\n"],
  ["user default on\nuser default on\n"],
  ["user a on nosuch\n"],
  ["user a on ~* ~a\n"],
  ["user a on (+get ~a) #12\n"],
  ["user a on +nosuch\n"],
  ["user a on (+@nosuch)\n"],
  ['user "a b" on\n'],
  ["user\n"],
  ["user a on\naclfile users.acl\n", "user b on"],
  ["aclfile users.acl\n", "user b on nosuch\nuser b on"],
  ["aclfile users.acl\n", "user b +nosuch"],
  ["aclfile nosuch.acl\n"],
];

/** What a server says that does not start: to the user, and in its log. */
async function failure(
  binary: string,
  [config, file]: readonly [config: string, file?: string],
): Promise<string> {
  const directory = await Deno.makeTempDir({ prefix: "aikv-test-" });
  if (file !== undefined) {
    await Deno.writeTextFile(`${directory}/users.acl`, file);
  }
  await using server = await spawnServer({
    binary,
    config,
    options: ["--dir", directory],
  });
  const { code } = await server.waitForExit();
  await Deno.remove(directory, { recursive: true });
  const lines = server.logs.split("\n")
    .filter((line) => /^\d+:M .* # .*(ACL|Spaces)|^[^\d]/.test(line))
    .map((line) => line.replace(/^\d+:M .*? # /, "# "));
  return `exit ${code}\n${lines.join("\n")}`
    .replaceAll(/Redis \d\S+|AiKv \d\S+/g, "<name>");
}

redisTest("bad users stop the start as they stop Redis's", async (context) => {
  for (const start of BAD_STARTS) {
    await context.step(JSON.stringify(start), async () => {
      const [expected, got] = await Promise.all([
        failure(redisBinary(), start),
        failure(aikvBinary(), start),
      ]);
      assert.equal(got, expected);
    });
  }
});

/** SORT follows patterns to keys only for those who may read any key. */
async function sortingByPatterns(server: TestServer): Promise<string[]> {
  const seen: string[] = [];
  using admin = await server.connect();
  using user = await server.connect();
  await admin.call("SADD", "s", "1", "2");
  await admin.call("MSET", "w1", "5", "w2", "4");
  for (
    const rules of [
      ["(+@all ~s)"],
      ["(+@all ~s ~w*)"],
      ["(+@all ~s %W~*)"],
      ["(+@all ~s %R~*)"],
      ["(+sort ~s)", "(+get ~*)"],
      ["+@all", "~*"],
    ]
  ) {
    await admin.call("ACL", "SETUSER", "u", "reset", "on", "nopass", ...rules);
    await user.call("AUTH", "u", "x");
    for (
      const options of [
        ["ALPHA"],
        ["BY", "w*"],
        ["BY", "constant", "ALPHA"],
        ["GET", "#", "ALPHA"],
        ["GET", "w*", "BY", "w*"],
      ]
    ) {
      for (const name of ["SORT", "SORT_RO"]) {
        const { value } = await user.send(name, "s", ...options);
        const shown = options[1] === "constant" ? value.kind : describe(value);
        seen.push(`${rules} ${name} ${options}: ${shown}`);
      }
    }
  }
  return seen;
}

redisTest("SORT follows patterns for those who may read any key", async () => {
  await using pair = await startPair();
  const [expected, got] = await Promise.all([
    sortingByPatterns(pair.reference),
    sortingByPatterns(pair.subject),
  ]);
  assert.deepEqual(got, expected);
});
