/** The container of the CLIENT subcommands. */

import type { Call } from "../call.ts";
import { type CommandSpec, unimplemented } from "../spec.ts";
import { clientKill, clientUnblock } from "./client_kill.ts";
import { clientId, clientInfo, clientList } from "./client_list.ts";
import { clientNoEvict, clientNoTouch, clientReply } from "./client_mode.ts";
import { clientGetname, clientSetinfo, clientSetname } from "./client_name.ts";
import { clientPause, clientUnpause } from "./client_pause.ts";
import {
  clientCaching,
  clientGetredir,
  clientTracking,
  clientTrackinginfo,
} from "./client_tracking.ts";

const clientHelp: CommandSpec = {
  name: "help",
  summary: "Show helpful text about the different subcommands",
  since: "5.0.0",
  group: "connection",
  complexity: "O(1)",
  arity: 2,
  flags: ["loading", "stale", "sentinel"],
  acl: ["connection"],
  handler: clientHelpHandler,
};

/** `CLIENT` */
export const client: CommandSpec = {
  name: "client",
  summary: "A container for client connection commands",
  since: "2.4.0",
  group: "connection",
  complexity: "Depends on subcommand.",
  arity: -2,
  flags: ["sentinel"],
  subcommands: [
    clientCaching,
    clientGetname,
    clientGetredir,
    clientHelp,
    clientId,
    clientInfo,
    clientKill,
    clientList,
    clientNoEvict,
    clientNoTouch,
    clientPause,
    clientReply,
    clientSetinfo,
    clientSetname,
    clientTracking,
    clientTrackinginfo,
    clientUnblock,
    clientUnpause,
  ],
};

function clientHelpHandler(call: Call): void {
  unimplemented(call);
}
