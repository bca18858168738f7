/** Beginning, resetting and ending a connection. */

import { DEFAULT_USER } from "../../acl/mod.ts";
import type { Call } from "../call.ts";
import { block, type CommandSpec, integer, OPTIONAL, string } from "../spec.ts";
import { untilNul } from "../../base/byte_string.ts";
import { REDIS_VERSION } from "../../base/version.ts";
import * as errors from "../errors.ts";
import { isClientName, NAME_ERROR } from "./client_name.ts";

const WRONG_PASSWORD =
  "WRONGPASS invalid username-password pair or user is disabled.";

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
  if (call.argc > 3) {
    call.reply.error(errors.SYNTAX);
    return;
  }
  const { access } = call.services;
  if (call.argc === 2 && access.users.default.isPasswordFree) {
    call.reply.error(
      "ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?",
    );
    return;
  }
  const user = call.argc === 2 ? DEFAULT_USER : call.argText(1);
  const password = call.argText(call.argc - 1);
  if (access.logIn(call.client, user, password)) call.reply.ok();
  else call.reply.error(WRONG_PASSWORD);
}

function helloHandler(call: Call): void {
  const { client, reply } = call;
  let protocol = 0n;
  if (call.argc >= 2) {
    const wanted = call.needInteger(
      1,
      "ERR Protocol version is not an integer or out of range",
    );
    if (wanted === undefined) return;
    if (wanted < 2n || wanted > 3n) {
      reply.error("NOPROTO unsupported protocol version");
      return;
    }
    protocol = wanted;
  }
  if (!applyHelloOptions(call)) return;
  if (!client.isAuthenticated) {
    reply.error(
      "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time",
    );
    return;
  }
  if (protocol !== 0n) {
    client.protocol = Number(protocol);
    call.x.replySetProtocol(client.protocol);
  }
  replyHello(call);
}

/** AUTH and SETNAME take effect in their order; false after an error reply. */
function applyHelloOptions(call: Call): boolean {
  for (let i = 2; i < call.argc; i++) {
    const following = call.argc - 1 - i;
    if (following >= 2 && call.argIs(i, "auth")) {
      const [name, password] = [call.argText(i + 1), call.argText(i + 2)];
      if (!call.services.access.logIn(call.client, name, password)) {
        call.reply.error(WRONG_PASSWORD);
        return false;
      }
      i += 2;
    } else if (following >= 1 && call.argIs(i, "setname")) {
      const name = call.argText(i + 1);
      if (!isClientName(name)) {
        call.reply.error(NAME_ERROR);
        return false;
      }
      call.client.name = name;
      i++;
    } else {
      call.reply.error(
        `ERR Syntax error in HELLO option '${untilNul(call.argText(i))}'`,
      );
      return false;
    }
  }
  return true;
}

function replyHello(call: Call): void {
  const { client, reply } = call;
  reply.map(7);
  reply.text("server");
  // Clients choose their features by this name and the version beside it.
  reply.text("redis");
  reply.text("version");
  reply.text(REDIS_VERSION);
  reply.text("proto");
  reply.integer(client.protocol);
  reply.text("id");
  reply.integer(client.id);
  reply.text("mode");
  reply.text("standalone");
  reply.text("role");
  reply.text("master");
  reply.text("modules");
  reply.array(0);
}

function resetHandler(call: Call): void {
  const { client, services } = call;
  services.monitors.remove(client);
  services.tracking.disable(client);
  services.pubsub.unsubscribeAll(client);
  client.db = call.db = 0;
  client.protocol = 2;
  call.x.replySetProtocol(2);
  services.access.logOut(client);
  services.executor.discardTransaction(client);
  client.name = "";
  client.isReadOnly = false;
  client.isNoTouch = false;
  client.isNoEvict = false;
  // A reply that CLIENT REPLY SKIP has silenced stays so, as in Redis.
  if (client.replyMode === "off") {
    client.replyMode = "on";
    client.port.selectOutput();
  }
  call.reply.simple("RESET");
}

function quitHandler(call: Call): void {
  call.reply.ok();
  call.client.port.closeAfterReply();
}
