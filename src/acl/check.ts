/** Whether a user may run a command with these arguments. */

import { equalsIgnoringCase, untilNul } from "../base/byte_string.ts";
import type { AclCommand } from "./catalogue.ts";
import type { Pattern } from "./pattern.ts";
import type { Selector } from "./selector.ts";
import type { User } from "./user.ts";

/** A key among the arguments, and what is done with it (`READ`, `WRITE`). */
export interface KeyUse {
  readonly index: number;
  readonly permissions: number;
}

/** A channel among the arguments. */
export interface ChannelUse {
  readonly index: number;
  /** A pattern of channels, as of PSUBSCRIBE. */
  readonly isPattern: boolean;
}

/** A call as the checks see it. */
export interface AclRequest {
  readonly command: AclCommand;
  /** Number of arguments, the name included. */
  readonly length: number;
  text(index: number): string;
  /** Asked for once at most, and only if they matter. */
  keys(): readonly KeyUse[];
  channels(): readonly ChannelUse[];
}

/** What a user may not do. */
export interface Denial {
  readonly reason: "command" | "key" | "channel";
  /** The argument that is denied; 0: the command. */
  readonly index: number;
}

/** Of several denials, one that is further on is told. */
const RANK: Readonly<Record<Denial["reason"], number>> = {
  command: 1,
  key: 2,
  channel: 3,
};

/**
 * The reason why a user may not do this; undefined if it may. One selector
 * must allow all of it. If none does, the furthest that one of them got is
 * told.
 */
export function findDenial(
  user: User,
  request: AclRequest,
): Denial | undefined {
  let furthest: Denial = { reason: "command", index: 0 };
  const keysOf = memoized(() => request.keys());
  for (const selector of user.selectors) {
    const denial = denialBy(selector, request, keysOf);
    if (denial === undefined) return undefined;
    const difference = RANK[denial.reason] - RANK[furthest.reason];
    if (
      difference > 0 || difference === 0 && denial.index > furthest.index
    ) furthest = denial;
  }
  return furthest;
}

function memoized<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => made ??= make();
}

function denialBy(
  selector: Selector,
  request: AclRequest,
  keysOf: () => readonly KeyUse[],
): Denial | undefined {
  if (!allowsCommand(selector, request)) return { reason: "command", index: 0 };
  if (!selector.isAllKeys) {
    for (const { index, permissions } of keysOf()) {
      if (!allowsKey(selector, request.text(index), permissions)) {
        return { reason: "key", index };
      }
    }
  }
  if (!selector.isAllChannels) {
    for (const { index, isPattern } of request.channels()) {
      const patterns = selector.channelPatterns;
      if (!allowsChannel(patterns, request.text(index), isPattern)) {
        return { reason: "channel", index };
      }
    }
  }
  return undefined;
}

function allowsCommand(selector: Selector, request: AclRequest): boolean {
  const { command } = request;
  if (
    selector.isAllCommands || selector.allowed[command.id] === 1 ||
    selector.catalogue.isForAnybody(command)
  ) return true;
  const known = selector.firstArguments.get(command.id);
  if (known === undefined || request.length < 2) return false;
  const given = untilNul(request.text(1));
  return known.some((one) => equalsIgnoringCase(one, given));
}

function allowsKey(
  selector: Selector,
  key: string,
  permissions: number,
): boolean {
  return selector.keyPatterns.some((pattern) =>
    (pattern.permissions & permissions) === permissions && pattern.matches(key)
  );
}

/**
 * Whether a channel is among these. A pattern of channels must be one of them,
 * word for word.
 */
export function allowsChannel(
  patterns: readonly Pattern[],
  channel: string,
  isPattern: boolean,
): boolean {
  if (!isPattern) return patterns.some((pattern) => pattern.matches(channel));
  const given = untilNul(channel);
  return patterns.some(({ text }) => text === given);
}

/**
 * Whether a user may run this and use any key whatever in this way: what SORT
 * asks before it follows patterns to keys that are no arguments.
 */
export function mayUseAllKeys(
  user: User,
  request: AclRequest,
  permissions: number,
): boolean {
  const keysOf = memoized(() => request.keys());
  return user.selectors.some((selector) =>
    denialBy(selector, request, keysOf) === undefined &&
    (selector.isAllKeys ||
      selector.keyPatterns.some((pattern) =>
        pattern.text === "*" &&
        (pattern.permissions & permissions) === permissions
      ))
  );
}

/**
 * The channels that subscribers may still listen to when a user becomes
 * another; undefined if nothing they could listen to is taken away.
 */
export function channelsThatRemain(
  user: User,
  becoming: User,
): readonly Pattern[] | undefined {
  if (becoming.selectors.some((one) => one.isAllChannels)) return undefined;
  const left = becoming.selectors.flatMap((one) => one.channelPatterns);
  const isNoneLost = user.selectors.every((one) =>
    !one.isAllChannels &&
    one.channelPatterns.every(({ text }) =>
      left.some((pattern) => pattern.text === text)
    )
  );
  return isNoneLost ? undefined : left;
}
