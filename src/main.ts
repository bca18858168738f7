/**
 * The composition root: reads arguments and configuration, puts the parts
 * together, serves until told to stop.
 *
 * @module
 */

import { DefinitionChecker } from "./acl/mod.ts";
import { fromText, lowerCase } from "./base/byte_string.ts";
import { EXIT_ENVIRONMENT } from "./base/exit_code.ts";
import { fileErrorText } from "./base/file_error.ts";
import { AIKV_VERSION } from "./base/version.ts";
import { CommandTable } from "./commands/entries.ts";
import { COMMAND_TABLE, COMMANDS } from "./commands/table.ts";
import { Config, type Directives, startUp } from "./config/mod.ts";
import { Core } from "./core/mod.ts";
import { Log } from "./observability/log.ts";
import { DenoClock } from "./platform/deno_clock.ts";
import { DenoFiles } from "./platform/deno_files.ts";
import { DenoRandom } from "./platform/deno_random.ts";
import { DenoNetwork } from "./platform/network.ts";
import {
  DenoProcess,
  environment,
  exitProcess,
  onSignal,
  onUncaught,
  readProgramFile,
} from "./platform/process.ts";
import { makeYield } from "./platform/schedule.ts";
import {
  readStandardInput,
  writeStandardError,
  writeStandardOutput,
} from "./platform/standard_streams.ts";
import { userContext } from "./server/access.ts";
import { Cron } from "./server/cron.ts";
import { ServerLifecycle } from "./server/lifecycle.ts";
import { Listeners } from "./server/listeners.ts";
import { Server } from "./server/server.ts";

/** Descriptors the process needs besides those of clients (CONFIG_MIN_RESERVED_FDS). */
const RESERVED_DESCRIPTORS = 32;

const encoder = new TextEncoder();
const clock = new DenoClock();
const files = new DenoFiles();
const random = new DenoRandom();
const process = new DenoProcess();

/** Reads command line and configuration; ends the process if told to. */
function configure(): {
  config: Config;
  log: Log;
  directives: Directives;
} {
  let log: Log | undefined = undefined;
  const config: Config = new Config({
    files,
    log: (level, message) => log?.log(level, message),
    temporarySuffix: () =>
      random.fraction().toString(36).slice(2, 8).padEnd(6, "0"),
  });
  log = new Log({
    settings: config.values,
    files,
    clock,
    pid: process.id,
    writeStandardOutput,
  });
  const checker = new DefinitionChecker(userContext(COMMAND_TABLE, config));
  const startup = startUp(config, Deno.args, {
    commandExists: (name) => COMMAND_TABLE.names.has(lowerCase(name)),
    checkUser: (args) => checker.check(args),
    readStandardInput,
  });
  if (startup.action === "exit") {
    writeStandardOutput(encoder.encode(startup.stdout));
    writeStandardError(encoder.encode(startup.stderr));
    exitProcess(startup.exitCode);
  }
  log.notice("oO0OoO0OoO0Oo AiKv is starting oO0OoO0OoO0Oo");
  log.notice(
    `AiKv version=${AIKV_VERSION}, pid=${process.id}, just started`,
  );
  if (config.values.alwaysShowLogo) showLogo(config, log);
  if (startup.isConfigured) log.notice("Configuration loaded");
  else {
    log.warning(
      "Warning: no config file specified, using the default config. In order to specify a config file use aikv-server /path/to/redis.conf",
    );
  }
  for (const { reason } of config.ineffective()) log.warning(reason);
  return { config, log, directives: startup.directives };
}

/** The facts Redis prints beside its logo; tools look for ` PID: `. */
function showLogo(config: Config, log: Log): void {
  for (
    const line of [
      "   _   _  _  _",
      "  /_\\ (_)| |/ /__ __",
      ` / _ \\| || ' < \\ V /   AiKv ${AIKV_VERSION}`,
      `/_/ \\_\\_||_|\\_\\ \\_/    Port: ${config.values.port}`,
      `                      PID: ${process.id}`,
    ]
  ) log.notice(line);
}

/** As Redis: fewer clients where the process may not open enough files. */
function limitClients(config: Config, log: Log): void {
  const limit = Number(environment("AIKV_OPEN_FILES_MAX") ?? NaN);
  const wanted = config.values.maxclients + RESERVED_DESCRIPTORS;
  if (!Number.isFinite(limit) || limit >= wanted) return;
  const possible = limit - RESERVED_DESCRIPTORS;
  if (possible < 1) {
    log.warning(
      `Your current 'ulimit -n' of ${limit} is not enough for the server to start. Please increase your open file limit to at least ${wanted}. Exiting.`,
    );
    exitProcess(EXIT_ENVIRONMENT);
  }
  log.warning(
    `You requested maxclients of ${config.values.maxclients} requiring at least ${wanted} max file descriptors. maxclients has been reduced to ${possible} to compensate for low ulimit.`,
  );
  config.assign("maxclients", [String(possible)]);
}

function writePidFile(config: Config, log: Log): void {
  const { pidfile } = config.values;
  if (!pidfile) return;
  try {
    const file = files.open(pidfile, { mode: "truncate" });
    file.write(encoder.encode(`${process.id}\n`));
    file.close();
  } catch (error) {
    log.warning(`Failed to write PID file: ${fileErrorText(error)}`);
  }
}

async function main(): Promise<void> {
  const { config, log, directives } = configure();
  const { renames, users } = directives;
  const lifecycle = new ServerLifecycle({
    config,
    log,
    random,
    files,
    startedMs: clock.nowMs(),
    processId: process.id,
    executable: environment("AIKV_EXECUTABLE") ?? "aikv-server",
    exit: exitProcess,
  });
  onUncaught((error) => lifecycle.crash("nobody caught an error", error));
  limitClients(config, log);
  const wasm = readProgramFile(new URL("../wasm/aikv.wasm", import.meta.url));
  const seed = new Uint8Array(24);
  random.fill(seed);
  const core = await Core.start(
    await WebAssembly.compile(wasm),
    config.values.databases,
    seed,
  );
  const server = new Server({
    core,
    config,
    table: renames.length === 0
      ? COMMAND_TABLE
      : new CommandTable(COMMANDS, renames),
    log,
    clock,
    random,
    files,
    process,
    lifecycle,
    afterWaitingEvents: await makeYield(),
  });
  const problems = server.access.loadAtStart(users);
  if (problems !== undefined) {
    for (const problem of problems) log.warning(problem);
    exitProcess(EXIT_ENVIRONMENT);
  }
  const listeners = new Listeners({
    config,
    log,
    files,
    network: new DenoNetwork(),
    onStream: (stream) => server.accept(stream),
  });
  if (!listeners.open()) exitProcess(EXIT_ENVIRONMENT);
  if (listeners.count === 0) {
    log.warning("Configured to not listen anywhere, exiting.");
    exitProcess(EXIT_ENVIRONMENT);
  }
  listeners.follow();
  const cron = new Cron(server);
  lifecycle.onExit(cron);
  lifecycle.onExit(listeners);
  cron.start();
  writePidFile(config, log);
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    onSignal(signal, () => lifecycle.shutdownOnSignal(signal));
  }
  onSignal("SIGHUP", () => log.reopen());
  log.notice("Server initialized");
  log.notice(
    "Ready to accept connections",
    { port: config.values.port, file: fromText(config.file ?? "") },
  );
}

if (import.meta.main) await main();
