/** The file of users. */

import assert from "node:assert/strict";
import { parseAclFile, Users } from "../../../src/acl/mod.ts";
import { described, newContext } from "./_context.ts";

const NO_CHANGE =
  "WARNING: ACL errors detected, no change to the previously active ACL rules was performed";

function errorsOf(text: string): string {
  const file = parseAclFile(text, "users.acl", newContext());
  return "errors" in file ? file.errors.replace(NO_CHANGE, "") : "none";
}

Deno.test("a file replaces all users, and what it leaves out is gone", () => {
  const context = newContext();
  const users = new Users(context);
  users.set("old", ["on"]);
  users.set("kept", ["on"]);
  const file = parseAclFile(
    "\nuser kept on (~a +get) nopass\r\n\n\tuser default on >x +@all\n",
    "users.acl",
    context,
  );
  assert.ok("users" in file, JSON.stringify(file));
  const { default: sameDefault } = users;
  assert.deepEqual(users.replace(file.users).map(({ name }) => name), [
    "kept",
    "old",
  ]);
  assert.equal(users.default, sameDefault);
  assert.deepEqual(users.all().map(({ name }) => name), ["default", "kept"]);
  assert.equal(
    described(users, "kept"),
    "on nopass resetchannels -@all (~a resetchannels -@all +get)",
  );
  assert.equal(users.requireAuthentication, true);
  const none = parseAclFile("", "users.acl", context);
  assert.ok("users" in none);
  users.replace(none.users);
  assert.equal(described(users, "default"), "on nopass ~* &* +@all");
});

Deno.test("all that is wrong with a file is told on one line", () => {
  assert.equal(
    errorsOf("user a on\nusr b on\nuser a\nuser c +nosuch nosuch ~* ~a (+x)\n"),
    "users.acl:2 should start with user keyword followed by the username. " +
      "WARNING: Duplicate user 'a' found on line 3. " +
      "users.acl:4: Error in applying operation '+nosuch': Unknown command or category name in ACL. " +
      "users.acl:4: Syntax error. " +
      "users.acl:4: Error in applying operation '(+x)': Unknown command or category name in ACL. ",
  );
  assert.equal(
    errorsOf("user a\tb on"),
    "'users.acl:1: username 'a\tb' contains invalid characters. ",
  );
  assert.equal(
    errorsOf("user a (~b"),
    "users.acl:1: Unmatched parenthesis in selector definition.",
  );
  assert.equal(
    errorsOf("# no comments\nUSER a"),
    "users.acl:1 should start with user keyword followed by the username. " +
      "users.acl:2 should start with user keyword followed by the username. ",
  );
  assert.match(errorsOf("user"), /^users\.acl:1 should start/);
});
