/** The rules of users: what they make of one, and how it is described. */

import assert from "node:assert/strict";
import { described, newContext, newUsers } from "./_context.ts";
import { DefinitionChecker, Users } from "../../../src/acl/mod.ts";

/** SHA-256 of `secret` and of the empty password. */
const SECRET =
  "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";
const EMPTY =
  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** Rules given to a new user, and its description. */
const DESCRIPTIONS: readonly (readonly [rules: string[], text: string])[] = [
  [[], "off resetchannels -@all"],
  [[""], "off resetchannels -@all"],
  [["ON", "NoPass", "AllKeys"], "on nopass ~* resetchannels -@all"],
  [["reset"], "off sanitize-payload resetchannels -@all"],
  [["skip-sanitize-payload"], "off skip-sanitize-payload resetchannels -@all"],
  [[">secret", ">secret"], `off #${SECRET} resetchannels -@all`],
  [[">secret", ">"], `off #${SECRET} #${EMPTY} resetchannels -@all`],
  [[">secret", `!${SECRET}`, `#${EMPTY}`], `off #${EMPTY} resetchannels -@all`],
  [["nopass", ">secret"], `off #${SECRET} resetchannels -@all`],
  [[">secret", "nopass"], "off nopass resetchannels -@all"],
  [
    ["~a", "%R~b", "%w~c", "%rW~d", "~a"],
    "off ~a %R~b %W~c ~d resetchannels -@all",
  ],
  [["%R~b", "%W~b"], "off ~b resetchannels -@all"],
  [["~a", "~*"], "off ~* resetchannels -@all"],
  [["~*", "resetkeys", "~"], "off ~ resetchannels -@all"],
  [["%RW~*"], "off ~* resetchannels -@all"],
  [["%R"], "off %R~ resetchannels -@all"],
  [["&a*", "&b", "&a*"], "off resetchannels &a* &b -@all"],
  [["&b", "allchannels"], "off &* -@all"],
  [["&*", "resetchannels"], "off resetchannels -@all"],
  [["+get", "+SET", "-get"], "off resetchannels -@all +set"],
  [["+@all", "-get"], "off resetchannels +@all -get"],
  [["+@all", "-get", "+get"], "off resetchannels +@all"],
  [
    ["+client|id", "+client|kill"],
    "off resetchannels -@all +client|id +client|kill",
  ],
  [["+client", "-client|kill"], "off resetchannels -@all +client -client|kill"],
  [["+@all", "-client"], "off resetchannels +@all -client"],
  [
    ["+select|0", "+select|A", "+select|a"],
    "off resetchannels -@all +select|0 +select|A",
  ],
  [["+select|0", "+select"], "off resetchannels -@all +select"],
  [["+select|0", "-select"], "off resetchannels -@all"],
  [["+select|0", "-@all"], "off resetchannels -@all"],
  [["+@string"], "off resetchannels -@all +@string"],
  [["+@transaction", "-exec"], "off resetchannels -@all +@transaction -exec"],
  [["+@all", "-@transaction"], "off resetchannels +@all -@transaction"],
  [["allcommands", "nocommands"], "off resetchannels -@all"],
  [["()"], "off resetchannels -@all (resetchannels -@all)"],
  [
    ["(~a +get)", "( ~b", "+set", ")"],
    "off resetchannels -@all (~a resetchannels -@all +get) (~b resetchannels -@all +set)",
  ],
  [["(~a)", "clearselectors"], "off resetchannels -@all"],
  [
    ["(\"~a\" '+get')"],
    "off resetchannels -@all (~a resetchannels -@all +get)",
  ],
  [['(~a "b)'], "off resetchannels -@all (resetchannels -@all)"],
];

Deno.test("a user is described by the rules that would make it", () => {
  for (const [rules, text] of DESCRIPTIONS) {
    const users = newUsers();
    assert.equal(users.set("u", rules), undefined, rules.join(" "));
    assert.equal(described(users, "u"), text, rules.join(" "));
  }
});

Deno.test("a description makes the user it describes", () => {
  for (const [rules, text] of DESCRIPTIONS) {
    const users = newUsers();
    users.set("u", rules);
    assert.equal(users.set("again", text.split(" ")), undefined, text);
    assert.equal(described(users, "again"), text);
  }
});

/** The last rule is wrong in this way. */
const PROBLEMS: readonly (readonly [rules: string[], problem: string])[] = [
  [["+nosuch"], "Unknown command or category name in ACL"],
  [["-nosuch"], "Unknown command or category name in ACL"],
  [["+@nosuch"], "Unknown command or category name in ACL"],
  [["+@"], "Unknown command or category name in ACL"],
  [["+"], "Unknown command or category name in ACL"],
  [["+client|nosuch"], "Unknown command or category name in ACL"],
  [["-client|nosuch"], "Unknown command or category name in ACL"],
  [["-select|0"], "Unknown command or category name in ACL"],
  [["+get|a|b"], "Unknown command or category name in ACL"],
  [["+client|id|x"], "Allowing first-arg of a subcommand is not supported"],
  [["+select|"], "Syntax error"],
  [["+client|"], "Syntax error"],
  [["nosuch"], "Syntax error"],
  [[")"], "Syntax error"],
  [["~a b"], "Syntax error"],
  [["~a\0"], "Syntax error"],
  [["&a\t"], "Syntax error"],
  [["%"], "Syntax error"],
  [["%~a"], "Syntax error"],
  [["%RR~a"], "Syntax error"],
  [["%X~a"], "Syntax error"],
  [["(on)"], "Syntax error"],
  [["(~a b)"], "Syntax error"],
  [["(())"], "Syntax error"],
  [
    ["~*", "~a"],
    "Adding a pattern after the * pattern (or the 'allkeys' flag) is not valid and does not have any effect. Try 'resetkeys' to start with an empty list of patterns",
  ],
  [
    ["allchannels", "&a"],
    "Adding a pattern after the * pattern (or the 'allchannels' flag) is not valid and does not have any effect. Try 'resetchannels' to start with an empty list of channels",
  ],
  [
    ["<secret"],
    "The password you are trying to remove from the user does not exist",
  ],
  [
    [`#${SECRET}0`],
    "The password hash must be exactly 64 characters and contain only lowercase hexadecimal characters",
  ],
  [
    [`!${SECRET.toUpperCase()}`],
    "The password hash must be exactly 64 characters and contain only lowercase hexadecimal characters",
  ],
];

Deno.test("a rule that is wrong is named, and none of the others is applied", () => {
  for (const [rules, problem] of PROBLEMS) {
    const users = newUsers();
    users.set("u", ["on", "~kept"]);
    const before = described(users, "u");
    const last = rules.at(-1)!.split("\0")[0];
    const fresh = rules[0].startsWith("~*") ? ["resetkeys", ...rules] : rules;
    assert.equal(
      users.set("u", ["off", "nopass", ...fresh]),
      `Error in ACL SETUSER modifier '${last}': ${problem}`,
    );
    assert.equal(described(users, "u"), before);
    assert.equal(users.set("new", rules)?.includes(problem), true);
    assert.equal(users.get("new"), undefined, "nobody is made by wrong rules");
  }
});

Deno.test("a selector that is never closed is told by where it opens", () => {
  assert.equal(
    newUsers().set("u", ["on", "(~a", "+get"]),
    "Unmatched parenthesis in acl selector starting at '(~a'.",
  );
});

Deno.test("acl-pubsub-default decides what users and selectors begin with", () => {
  const context = newContext();
  const users = new Users(context);
  context.isAllChannels = true;
  users.set("u", ["(+get)"]);
  assert.equal(described(users, "u"), "off &* -@all (&* -@all +get)");
  context.isAllChannels = false;
  users.set("u", ["on"]);
  assert.equal(described(users, "u"), "on &* -@all (&* -@all +get)");
  users.set("u", ["reset"]);
  assert.equal(
    described(users, "u"),
    "off sanitize-payload resetchannels -@all",
  );
});

Deno.test("the default user may do everything, and is always there", () => {
  const users = newUsers();
  assert.equal(described(users, "default"), "on nopass ~* &* +@all");
  assert.equal(users.default.isUnrestricted, true);
  assert.equal(users.requireAuthentication, false);
  assert.equal(users.remove("default"), undefined);
  users.setDefaultPassword("secret");
  assert.equal(users.requireAuthentication, true);
  assert.equal(users.default.accepts("secret"), true);
  assert.equal(users.default.accepts("Secret"), false);
  users.setDefaultPassword(null);
  assert.equal(users.requireAuthentication, false);
  users.set("default", ["off"]);
  assert.equal(users.requireAuthentication, true);
  assert.equal(users.default.accepts("any"), false);
});

Deno.test("a user is unrestricted if one selector leaves nothing out", () => {
  const users = newUsers();
  const check = (rules: string[], runs: boolean, unrestricted: boolean) => {
    users.set("u", ["reset", ...rules]);
    const { runsEverything, isUnrestricted } = users.get("u")!;
    assert.deepEqual([runsEverything, isUnrestricted], [runs, unrestricted]);
  };
  check(["+@all", "~*", "&*"], true, true);
  check(["+@all", "~*"], true, false);
  check(["+@all", "&*"], false, false);
  check(["+@all", "~*", "&*", "-get"], false, false);
  check(["+@all", "~*", "&*", "-get", "+get"], false, false);
  check(["(+@all ~* &*)"], true, true);
  check(["(+@all ~*)", "&*"], true, false);
  check(["+@all", "(~* &*)"], false, false);
});

Deno.test("users are listed in the order of their names' bytes", () => {
  const users = newUsers();
  for (const name of ["zoe", "Zoe", "\xff", "a", "aa", ""]) users.set(name, []);
  assert.deepEqual(
    users.all().map(({ name }) => name),
    ["", "Zoe", "a", "aa", "default", "zoe", "\xff"],
  );
});

Deno.test("users of the configuration are checked line by line, then made", () => {
  const context = newContext();
  const checker = new DefinitionChecker(context);
  assert.equal(
    checker.check(["alice", "on", "+later", "~a", "(~b", "+get)"]),
    null,
  );
  assert.deepEqual(checker.check(["alice", "on"]), {
    argument: "alice",
    reason:
      "Duplicate user found. A user can only be defined once in config files",
  });
  assert.deepEqual(checker.check(["bob", "on", "nosuch"]), {
    argument: "bob",
    reason: "Syntax error",
  });
  assert.deepEqual(checker.check(["bob", "(~a"]), {
    argument: "(~a",
    reason: "Unmatched parenthesis in acl selector",
  });
  assert.equal(checker.check(["bob"]), null, "wrong lines do not count");
  const users = new Users(context);
  assert.deepEqual(
    users.loadConfigured([
      ["default", "on", "nopass", "+@all", "-flushall"],
      ["bob", "~a", "(~b", "+get)"],
    ]),
    {
      notices: [
        "The user 'bob' is disabled (there is no 'on' modifier in the user description). Make sure this is not a configuration error.",
      ],
    },
  );
  assert.equal(
    described(users, "default"),
    "on nopass sanitize-payload resetchannels +@all -flushall",
  );
  assert.equal(
    described(users, "bob"),
    "off ~a resetchannels -@all (~b resetchannels -@all +get)",
  );
  assert.equal(
    users.loadConfigured([["eve", "+later"]]).error,
    "Error loading ACL rule '+later' for the user named 'eve': Unknown command or category name in ACL",
  );
  assert.equal(
    users.loadConfigured([["a b"]]).error,
    "Spaces not allowed in ACL usernames",
  );
});
