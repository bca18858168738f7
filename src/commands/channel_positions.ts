/** Where the channels are among the arguments of a call, for access control. */

import type { CommandEntry } from "./entries.ts";

/** Which arguments of a command are channels. */
interface ChannelArguments {
  /** All of them, or the first one only. */
  readonly count: "all" | "one";
  /** They are patterns of channels. */
  readonly isPattern: boolean;
}

const CHANNELS: ChannelArguments = { count: "all", isPattern: false };
const PATTERNS: ChannelArguments = { count: "all", isPattern: true };
const TARGET: ChannelArguments = { count: "one", isPattern: false };

/**
 * Commands that use channels. Those that only end a subscription are not among
 * them: anybody may stop listening.
 */
const COMMANDS: Readonly<Record<string, ChannelArguments | undefined>> = {
  psubscribe: PATTERNS,
  publish: TARGET,
  spublish: TARGET,
  ssubscribe: CHANNELS,
  subscribe: CHANNELS,
};

/** A channel among the arguments. */
export interface ChannelReference {
  readonly index: number;
  readonly isPattern: boolean;
}

const NONE: readonly ChannelReference[] = [];

/** The channels of a call of `length` arguments, the name included. */
export function getChannels(
  entry: CommandEntry,
  length: number,
): readonly ChannelReference[] {
  const found = COMMANDS[entry.fullName];
  if (found === undefined) return NONE;
  const { count, isPattern } = found;
  const end = count === "one" ? Math.min(2, length) : length;
  const channels: ChannelReference[] = [];
  for (let index = 1; index < end; index++) channels.push({ index, isPattern });
  return channels;
}
