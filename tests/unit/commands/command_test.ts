import { strict as assert } from "node:assert";
import { CommandTable } from "../../../src/commands/entries.ts";
import { COMMANDS } from "../../../src/commands/table.ts";

const table = new CommandTable(COMMANDS);

Deno.test("a table finds commands and subcommands whatever their case", () => {
  assert.equal(table.find("GeT")?.fullName, "get");
  assert.equal(table.find("CONFIG|get")?.fullName, "config|get");
  for (const name of ["", "|", "nosuch", "get|x", "config|", "config|get|x"]) {
    assert.equal(table.find(name), undefined, JSON.stringify(name));
  }
});

Deno.test("a renamed command is found by its new name only, with its subcommands", () => {
  const renamed = new CommandTable(COMMANDS, [
    { from: "CONFIG", to: "Secret" },
    { from: "secret", to: "other" },
  ]);
  assert.equal(renamed.find("config"), undefined);
  assert.equal(renamed.find("config|get"), undefined);
  assert.equal(renamed.find("secret"), undefined);
  assert.equal(renamed.find("OTHER")?.fullName, "config");
  assert.equal(renamed.find("other|get")?.fullName, "config|get");
  assert.equal(renamed.commands.length, table.commands.length);
  assert.equal(table.find("config")?.fullName, "config");
});

Deno.test("a command that was taken away keeps its number and is not listed", () => {
  const without = new CommandTable(COMMANDS, [{ from: "get", to: "" }]);
  assert.equal(without.find("get"), undefined);
  assert.equal(without.commands.length, table.commands.length - 1);
  assert.equal(without.entries.length, table.entries.length);
  for (const { id, fullName } of without.entries) {
    assert.equal(table.entries[id].fullName, fullName);
  }
});

Deno.test("commands may swap their names", () => {
  const swapped = new CommandTable(COMMANDS, [
    { from: "get", to: "x" },
    { from: "set", to: "get" },
    { from: "x", to: "set" },
  ]);
  assert.equal(swapped.find("get")?.fullName, "set");
  assert.equal(swapped.find("set")?.fullName, "get");
});
