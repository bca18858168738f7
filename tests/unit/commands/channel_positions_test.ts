/** Which arguments are channels. */

import assert from "node:assert/strict";
import { getChannels } from "../../../src/commands/channel_positions.ts";
import type { CommandEntry } from "../../../src/commands/entries.ts";
import { COMMAND_TABLE } from "../../../src/commands/table.ts";

function channelsOf(fullName: string, length: number): string {
  return getChannels({ fullName } as CommandEntry, length)
    .map(({ index, isPattern }) => `${index}${isPattern ? "p" : ""}`)
    .join(" ");
}

Deno.test("a message goes to one channel, a subscription is to any number", () => {
  assert.equal(channelsOf("publish", 3), "1");
  assert.equal(channelsOf("spublish", 3), "1");
  assert.equal(channelsOf("subscribe", 4), "1 2 3");
  assert.equal(channelsOf("ssubscribe", 2), "1");
  assert.equal(channelsOf("psubscribe", 3), "1p 2p");
});

Deno.test("anybody may end a subscription, and other commands have no channels", () => {
  for (const name of ["unsubscribe", "punsubscribe", "sunsubscribe", "get"]) {
    assert.equal(channelsOf(name, 3), "", name);
  }
});

Deno.test("no command of the table that publishes or subscribes is forgotten", () => {
  const users = COMMAND_TABLE.entries.filter(({ fullName }) =>
    /(subscribe|publish)$/.test(fullName) && !/unsubscribe$/.test(fullName)
  );
  for (const entry of users) {
    assert.ok(getChannels(entry, 3).length > 0, entry.fullName);
  }
});
