/** Beginning, resetting and ending a connection. */

import type { Call } from "../call.ts";
import {
  block,
  type CommandSpec,
  integer,
  OPTIONAL,
  string,
  unimplemented,
} from "../spec.ts";

/** `AUTH` */
export const auth: CommandSpec = {
  name: "auth",
  summary: "Authenticate to the server",
  since: "1.0.0",
  group: "connection",
  complexity: "O(N) where N is the number of passwords defined for the user",
  arity: -2,
  flags: [
    "noscript",
    "loading",
    "stale",
    "fast",
    "no_auth",
    "sentinel",
    "allow_busy",
  ],
  acl: ["connection"],
  history: [["6.0.0", "Added ACL style (username and password)."]],
  arguments: [
    string("username", { since: "6.0.0", optional: true }),
    string("password"),
  ],
  handler: authHandler,
};

/** `HELLO` */
export const hello: CommandSpec = {
  name: "hello",
  summary: "Handshake with Redis",
  since: "6.0.0",
  group: "connection",
  complexity: "O(1)",
  arity: -1,
  flags: [
    "noscript",
    "loading",
    "stale",
    "fast",
    "no_auth",
    "sentinel",
    "allow_busy",
  ],
  acl: ["connection"],
  history: [[
    "6.2.0",
    "`protover` made optional; when called without arguments the command reports the current connection's context.",
  ]],
  arguments: [
    block("arguments", [
      integer("protover"),
      block("username_password", [string("username"), string("password")], {
        token: "AUTH",
        optional: true,
      }),
      string("clientname", { token: "SETNAME", optional: true }),
    ], OPTIONAL),
  ],
  handler: helloHandler,
};

/** `RESET` */
export const reset: CommandSpec = {
  name: "reset",
  summary: "Reset the connection",
  since: "6.2.0",
  group: "connection",
  complexity: "O(1)",
  arity: 1,
  flags: ["noscript", "loading", "stale", "fast", "no_auth", "allow_busy"],
  acl: ["connection"],
  handler: resetHandler,
};

/** `QUIT` */
export const quit: CommandSpec = {
  name: "quit",
  summary: "Close the connection",
  since: "1.0.0",
  group: "connection",
  complexity: "O(1)",
  arity: -1,
  flags: ["noscript", "loading", "stale", "fast", "no_auth", "allow_busy"],
  acl: ["connection"],
  handler: quitHandler,
};

function authHandler(call: Call): void {
  unimplemented(call);
}

function helloHandler(call: Call): void {
  unimplemented(call);
}

function resetHandler(call: Call): void {
  unimplemented(call);
}

function quitHandler(call: Call): void {
  unimplemented(call);
}
