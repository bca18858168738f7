/** Users over the real command table. */

import { Catalogue, type UserContext, Users } from "../../../src/acl/mod.ts";
import { ACL_BITS, FLAG_BITS } from "../../../src/commands/entries.ts";
import { COMMAND_TABLE } from "../../../src/commands/table.ts";

/** What users are made with, and a switch for `acl-pubsub-default`. */
export interface TestContext extends UserContext {
  isAllChannels: boolean;
}

export function newContext(): TestContext {
  return {
    catalogue: new Catalogue(
      COMMAND_TABLE.entries,
      ACL_BITS,
      FLAG_BITS.no_auth,
    ),
    isAllChannels: false,
    isAllChannelsByDefault() {
      return this.isAllChannels;
    },
  };
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
