/** Users over commands that do not change when the table grows. */

import {
  type AclCommand,
  Catalogue,
  type UserContext,
  Users,
} from "../../../src/acl/mod.ts";
import { ACL_BITS, FLAG_BITS } from "../../../src/commands/entries.ts";
import { COMMAND_TABLE } from "../../../src/commands/table.ts";

/** Some commands of most categories, with their subcommands if named. */
const NAMES = new Set([
  ..."append auth client client|id client|kill client|list config".split(" "),
  ..."config|get config|set copy debug decr del discard echo exec".split(" "),
  ..."exists expire flushall get getdel hello incr info keys mget".split(" "),
  ..."mset multi object object|encoding ping publish reset select".split(" "),
  ..."set strlen subscribe unwatch watch".split(" "),
]);

/** What users are made with, and a switch for `acl-pubsub-default`. */
export interface TestContext extends UserContext {
  isAllChannels: boolean;
}

function contextOf(catalogue: Catalogue): TestContext {
  return {
    catalogue,
    isAllChannels: false,
    isAllChannelsByDefault() {
      return this.isAllChannels;
    },
  };
}

/** The commands named above, with ids of their own. */
function fewCommands(): AclCommand[] {
  const few: AclCommand[] = [];
  const take = (command: AclCommand, parent?: AclCommand): AclCommand => {
    const subcommands: AclCommand[] = [];
    const taken = { ...command, id: few.length, parent, subcommands };
    few.push(taken);
    for (const sub of command.subcommands) {
      if (NAMES.has(sub.fullName)) subcommands.push(take(sub, taken));
    }
    return taken;
  };
  for (const entry of COMMAND_TABLE.entries) {
    if (entry.parent === undefined && NAMES.has(entry.fullName)) take(entry);
  }
  return few;
}

export function newContext(): TestContext {
  return contextOf(new Catalogue(fewCommands(), ACL_BITS, FLAG_BITS.no_auth));
}

/** As `newContext`, with all commands there are. */
export function wholeContext(): TestContext {
  const { entries } = COMMAND_TABLE;
  return contextOf(new Catalogue(entries, ACL_BITS, FLAG_BITS.no_auth));
}

export function newUsers(): Users {
  return new Users(newContext());
}

/** The line of ACL LIST for one user, without `user` and the name. */
export function described(users: Users, name: string): string {
  const start = `user ${name} `;
  const line = users.lines().find((one) => one.startsWith(start));
  if (line === undefined) throw new Error(`there is no user ${name}`);
  return line.slice(start.length);
}
