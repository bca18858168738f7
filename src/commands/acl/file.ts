/** The file of users. */

import type { Call } from "../call.ts";
import type { CommandSpec } from "../spec.ts";

const NO_FILE =
  "ERR This Redis instance is not configured to use an ACL file. You may want to specify users via the ACL SETUSER command and then issue a CONFIG REWRITE (assuming you have a Redis configuration file set) in order to store users in the Redis configuration.";

/** `ACL LOAD` */
export const aclLoad: CommandSpec = {
  name: "load",
  summary: "Reload the ACLs from the configured ACL file",
  since: "6.0.0",
  group: "server",
  complexity: "O(N). Where N is the number of configured users.",
  arity: 2,
  flags: ["admin", "noscript", "loading", "stale", "sentinel"],
  handler: aclLoadHandler,
};

/** `ACL SAVE` */
export const aclSave: CommandSpec = {
  name: "save",
  summary: "Save the current ACL rules in the configured ACL file",
  since: "6.0.0",
  group: "server",
  complexity: "O(N). Where N is the number of configured users.",
  arity: 2,
  flags: ["admin", "noscript", "loading", "stale", "sentinel"],
  handler: aclSaveHandler,
};

/** Whether there is a file; if not, says so. */
function hasFile(call: Call): boolean {
  if (call.services.config.values.aclfile !== "") return true;
  call.reply.error(NO_FILE);
  return false;
}

function aclLoadHandler(call: Call): void {
  if (!hasFile(call)) return;
  const problem = call.services.access.loadFile(call.client);
  if (problem === undefined) call.reply.ok();
  else call.reply.error(`ERR ${problem}`);
}

function aclSaveHandler(call: Call): void {
  if (!hasFile(call)) return;
  if (call.services.access.saveFile()) call.reply.ok();
  else {
    call.reply.error(
      "ERR There was an error trying to save the ACLs. Please check the server logs for more information",
    );
  }
}
