/** What the HELP of every container command begins and ends with. */

import { untilNul, upperCase } from "../base/byte_string.ts";
import type { Call } from "./call.ts";

/** Replies with help: `lines` between the heading and the lines on HELP itself. */
export function replyHelp(call: Call, lines: readonly string[]): void {
  call.reply.help([
    `${
      calledName(call)
    } <subcommand> [<arg> [value] [opt] ...]. Subcommands are:`,
    ...lines,
    "HELP",
    "    Prints this help.",
  ]);
}

/** For commands that tell their subcommands apart themselves. */
export function replyUnknownSubcommand(call: Call): void {
  const given = untilNul(call.argText(1)).slice(0, 128);
  call.reply.error(
    `ERR unknown subcommand or wrong number of arguments for '${given}'. Try ${
      calledName(call)
    } HELP.`,
  );
}

/** The command as the client wrote it, in upper case. */
function calledName(call: Call): string {
  return upperCase(call.argText(0));
}
