/**
 * The composition root: reads arguments and configuration, puts the parts
 * together, serves until told to stop.
 *
 * @module
 */

import { fromText } from "./base/byte_string.ts";
import { AIKV_VERSION } from "./base/version.ts";
import { COMMAND_TABLE } from "./commands/table.ts";
import { Config, startUp } from "./config/mod.ts";
import { Core } from "./core/mod.ts";
import { Log } from "./observability/log.ts";
import { DenoClock } from "./platform/deno_clock.ts";
import { DenoFiles } from "./platform/deno_files.ts";
import { DenoRandom } from "./platform/deno_random.ts";
import {
  DenoProcess,
  environment,
  exitProcess,
  onSignal,
  readProgramFile,
} from "./platform/process.ts";
import {
  readStandardInput,
  writeStandardError,
  writeStandardOutput,
} from "./platform/standard_streams.ts";
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
  renames: readonly { readonly from: string; readonly to: string }[];
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
  const startup = startUp(config, Deno.args, {
    commandExists: (name) => COMMAND_TABLE.find(name) !== undefined,
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
  return { config, log, renames: startup.directives.renames };
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
    exitProcess(1);
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
    log.warning(`Failed to write PID file: ${(error as Error).message}`);
  }
}

async function main(): Promise<void> {
  const { config, log, renames } = configure();
  limitClients(config, log);
  const wasm = readProgramFile(new URL("../wasm/aikv.wasm", import.meta.url));
  const seed = new Uint8Array(24);
  random.fill(seed);
  const core = await Core.start(
    await WebAssembly.compile(wasm),
    config.values.databases,
    seed,
  );
  const lifecycle = new ServerLifecycle(
    config,
    log,
    random,
    clock.nowMs(),
    process.id,
  );
  const server = new Server({
    core,
    config,
    table: COMMAND_TABLE,
    log,
    clock,
    random,
    files,
    process,
    renames,
    lifecycle,
  });
  const listeners = new Listeners(
    config,
    log,
    files,
    (stream) => server.accept(stream),
  );
  const problem = listeners.open();
  if (problem !== null) {
    log.warning(`Failed listening on port ${config.values.port}: ${problem}`);
    exitProcess(1);
  }
  if (listeners.count === 0) {
    log.warning("Configured to not listen anywhere, exiting.");
    exitProcess(1);
  }
  listeners.follow();
  const cron = new Cron(server);
  lifecycle.onExit(cron);
  lifecycle.onExit(listeners);
  cron.start();
  writePidFile(config, log);
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    onSignal(signal, () => {
      log.warning(`Received ${signal} scheduling shutdown...`);
      lifecycle.shutdown({ save: undefined, now: false, force: false });
    });
  }
  onSignal("SIGHUP", () => log.reopen());
  log.notice("Server initialized");
  log.notice(
    "Ready to accept connections",
    { port: config.values.port, file: fromText(config.file ?? "") },
  );
}

if (import.meta.main) await main();
