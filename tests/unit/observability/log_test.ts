import assert from "node:assert/strict";
import { getLogger } from "@logtape/logtape";
import type { Clock, Files } from "../../../src/base/interfaces.ts";
import { Log, type LogRole } from "../../../src/observability/log.ts";
import { DenoFiles } from "../../../src/platform/deno_files.ts";
import type { LogSettings } from "../../../src/observability/log.ts";

const NOON: Clock = {
  nowMs: () => new Date(2026, 1, 3, 4, 5, 6, 7).getTime(),
  monotonicMs: () => 0,
};

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

class TestLog {
  readonly settings: Mutable<LogSettings> = {
    loglevel: "notice",
    logfile: "",
    logFormat: "redis",
  };
  stdout = "";
  role: LogRole = "M";
  readonly log: Log;

  constructor(files: Files = new DenoFiles()) {
    this.log = new Log({
      settings: this.settings,
      files,
      clock: NOON,
      pid: 42,
      role: () => this.role,
      writeStandardOutput: (bytes) => {
        this.stdout += new TextDecoder().decode(bytes);
      },
    });
  }
}

Deno.test("lines have Redis's format, in local time", () => {
  const test = new TestLog();
  test.log.notice("Ready to accept {connections}");
  test.role = "S";
  test.log.warning("100% sure");
  assert.equal(
    test.stdout,
    "42:M 03 Feb 2026 04:05:06.007 * Ready to accept {connections}\n" +
      "42:S 03 Feb 2026 04:05:06.007 # 100% sure\n",
  );
  test.log.close();
});

Deno.test("the level counts at once", () => {
  const test = new TestLog();
  const all = () => {
    test.stdout = "";
    test.log.debug("a");
    test.log.verbose("b");
    test.log.notice("c");
    test.log.warning("d");
    return test.stdout.replace(/^.*\d (\S \S)\n/gm, "$1|");
  };
  assert.equal(all(), "* c|# d|");
  test.settings.loglevel = "debug";
  assert.equal(all(), ". a|- b|* c|# d|");
  test.settings.loglevel = "warning";
  assert.equal(all(), "# d|");
  test.settings.loglevel = "nothing";
  assert.equal(all(), "");
  assert(!test.log.isOn("warning"));
  test.log.close();
});

Deno.test("JSON lines carry the fields", () => {
  const test = new TestLog();
  test.settings.logFormat = "json";
  test.log.notice('say "hi"\n', {
    port: 6379,
    size: 5n,
    error: new TypeError("x"),
  });
  const line = JSON.parse(test.stdout);
  assert(
    test.stdout.endsWith("}\n") &&
      test.stdout.indexOf("\n") === test.stdout.length - 1,
  );
  assert.equal(line.message, 'say "hi"\n');
  assert.equal(line.level, "notice");
  assert.equal(line.time, new Date(NOON.nowMs()).toISOString());
  assert.equal(line.fields.size, "5");
  assert.equal(line.fields.error.name, "TypeError");
  test.log.close();
});

Deno.test("LogTape's own loggers end up in the log, with their levels", () => {
  const test = new TestLog();
  const logger = getLogger(["aikv", "storage"]);
  logger.info("level {level}", { level: 1 });
  logger.debug("not shown");
  logger.fatal("worst");
  assert.match(test.stdout, /\* level 1\n.*# worst\n$/);
  assert.doesNotMatch(test.stdout, /not shown/);
  test.log.close();
});

Deno.test("a log file is appended to, and opened anew after rotation", async () => {
  const directory = await Deno.makeTempDir();
  const path = `${directory}/a.log`;
  await Deno.writeTextFile(path, "before\n");
  const test = new TestLog();
  test.settings.logfile = path;
  test.log.notice("one");
  assert.match(await Deno.readTextFile(path), /^before\n.* one\n$/);
  await Deno.rename(path, `${path}.1`);
  test.log.notice("two");
  assert.match(await Deno.readTextFile(path), /^\S+ .* two\n$/);
  await Deno.remove(path);
  test.log.notice("three");
  test.log.reopen();
  test.log.notice("four");
  assert.match(await Deno.readTextFile(path), /three\n.*four\n$/);
  assert.doesNotMatch(await Deno.readTextFile(`${path}.1`), /two/);
  // Truncating in place ("copytruncate") leaves no hole, as lines are appended.
  await Deno.truncate(path);
  test.log.notice("five");
  assert.match(await Deno.readTextFile(path), /^42:M/);
  assert.equal(test.stdout, "");
  test.log.close();
});

Deno.test("a log that cannot be written does not stop the server", async () => {
  const test = new TestLog();
  test.settings.logfile = "/no/such/directory/a.log";
  test.log.warning("lost");
  test.settings.logfile = `${await Deno.makeTempDir()}/a.log`;
  test.log.warning("kept");
  assert.match(await Deno.readTextFile(test.settings.logfile), /kept\n$/);
  test.log.close();
});
