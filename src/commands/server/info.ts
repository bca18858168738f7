/** The state of the server as text. */

import { lowerCase } from "../../base/byte_string.ts";
import type { Call } from "../call.ts";
import type { Services } from "../services.ts";
import { type CommandSpec, string } from "../spec.ts";
import type { InfoSection } from "./_info_text.ts";
import { keyspaceLines } from "./info_keyspace.ts";
import { memoryLines } from "./info_memory.ts";
import { persistenceLines, replicationLines } from "./info_durability.ts";
import {
  clientLines,
  clusterLines,
  cpuLines,
  moduleLines,
  serverLines,
} from "./info_server.ts";
import {
  commandStatsLines,
  errorStatsLines,
  latencyStatsLines,
  statsLines,
} from "./info_stats.ts";

/** `INFO` */
export const info: CommandSpec = {
  name: "info",
  summary: "Get information and statistics about the server",
  since: "1.0.0",
  group: "server",
  complexity: "O(1)",
  arity: -1,
  flags: ["loading", "stale", "sentinel"],
  acl: ["dangerous"],
  tips: [
    "nondeterministic_output",
    "request_policy:all_shards",
    "response_policy:special",
  ],
  history: [["7.0.0", "Added support for taking multiple section arguments."]],
  arguments: [string("section", { optional: true, multiple: true })],
  handler: infoHandler,
};

/** One section and how it is asked for. */
interface Section {
  readonly title: string;
  /** The first is the usual one. */
  readonly names: readonly string[];
  readonly isDefault: boolean;
  readonly lines: InfoSection;
}

function section(
  title: string,
  isDefault: boolean,
  lines: InfoSection,
  ...otherNames: string[]
): Section {
  const names = [title.toLowerCase(), ...otherNames];
  return { title, names, isDefault, lines };
}

/** In the order of the reply, whatever the order of the arguments. */
const SECTIONS: readonly Section[] = [
  section("Server", true, serverLines),
  section("Clients", true, clientLines),
  section("Memory", true, memoryLines),
  section("Persistence", true, persistenceLines),
  section("Stats", true, statsLines),
  section("Replication", true, replicationLines),
  section("CPU", true, cpuLines),
  section("Modules", true, moduleLines, "module_list"),
  section("Commandstats", false, commandStatsLines),
  section("Errorstats", true, errorStatsLines),
  section("Latencystats", false, latencyStatsLines),
  section("Cluster", true, clusterLines),
  section("Keyspace", true, keyspaceLines),
];

function infoHandler(call: Call): void {
  const wanted: string[] = [];
  for (let i = 1; i < call.argc; i++) wanted.push(lowerCase(call.argText(i)));
  call.reply.verbatim(infoText(call.services, wanted));
}

/** The text of some sections, named in lower case; of the default ones without names. */
function infoText(services: Services, wanted: readonly string[]): string {
  const isDefault = wanted.length === 0 || wanted.includes("default");
  const isAll = wanted.includes("all") || wanted.includes("everything");
  services.figures.settle();
  return SECTIONS.filter((one) =>
    isAll || (isDefault && one.isDefault) ||
    one.names.some((name) => wanted.includes(name))
  ).map((one) =>
    [`# ${one.title}`, ...one.lines(services)].map((line) => `${line}\r\n`)
      .join("")
  ).join("\r\n");
}
