/** What was denied. */

import type { AclLogEntry } from "../../acl/mod.ts";
import type { Reply } from "../../core/mod.ts";
import type { Call } from "../call.ts";
import { replyUnknownSubcommand } from "../help.ts";
import { type CommandSpec, integer, oneOf, OPTIONAL, token } from "../spec.ts";

/** Entries that are shown if nobody says how many. */
const SHOWN_DEFAULT = 10;

/** `ACL LOG` */
export const aclLog: CommandSpec = {
  name: "log",
  summary: "List latest events denied because of ACLs in place",
  since: "6.0.0",
  group: "server",
  complexity: "O(N) with N being the number of entries shown.",
  arity: -2,
  flags: ["admin", "noscript", "loading", "stale", "sentinel"],
  history: [[
    "7.2.0",
    "Added entry ID, timestamp created, and timestamp last updated.",
  ]],
  arguments: [
    oneOf("operation", [
      integer("count"),
      token("reset", "RESET"),
    ], OPTIONAL),
  ],
  handler: aclLogHandler,
};

function aclLogHandler(call: Call): void {
  if (call.argc > 3) return replyUnknownSubcommand(call);
  const { log } = call.services.access;
  let count = SHOWN_DEFAULT;
  if (call.argc === 3) {
    if (call.argIs(2, "reset")) {
      log.clear();
      return call.reply.ok();
    }
    const wanted = call.needInteger(2);
    if (wanted === undefined) return;
    count = Math.max(0, Number(wanted));
  }
  const shown = log.entries.slice(0, count);
  call.reply.array(shown.length);
  for (const entry of shown) replyEntry(call.reply, entry, call.nowMs);
}

function replyEntry(reply: Reply, entry: AclLogEntry, nowMs: number): void {
  reply.map(10);
  reply.text("count");
  reply.integer(entry.count);
  for (
    const [name, text] of [
      ["reason", entry.reason],
      ["context", entry.context],
      ["object", entry.object],
      ["username", entry.username],
    ]
  ) {
    reply.text(name);
    reply.text(text);
  }
  reply.text("age-seconds");
  reply.double((nowMs - entry.nowMs) / 1000);
  reply.text("client-info");
  reply.text(entry.clientInfo);
  reply.text("entry-id");
  reply.integer(entry.id);
  reply.text("timestamp-created");
  reply.integer(entry.createdMs);
  reply.text("timestamp-last-updated");
  reply.integer(entry.nowMs);
}
