/** Queueing commands and running them as one. */

import type { Call } from "../call.ts";
import * as errors from "../errors.ts";
import type { CommandSpec } from "../spec.ts";

/** `MULTI` */
export const multi: CommandSpec = {
  name: "multi",
  summary: "Mark the start of a transaction block",
  since: "1.2.0",
  group: "transactions",
  complexity: "O(1)",
  arity: 1,
  flags: ["noscript", "loading", "stale", "fast", "allow_busy"],
  acl: ["transaction"],
  handler: multiHandler,
};

/** `EXEC` */
export const exec: CommandSpec = {
  name: "exec",
  summary: "Execute all commands issued after MULTI",
  since: "1.2.0",
  group: "transactions",
  complexity: "Depends on commands in the transaction",
  arity: 1,
  flags: ["noscript", "loading", "stale", "skip_slowlog"],
  acl: ["transaction"],
  handler: execHandler,
};

/** `DISCARD` */
export const discard: CommandSpec = {
  name: "discard",
  summary: "Discard all commands issued after MULTI",
  since: "2.0.0",
  group: "transactions",
  complexity: "O(N), when N is the number of queued commands",
  arity: 1,
  flags: ["noscript", "loading", "stale", "fast", "allow_busy"],
  acl: ["transaction"],
  handler: discardHandler,
};

function multiHandler(call: Call): void {
  const { client } = call;
  if (client.inMulti) {
    call.reply.error("ERR MULTI calls can not be nested");
    return;
  }
  client.inMulti = true;
  call.reply.ok();
}

function execHandler(call: Call): void {
  const { client, services } = call;
  if (!client.inMulti) {
    call.reply.error("ERR EXEC without MULTI");
    return;
  }
  if (client.multiFailed) call.reply.error(errors.EXEC_ABORT);
  else if (client.isDirtyCas || services.watches.anyExpired(client)) {
    call.reply.nullArray();
  } else {
    services.watches.unwatchAll(client);
    runQueue(call);
  }
  services.executor.discardTransaction(client);
}

/** Runs what was queued; all its effects belong to one batch. */
function runQueue(call: Call): void {
  const { client, x, services } = call;
  const { queue } = client;
  call.reply.array(queue.length);
  // Nested calls change `call`, so nothing of it is kept across one.
  const hasFrame = x.framePush() !== 0;
  for (const { entry, frame } of queue) {
    if (!hasFrame || x.frameLoad(frame) === 0) {
      call.reply.error(errors.OUT_OF_MEMORY);
      continue;
    }
    // Rules may have changed since it was queued.
    const refusal = services.access.refusalInExec(client, entry);
    if (refusal === undefined) services.executor.executeNested(client, entry);
    else call.reply.error(refusal);
  }
  if (hasFrame) x.framePop();
  // The commands have propagated themselves.
  call.suppressEffect();
}

function discardHandler(call: Call): void {
  const { client, services } = call;
  if (!client.inMulti) {
    call.reply.error("ERR DISCARD without MULTI");
    return;
  }
  services.executor.discardTransaction(client);
  call.reply.ok();
}
