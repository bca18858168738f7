/**
 * Access control where it meets connections: logging in, refusing commands,
 * closing the connections of users that are gone, and the file of users.
 */

import {
  AclLog,
  type AclRequest,
  allowsChannel,
  Catalogue,
  channelsThatRemain,
  type Denial,
  findDenial,
  mayUseAllKeys,
  parseAclFile,
  READ,
  type User,
  type UserContext,
  type UserDefinition,
  Users,
  WRITE,
} from "../acl/mod.ts";
import { fromBytes, fromText, toBytes, toText } from "../base/byte_string.ts";
import { fileErrorText } from "../base/file_error.ts";
import { getChannels } from "../commands/channel_positions.ts";
import type { Client } from "../commands/client.ts";
import { clientInfoLine } from "../commands/connection/client_info.ts";
import {
  ACL_BITS,
  type CommandEntry,
  type CommandTable,
  FLAG_BITS,
} from "../commands/entries.ts";
import { FrameArguments } from "../commands/frame_arguments.ts";
import { getKeys, hasKeys } from "../commands/key_positions.ts";
import type { AccessControl } from "../commands/services.ts";
import type { KeyFlag } from "../commands/spec.ts";
import type { Config } from "../config/mod.ts";
import type { Connection } from "./connection.ts";
import type { Server } from "./server.ts";

/** Why a command is refused, by what is denied. */
const REFUSALS = {
  key:
    "NOPERM this user has no permissions to access one of the keys used as arguments",
  channel:
    "NOPERM this user has no permissions to access one of the channels used as arguments",
} as const;

const EXEC_REFUSAL =
  "NOPERM ACLs rules changed between the moment the transaction was accumulated and the EXEC call. This command is no longer allowed for the following reason: ";

/** Why a queued command is refused by EXEC. */
const EXEC_REASONS = {
  command: "no permission to execute the command or subcommand",
  key: "no permission to touch the specified keys",
  channel: "no permission to access one of the channels used as arguments",
} as const;

/** What users are made with, given the table of commands. */
export function userContext(table: CommandTable, config: Config): UserContext {
  return {
    catalogue: new Catalogue(table.entries, ACL_BITS, FLAG_BITS.no_auth),
    isAllChannelsByDefault: () =>
      config.values.aclPubsubDefault === "allchannels",
  };
}

/** See the top of the file. */
export class Access implements AccessControl {
  readonly users: Users;
  readonly log: AclLog;
  readonly #server: Server;
  /** What a command does with a key, by the flags in its spec. */
  readonly #permissions = new Map<readonly KeyFlag[], number>();

  constructor(server: Server, table: CommandTable) {
    const { config } = server;
    this.#server = server;
    this.users = new Users(userContext(table, config));
    this.users.beforeChange = (user, becoming) =>
      this.#endSubscriptions(user, becoming);
    this.users.onChange = () => this.#restrictParsers();
    this.log = new AclLog(() => config.values.acllogMaxLen);
    config.userLines = () => this.users.lines();
  }

  // -------------------------------------------------------------- logging in

  logIn(client: Client, name: string, password: string): boolean {
    const user = this.users.get(name);
    if (user === undefined || !user.accepts(password)) {
      this.#note(
        client,
        "auth",
        new FrameArguments(this.#core, 0).text(0),
        name,
      );
      return false;
    }
    client.user = user;
    this.#authenticate(client, true);
    return true;
  }

  logOut(client: Client): void {
    client.user = this.users.default;
    this.#authenticate(client, !this.users.requireAuthentication);
  }

  get #core() {
    return this.#server.core;
  }

  #authenticate(client: Client, value: boolean): void {
    client.isAuthenticated = value;
    this.#restrictParser(client);
  }

  /** Whether the client may do nothing but log in. */
  mustLogIn(client: Client): boolean {
    return !client.isAuthenticated && this.users.requireAuthentication;
  }

  /** Whoever must log in may not send long queries. */
  #restrictParser(client: Client): void {
    const { parser } = client.port as Connection;
    this.#core.x.parserSetFlags(parser, this.mustLogIn(client) ? 1 : 0);
  }

  #restrictParsers(): void {
    for (const { client } of this.#server.connections.values()) {
      this.#restrictParser(client);
    }
  }

  // ---------------------------------------------------------------- refusing

  /** Why the client may not run the command in the current frame, if so. */
  refusal(client: Client, entry: CommandEntry): string | undefined {
    // The log shows it as the client's last command.
    client.lastCommand = entry;
    const denial = this.#denialOf(client, entry);
    if (denial === undefined) return undefined;
    return denial.reason === "command"
      ? `NOPERM this user has no permissions to run the '${entry.fullName}' command`
      : REFUSALS[denial.reason];
  }

  refusalInExec(client: Client, entry: CommandEntry): string | undefined {
    const denial = this.#denialOf(client, entry);
    return denial && EXEC_REFUSAL + EXEC_REASONS[denial.reason];
  }

  /** What the client may not do, noted in the log. */
  #denialOf(client: Client, entry: CommandEntry): Denial | undefined {
    const { user } = client;
    if (user.isUnrestricted) return undefined;
    const denial = this.findDenial(user, entry, 0);
    if (denial === undefined) return undefined;
    const { reason, index } = denial;
    const object = reason === "command"
      ? entry.fullName
      : new FrameArguments(this.#core, 0).text(index);
    this.#note(client, reason, object, user.name);
    return denial;
  }

  findDenial(
    user: User,
    entry: CommandEntry,
    offset: number,
  ): Denial | undefined {
    return findDenial(user, this.#request(entry, offset));
  }

  mayReadAllKeys(client: Client, entry: CommandEntry): boolean {
    return client.user.runsEverything ||
      mayUseAllKeys(client.user, this.#request(entry, 0), READ);
  }

  #request(entry: CommandEntry, offset: number): AclRequest {
    const args = new FrameArguments(this.#core, offset);
    return {
      command: entry,
      length: args.length,
      text: (index) => args.text(index),
      keys: () =>
        !hasKeys(entry.spec)
          ? []
          : getKeys(entry.spec, args).map(({ index, flags }) => ({
            index,
            permissions: this.#permissionsFor(flags),
          })),
      channels: () => getChannels(entry, args.length),
    };
  }

  #permissionsFor(flags: readonly KeyFlag[]): number {
    const known = this.#permissions.get(flags);
    if (known !== undefined) return known;
    let permissions = 0;
    if (flags.includes("access")) permissions |= READ;
    for (const flag of ["insert", "delete", "update"] as const) {
      if (flags.includes(flag)) permissions |= WRITE;
    }
    this.#permissions.set(flags, permissions);
    return permissions;
  }

  #note(
    client: Client,
    reason: Denial["reason"] | "auth",
    object: string,
    username: string,
  ): void {
    const { nowMs, stats } = this.#server;
    const { x } = this.#core;
    let argumentBytes = 0;
    for (let i = 0; i < x.frameCount(); i++) {
      argumentBytes += x.argLength(i) >>> 0;
    }
    stats.denied[reason]++;
    this.log.add({
      reason,
      context: client.inMulti ? "multi" : "toplevel",
      object,
      username,
      clientInfo: clientInfoLine(client, nowMs, argumentBytes),
      nowMs,
    });
  }

  // --------------------------------------------------------- users that change

  deleteUser(name: string, asking: Client): boolean {
    const user = this.users.remove(name);
    if (user === undefined) return false;
    this.#disconnect(user, asking);
    return true;
  }

  /** Closes the connections of a user; whoever asks for it gets its reply first. */
  #disconnect(user: User, asking: Client): void {
    for (const { client } of [...this.#server.connections.values()]) {
      if (client.user !== user) continue;
      client.user = this.users.default;
      this.#authenticate(client, false);
      if (client === asking) client.closesAfterCommand = true;
      else client.port.close();
    }
  }

  /** Closes connections that listen to channels their user is about to lose. */
  #endSubscriptions(user: User, becoming: User): void {
    const left = channelsThatRemain(user, becoming);
    if (left === undefined) return;
    for (const { client } of [...this.#server.connections.values()]) {
      const { subscriptions } = client;
      if (subscriptions === undefined || client.user !== user) continue;
      const { channels, shardChannels, patterns } = subscriptions;
      const isAllowed = [...patterns].every((one) =>
        allowsChannel(left, one, true)
      ) &&
        [...channels, ...shardChannels].every((one) =>
          allowsChannel(left, one, false)
        );
      if (!isAllowed) client.port.close();
    }
  }

  // -------------------------------------------------------------------- files

  /**
   * Makes the users that the configuration names, or those in the file it
   * names; what is wrong with them, for the log.
   */
  loadAtStart(definitions: readonly UserDefinition[]): string[] | undefined {
    const { aclfile } = this.#server.config.values;
    if (aclfile !== "" && definitions.length > 0) {
      return [
        "Configuring Redis with users defined in redis.conf and at the same setting an ACL file path is invalid. This setup is very likely to lead to configuration errors and security holes, please define either an ACL file or declare users directly in your redis.conf, but not both.",
      ];
    }
    const { notices, error } = this.users.loadConfigured(definitions);
    for (const notice of notices) this.#server.log.notice(toText(notice));
    if (error !== undefined) {
      return [toText(error), "Critical error while loading ACLs. Exiting."];
    }
    const problem = aclfile === "" ? undefined : this.#load(aclfile).error;
    return problem === undefined
      ? undefined
      : [`Aborting Redis startup because of ACL errors: ${toText(problem)}`];
  }

  loadFile(asking: Client): string | undefined {
    const { gone, error } = this.#load(this.#server.config.values.aclfile);
    for (const user of gone) this.#disconnect(user, asking);
    return error;
  }

  #load(path: string): { gone: User[]; error?: string } {
    let text: string;
    try {
      text = fromBytes(this.#server.services.files.readFile(path));
    } catch (error) {
      return {
        gone: [],
        error: fromText(
          `Error loading ACLs, opening file '${path}': ${fileErrorText(error)}`,
        ),
      };
    }
    const file = parseAclFile(text, fromText(path), this.users.context);
    if ("errors" in file) return { gone: [], error: file.errors };
    return { gone: this.users.replace(file.users) };
  }

  saveFile(): boolean {
    const { config, services, log, nowMs } = this.#server;
    const { files, lifecycle } = services;
    const path = config.values.aclfile;
    const temporaryPath = `${path}.tmp-${lifecycle.processId}-${nowMs}`;
    const lines = this.users.lines().map((line) => `${line}\n`);
    let step = "Opening temp";
    try {
      const file = files.open(temporaryPath, {
        mode: "create-new",
        permissions: 0o644,
      });
      step = "Writing";
      try {
        file.write(toBytes(lines.join("")));
        file.sync();
      } finally {
        file.close();
      }
      step = "Renaming";
      files.rename(temporaryPath, path);
      return true;
    } catch (error) {
      log.warning(`${step} ACL file for ACL SAVE: ${fileErrorText(error)}`);
      removeQuietly(() => files.remove(temporaryPath));
      return false;
    }
  }
}

function removeQuietly(remove: () => void): void {
  try {
    remove();
  } catch {
    // It may never have been there; the first failure is the one to report.
  }
}
