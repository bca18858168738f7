/** Details of single commands. */

import type { Call } from "../call.ts";
import { type CommandSpec, string, unimplemented } from "../spec.ts";

/** `COMMAND INFO` */
export const commandInfo: CommandSpec = {
  name: "info",
  summary:
    "Get array of specific Redis command details, or all when no argument is given.",
  since: "2.8.13",
  group: "server",
  complexity: "O(N) where N is the number of commands to look up",
  arity: -2,
  flags: ["loading", "stale", "sentinel"],
  acl: ["connection"],
  tips: ["nondeterministic_output_order"],
  history: [[
    "7.0.0",
    "Allowed to be called with no argument to get info on all commands.",
  ]],
  arguments: [string("command-name", { optional: true, multiple: true })],
  handler: commandInfoHandler,
};

/** `COMMAND DOCS` */
export const commandDocs: CommandSpec = {
  name: "docs",
  summary: "Get array of specific Redis command documentation",
  since: "7.0.0",
  group: "server",
  complexity: "O(N) where N is the number of commands to look up",
  arity: -2,
  flags: ["loading", "stale", "sentinel"],
  acl: ["connection"],
  tips: ["nondeterministic_output_order"],
  arguments: [string("command-name", { optional: true, multiple: true })],
  handler: commandDocsHandler,
};

function commandInfoHandler(call: Call): void {
  unimplemented(call);
}

function commandDocsHandler(call: Call): void {
  unimplemented(call);
}
