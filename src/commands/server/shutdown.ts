/** Stopping the server. */

import type { Call } from "../call.ts";
import * as errors from "../errors.ts";
import { type CommandSpec, oneOf, OPTIONAL, token } from "../spec.ts";

/** `SHUTDOWN` */
export const shutdown: CommandSpec = {
  name: "shutdown",
  summary:
    "Synchronously save the dataset to disk and then shut down the server",
  since: "1.0.0",
  group: "server",
  complexity:
    "O(N) when saving, where N is the total number of keys in all databases when saving data, otherwise O(1)",
  arity: -1,
  flags: [
    "admin",
    "noscript",
    "loading",
    "stale",
    "sentinel",
    "no_multi",
    "allow_busy",
  ],
  history: [["7.0.0", "Added the `NOW`, `FORCE` and `ABORT` modifiers."]],
  arguments: [
    oneOf(
      "nosave_save",
      [token("nosave", "NOSAVE"), token("save", "SAVE")],
      OPTIONAL,
    ),
    token("now", "NOW", { since: "7.0.0", optional: true }),
    token("force", "FORCE", { since: "7.0.0", optional: true }),
    token("abort", "ABORT", { since: "7.0.0", optional: true }),
  ],
  handler: shutdownHandler,
};

function shutdownHandler(call: Call): void {
  const given = { nosave: false, save: false, now: false, force: false };
  let abort = false;
  for (let i = 1; i < call.argc; i++) {
    const word = call.argWord(i);
    if (word === "abort") abort = true;
    else if (Object.hasOwn(given, word)) {
      given[word as keyof typeof given] = true;
    } else return call.reply.error(errors.SYNTAX);
  }
  const { nosave, save, now, force } = given;
  if ((abort && (nosave || save || now || force)) || (nosave && save)) {
    return call.reply.error(errors.SYNTAX);
  }
  const { lifecycle } = call.services;
  if (abort) {
    if (lifecycle.abortShutdown()) call.reply.ok();
    else call.reply.error("ERR No shutdown in progress.");
    return;
  }
  // Returns only if it failed; the log has the reason.
  const problem = lifecycle.shutdown({
    save: save ? true : nosave ? false : undefined,
    now,
    force,
  });
  if (problem !== null) {
    call.reply.error("ERR Errors trying to SHUTDOWN. Check logs.");
  }
}
