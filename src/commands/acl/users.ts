/** Making, showing and removing users. */

import {
  DEFAULT_USER,
  describeChannels,
  describeCommands,
  describeKeys,
  hasSpace,
  type Selector,
  userFlags,
} from "../../acl/mod.ts";
import { untilNul } from "../../base/byte_string.ts";
import type { Reply } from "../../core/mod.ts";
import type { Call } from "../call.ts";
import { type CommandSpec, MULTIPLE, string } from "../spec.ts";

/** `ACL DELUSER` */
export const aclDeluser: CommandSpec = {
  name: "deluser",
  summary: "Remove the specified ACL users and the associated rules",
  since: "6.0.0",
  group: "server",
  complexity: "O(1) amortized time considering the typical user.",
  arity: -3,
  flags: ["admin", "noscript", "loading", "stale", "sentinel"],
  arguments: [string("username", MULTIPLE)],
  handler: aclDeluserHandler,
};

/** `ACL GETUSER` */
export const aclGetuser: CommandSpec = {
  name: "getuser",
  summary: "Get the rules for a specific ACL user",
  since: "6.0.0",
  group: "server",
  complexity:
    "O(N). Where N is the number of password, command and pattern rules that the user has.",
  arity: 3,
  flags: ["admin", "noscript", "loading", "stale", "sentinel"],
  history: [
    ["6.2.0", "Added Pub/Sub channel patterns."],
    [
      "7.0.0",
      "Added selectors and changed the format of key and channel patterns from a list to their rule representation.",
    ],
  ],
  arguments: [string("username")],
  handler: aclGetuserHandler,
};

/** `ACL LIST` */
export const aclList: CommandSpec = {
  name: "list",
  summary: "List the current ACL rules in ACL config file format",
  since: "6.0.0",
  group: "server",
  complexity: "O(N). Where N is the number of configured users.",
  arity: 2,
  flags: ["admin", "noscript", "loading", "stale", "sentinel"],
  handler: aclListHandler,
};

/** `ACL SETUSER` */
export const aclSetuser: CommandSpec = {
  name: "setuser",
  summary: "Modify or create the rules for a specific ACL user",
  since: "6.0.0",
  group: "server",
  complexity: "O(N). Where N is the number of rules provided.",
  arity: -3,
  flags: ["admin", "noscript", "loading", "stale", "sentinel"],
  history: [
    ["6.2.0", "Added Pub/Sub channel patterns."],
    ["7.0.0", "Added selectors and key based permissions."],
  ],
  arguments: [
    string("username"),
    string("rule", { optional: true, multiple: true }),
  ],
  handler: aclSetuserHandler,
};

/** `ACL USERS` */
export const aclUsers: CommandSpec = {
  name: "users",
  summary: "List the username of all the configured ACL rules",
  since: "6.0.0",
  group: "server",
  complexity: "O(N). Where N is the number of configured users.",
  arity: 2,
  flags: ["admin", "noscript", "loading", "stale", "sentinel"],
  handler: aclUsersHandler,
};

/** `ACL WHOAMI` */
export const aclWhoami: CommandSpec = {
  name: "whoami",
  summary: "Return the name of the user associated to the current connection",
  since: "6.0.0",
  group: "server",
  complexity: "O(1)",
  arity: 2,
  flags: ["noscript", "loading", "stale", "sentinel"],
  handler: aclWhoamiHandler,
};

function aclSetuserHandler(call: Call): void {
  const name = call.argText(2);
  if (hasSpace(name)) {
    call.reply.error("ERR Usernames can't contain spaces or null characters");
    return;
  }
  const rules: string[] = [];
  for (let i = 3; i < call.argc; i++) rules.push(call.argText(i));
  const problem = call.services.access.users.set(name, rules);
  if (problem === undefined) call.reply.ok();
  else call.reply.error(`ERR ${problem}`);
}

function aclDeluserHandler(call: Call): void {
  for (let i = 2; i < call.argc; i++) {
    if (untilNul(call.argText(i)) !== DEFAULT_USER) continue;
    call.reply.error("ERR The 'default' user cannot be removed");
    return;
  }
  let deleted = 0;
  for (let i = 2; i < call.argc; i++) {
    if (call.services.access.deleteUser(call.argText(i), call.client)) {
      deleted++;
    }
  }
  call.reply.integer(deleted);
}

function aclGetuserHandler(call: Call): void {
  const { reply } = call;
  const user = call.services.access.users.get(call.argText(2));
  if (user === undefined) return reply.null();
  const [root, ...others] = user.selectors;
  reply.map(6);
  const flags = userFlags(user);
  reply.text("flags");
  reply.set(flags.length);
  for (const flag of flags) reply.text(flag);
  reply.text("passwords");
  reply.texts(user.passwords);
  replySelector(reply, root);
  reply.text("selectors");
  reply.array(others.length);
  for (const selector of others) {
    reply.map(3);
    replySelector(reply, selector);
  }
}

/** The three fields of a selector. */
function replySelector(reply: Reply, selector: Selector): void {
  reply.text("commands");
  reply.text(describeCommands(selector));
  reply.text("keys");
  reply.text(describeKeys(selector));
  reply.text("channels");
  reply.text(describeChannels(selector));
}

function aclListHandler(call: Call): void {
  call.reply.texts(call.services.access.users.lines());
}

function aclUsersHandler(call: Call): void {
  call.reply.texts(call.services.access.users.all().map(({ name }) => name));
}

function aclWhoamiHandler(call: Call): void {
  call.reply.text(call.client.user.name);
}
