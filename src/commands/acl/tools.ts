/** What helps to write rules. */

import { untilNul } from "../../base/byte_string.ts";
import type { Call } from "../call.ts";
import type { CommandEntry } from "../entries.ts";
import { ACL_BITS } from "../entries.ts";
import * as errors from "../errors.ts";
import { replyUnknownSubcommand } from "../help.ts";
import {
  ACL_CATEGORIES,
  type CommandSpec,
  integer,
  OPTIONAL,
  string,
} from "../spec.ts";

const GENPASS_BITS_DEFAULT = 256;
const GENPASS_BITS_MAX = 4096;

/** Where the call that is asked about begins among the arguments of DRYRUN. */
const DRYRUN_OFFSET = 3;

/** `ACL CAT` */
export const aclCat: CommandSpec = {
  name: "cat",
  summary: "List the ACL categories or the commands inside a category",
  since: "6.0.0",
  group: "server",
  complexity: "O(1) since the categories and commands are a fixed set.",
  arity: -2,
  flags: ["noscript", "loading", "stale", "sentinel"],
  arguments: [string("categoryname", OPTIONAL)],
  handler: aclCatHandler,
};

/** `ACL DRYRUN` */
export const aclDryrun: CommandSpec = {
  name: "dryrun",
  summary:
    "Returns whether the user can execute the given command without executing the command.",
  since: "7.0.0",
  group: "server",
  complexity: "O(1).",
  arity: -4,
  flags: ["admin", "noscript", "loading", "stale", "sentinel"],
  arguments: [
    string("username"),
    string("command"),
    string("arg", { optional: true, multiple: true }),
  ],
  handler: aclDryrunHandler,
};

/** `ACL GENPASS` */
export const aclGenpass: CommandSpec = {
  name: "genpass",
  summary: "Generate a pseudorandom secure password to use for ACL users",
  since: "6.0.0",
  group: "server",
  complexity: "O(1)",
  arity: -2,
  flags: ["noscript", "loading", "stale", "sentinel"],
  arguments: [integer("bits", OPTIONAL)],
  handler: aclGenpassHandler,
};

function aclCatHandler(call: Call): void {
  if (call.argc > 3) return replyUnknownSubcommand(call);
  if (call.argc === 2) return call.reply.texts(ACL_CATEGORIES);
  const name = untilNul(call.argText(2));
  const category = ACL_CATEGORIES.find((one) => one === name.toLowerCase());
  if (category === undefined) {
    call.reply.error(`ERR Unknown category '${name.slice(0, 128)}'`);
    return;
  }
  const bit = ACL_BITS[category];
  call.reply.texts(
    call.services.table.entries
      .filter(({ parent }) => parent === undefined)
      .flatMap((entry) => [entry, ...entry.subcommands])
      .filter(({ aclBits }) => (aclBits & bit) !== 0)
      .map(({ fullName }) => fullName),
  );
}

function aclGenpassHandler(call: Call): void {
  if (call.argc > 3) return replyUnknownSubcommand(call);
  let bits = GENPASS_BITS_DEFAULT;
  if (call.argc === 3) {
    const wanted = call.needInteger(2);
    if (wanted === undefined) return;
    if (wanted <= 0n || wanted > GENPASS_BITS_MAX) {
      call.reply.error(
        `ERR ACL GENPASS argument must be the number of bits for the output password, a positive number up to ${GENPASS_BITS_MAX}`,
      );
      return;
    }
    bits = Number(wanted);
  }
  const digits = Math.ceil(bits / 4);
  const bytes = new Uint8Array(Math.ceil(digits / 2));
  call.services.random.fill(bytes);
  call.reply.text(bytes.toHex().slice(0, digits));
}

function aclDryrunHandler(call: Call): void {
  const { reply } = call;
  const { access } = call.services;
  const user = access.users.get(call.argText(2));
  if (user === undefined) {
    reply.error(`ERR User '${untilNul(call.argText(2))}' not found`);
    return;
  }
  const entry = entryOf(call);
  if (entry === undefined) {
    const name = untilNul(call.argText(DRYRUN_OFFSET));
    reply.error(`ERR Command '${name}' not found`);
    return;
  }
  const { arity } = entry.spec;
  const argc = call.argc - DRYRUN_OFFSET;
  if (arity > 0 ? argc !== arity : argc < -arity) {
    reply.error(errors.wrongArity(entry.fullName));
    return;
  }
  const denial = access.findDenial(user, entry, DRYRUN_OFFSET);
  if (denial === undefined) return reply.ok();
  if (denial.reason === "command") {
    reply.text(
      `This user has no permissions to run the '${entry.fullName}' command`,
    );
    return;
  }
  const object = untilNul(call.argText(denial.index + DRYRUN_OFFSET));
  reply.text(
    `This user has no permissions to access the '${object}' ${denial.reason}`,
  );
}

/** The command asked about, or its subcommand where it has some. */
function entryOf(call: Call): CommandEntry | undefined {
  const { names } = call.services.table;
  const entry = names.get(call.argWord(DRYRUN_OFFSET));
  if (
    entry === undefined || entry.subcommands.length === 0 ||
    call.argc === DRYRUN_OFFSET + 1
  ) return entry;
  const sub = call.argWord(DRYRUN_OFFSET + 1);
  return entry.subcommands.find(({ spec }) => spec.name === sub);
}
