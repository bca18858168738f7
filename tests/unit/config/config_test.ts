import assert from "node:assert/strict";
import { OPTION_ENTRIES, OPTIONS } from "../../../src/config/mod.ts";
import { get, HOOKS, loadText, newConfig, REMOTE, set } from "./_support.ts";

Deno.test("no two options share a name or alias", () => {
  const names = OPTION_ENTRIES.map((entry) => entry.name);
  assert.equal(new Set(names).size, names.length);
  for (const name of names) assert.match(name, /^[a-z0-9][a-z0-9_-]*$/);
});

Deno.test("every default survives being written and read", () => {
  const { config } = newConfig();
  for (const option of OPTIONS) {
    if (option.name === "dir") continue;
    const text = config.text(option);
    const args = option.isMultiArgument
      ? text.split(" ").filter((word) => word !== "")
      : [text];
    if (option.name === "replicaof") continue;
    assert.equal(config.assign(option, args), null, option.name);
    assert.equal(config.text(option), text, option.name);
  }
});

Deno.test("fields have the type of their option", () => {
  const { config } = newConfig();
  const { values } = config;
  assert.equal(values.maxmemory, 0);
  assert.equal(values.maxmemoryPolicy, "noeviction");
  assert.equal(values.unixsocket, null);
  assert.equal(values.logfile, "");
  assert.deepEqual(values.shutdownOnSigterm, ["default"]);
  assert.deepEqual(values.bind, ["*", "-::*"]);
  assert.equal(values.clientOutputBufferLimit.replica.softSeconds, 60);
  assert.equal(values.replicaof, null);
  assert.equal(set(config, "shutdown-on-sigterm", "force nosave"), null);
  assert.deepEqual(values.shutdownOnSigterm, ["nosave", "force"]);
  assert.equal(set(config, "maxmemory-clients", "5%"), null);
  assert.equal(values.maxmemoryClients, -5);
});

Deno.test("64-bit numbers come back exactly", () => {
  const { config } = newConfig();
  assert.equal(set(config, "maxmemory", "18446744073709551615"), null);
  assert.equal(get(config, "maxmemory"), "18446744073709551615");
  assert.equal(
    set(config, "slowlog-log-slower-than", "9007199254740993"),
    null,
  );
  assert.equal(get(config, "slowlog-log-slower-than"), "9007199254740993");
});

Deno.test("strings keep their bytes, paths are decoded", () => {
  const { config } = newConfig();
  assert.equal(set(config, "requirepass", "a\0\xff"), null);
  assert.equal(get(config, "requirepass"), "a\0\xff");
  assert.equal(config.assign("unixsocket", ["caf\xc3\xa9.sock"]), null);
  assert.equal(config.values.unixsocket, "café.sock");
  assert.equal(get(config, "unixsocket"), "caf\xc3\xa9.sock");
});

Deno.test("a listener is called once for all its options, and only for changes", () => {
  const { config } = newConfig();
  let calls = 0;
  config.onChange(["timeout", "tcp-keepalive"], () => (calls++, null));
  const both: [string, string][] = [["timeout", "5"], ["tcp-keepalive", "6"]];
  assert.equal(config.set(both, REMOTE), null);
  assert.equal(calls, 1);
  assert.equal(config.set(both, REMOTE), null);
  assert.equal(calls, 1);
  assert.equal(set(config, "hz", "11"), null);
  assert.equal(calls, 1);
});

Deno.test("an option that names a file is applied even when it stays the same", () => {
  const { config } = newConfig();
  let calls = 0;
  config.onChange("tls-cert-file", () => (calls++, null));
  assert.equal(set(config, "tls-cert-file", "a.crt"), null);
  assert.equal(set(config, "tls-cert-file", "a.crt"), null);
  assert.equal(calls, 2);
});

Deno.test("a listener that refuses brings every old value back", () => {
  const { config, logged } = newConfig();
  const seen: number[] = [];
  let others = 0;
  config.onChange("hz", () => (others++, null));
  config.onChange("port", () => {
    seen.push(config.values.port);
    return config.values.port === 1
      ? "Unable to listen on this port. Check server logs."
      : null;
  });
  const error = config.set(
    [["hz", "20"], ["port", "1"], ["timeout", "9"]],
    REMOTE,
  );
  assert.equal(
    error,
    "ERR CONFIG SET failed (possibly related to argument 'port') - Unable to listen on this port. Check server logs.",
  );
  assert.deepEqual(seen, [1, 6379]);
  assert.equal(others, 2);
  assert.equal(config.values.hz, 10);
  assert.equal(config.values.timeout, 0);
  assert.match(
    logged[0],
    /^Failed applying new configuration\. Possibly related to new port/,
  );
});

Deno.test("an error names an option as it was found, or as it was typed", () => {
  const { config } = newConfig();
  assert.match(
    set(config, "SLAVE-priority", "x")!,
    /argument 'slave-priority'/,
  );
  assert.match(
    set(config, "DataBases", "1")!,
    /argument 'DataBases'.*immutable/,
  );
});

Deno.test("protected options need permission, which may be for local clients", () => {
  const { config } = newConfig();
  const remote = { isLocalClient: false, isLoading: false };
  const local = { isLocalClient: true, isLoading: false };
  const pair: [string, string][] = [["dbfilename", "x.rdb"]];
  assert.match(config.set(pair, local)!, /can't set protected config/);
  config.assign("enable-protected-configs", ["local"]);
  assert.match(config.set(pair, remote)!, /can't set protected config/);
  assert.equal(config.set(pair, local), null);
  assert.equal(config.allows("enable-debug-command", true), false);
});

Deno.test("some options cannot be set while loading", () => {
  const { config } = newConfig();
  const loading = { isLocalClient: true, isLoading: true };
  assert.equal(
    config.set(
      [["timeout", "1"], ["appendonly", "yes"], ["nosuch", ""]],
      loading,
    ),
    "LOADING Redis is loading the dataset in memory",
  );
  assert.equal(config.values.timeout, 0);
});

Deno.test("AiKv's own options say what they accept", () => {
  const { config } = newConfig();
  assert.equal(set(config, "log-format", "json"), null);
  assert.match(
    set(config, "log-format", "xml")!,
    /one of the following: redis, json$/,
  );
  assert.throws(
    () => loadText(config, "storage-engine lsm"),
    /this version of AiKv has only the storage engine 'memory'/,
  );
});

Deno.test("levels and limits of Redis 7.4 are known", () => {
  const { config } = newConfig();
  assert.equal(set(config, "loglevel", "nothing"), null);
  assert.match(
    set(config, "maxmemory-samples", "65")!,
    /between 1 and 64 inclusive/,
  );
  assert.equal(get(config, "set-max-listpack-entries"), "128");
  assert.equal(get(config, "server_cpulist"), "");
});

Deno.test("passwords are marked as sensitive", () => {
  const { config } = newConfig();
  for (
    const name of [
      "requirepass",
      "MASTERAUTH",
      "masteruser",
      "tls-key-file-pass",
    ]
  ) {
    assert(config.isSensitive(name), name);
  }
  assert(!config.isSensitive("port"));
  assert(!config.isSensitive("nosuch"));
});

Deno.test("directives are collected in order", () => {
  const { config } = newConfig();
  const directives = loadText(
    config,
    'rename-command GET fetch\nrename-command set ""\nuser alice on +@all\nrename-command fetch get2\n',
  );
  assert.deepEqual(directives.renames, [
    { from: "GET", to: "fetch" },
    { from: "set", to: "" },
    { from: "fetch", to: "get2" },
  ]);
  assert.deepEqual(directives.users, [["alice", "on", "+@all"]]);
  assert.throws(
    () => loadText(config, "loadmodule x.so"),
    /does not load modules/,
  );
  assert.throws(() => loadText(config, "x.y 1"), /does not load modules/);
  assert(HOOKS.commandExists("GET"));
});

Deno.test("a file that includes itself is refused", async () => {
  const directory = await Deno.makeTempDir();
  await Deno.writeTextFile(`${directory}/a.conf`, "include a.conf\n");
  const { config } = newConfig(directory);
  assert.throws(
    () => loadText(config, "include a.conf"),
    /Too many levels of include/,
  );
});
