/** The container of the ACL subcommands. */

import type { Call } from "../call.ts";
import { replyHelp } from "../help.ts";
import type { CommandSpec } from "../spec.ts";
import { aclLoad, aclSave } from "./file.ts";
import { aclLog } from "./log.ts";
import { aclCat, aclDryrun, aclGenpass } from "./tools.ts";
import {
  aclDeluser,
  aclGetuser,
  aclList,
  aclSetuser,
  aclUsers,
  aclWhoami,
} from "./users.ts";

const aclHelp: CommandSpec = {
  name: "help",
  summary: "Show helpful text about the different subcommands",
  since: "6.0.0",
  group: "server",
  complexity: "O(1)",
  arity: 2,
  flags: ["loading", "stale", "sentinel"],
  handler: aclHelpHandler,
};

/** `ACL` */
export const acl: CommandSpec = {
  name: "acl",
  summary: "A container for Access List Control commands ",
  since: "6.0.0",
  group: "server",
  complexity: "Depends on subcommand.",
  arity: -2,
  flags: ["sentinel"],
  subcommands: [
    aclCat,
    aclDeluser,
    aclDryrun,
    aclGenpass,
    aclGetuser,
    aclHelp,
    aclList,
    aclLoad,
    aclLog,
    aclSave,
    aclSetuser,
    aclUsers,
    aclWhoami,
  ],
};

function aclHelpHandler(call: Call): void {
  replyHelp(call, [
    "CAT [<category>]",
    "    List all commands that belong to <category>, or all command categories",
    "    when no category is specified.",
    "DELUSER <username> [<username> ...]",
    "    Delete a list of users.",
    "DRYRUN <username> <command> [<arg> ...]",
    "    Returns whether the user can execute the given command without executing the command.",
    "GETUSER <username>",
    "    Get the user's details.",
    "GENPASS [<bits>]",
    "    Generate a secure 256-bit user password. The optional `bits` argument can",
    "    be used to specify a different size.",
    "LIST",
    "    Show users details in config file format.",
    "LOAD",
    "    Reload users from the ACL file.",
    "LOG [<count> | RESET]",
    "    Show the ACL log entries.",
    "SAVE",
    "    Save the current config to the ACL file.",
    "SETUSER <username> <attribute> [<attribute> ...]",
    "    Create or modify a user with the specified attributes.",
    "USERS",
    "    List all the registered usernames.",
    "WHOAMI",
    "    Return the current connection username.",
  ]);
}
