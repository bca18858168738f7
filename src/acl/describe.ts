/**
 * Users as text: the rules that would make them, in the canonical form of
 * Redis 7.0. What a client gave is not kept; the text is derived from what is
 * allowed.
 */

import type { Catalogue } from "./catalogue.ts";
import { type KeyPattern, READ, READ_WRITE } from "./pattern.ts";
import { Selector } from "./selector.ts";
import type { User } from "./user.ts";

/** `~a %R~b`, without what separates it from other rules. */
export function describeKeys(selector: Selector): string {
  if (selector.isAllKeys) return "~*";
  return selector.keyPatterns.map(keyRule).join(" ");
}

function keyRule({ text, permissions }: KeyPattern): string {
  if (permissions === READ_WRITE) return `~${text}`;
  return `%${permissions === READ ? "R" : "W"}~${text}`;
}

/** `&a &b`. */
export function describeChannels(selector: Selector): string {
  if (selector.isAllChannels) return "&*";
  return selector.channelPatterns.map(({ text }) => `&${text}`).join(" ");
}

/**
 * `+@all` or `-@all`, then the categories that come nearest, then single
 * commands. The rules are applied to a selector on the way, so that it is
 * always known what is still missing.
 */
export function describeCommands(selector: Selector): string {
  const { catalogue, startsFromAll } = selector;
  const made = new Selector(catalogue, false);
  made.allowEverything(startsFromAll);
  const rules = [
    startsFromAll ? "+@all" : "-@all",
    ...addCategories(selector, made),
    ...addSingleCommands(selector, made),
  ];
  if (made.allowed.some((bit, id) => bit !== selector.allowed[id])) {
    throw new Error(`the rules '${rules.join(" ")}' do not make the selector`);
  }
  return rules.join(" ");
}

/**
 * The categories that get nearest to the selector, the best one first: fewest
 * commands too many, then most commands right; none that has more of the first
 * than of the second.
 */
function addCategories(selector: Selector, made: Selector): string[] {
  const { catalogue, startsFromAll } = selector;
  const left = selector.copy();
  const rules: string[] = [];
  const unused = new Set(catalogue.categories);
  for (;;) {
    let best: string | undefined;
    let bestWrong = Infinity;
    let bestRight = 0;
    for (const category of unused) {
      const { allowed, denied } = countIn(catalogue, category, left);
      const right = startsFromAll ? denied : allowed;
      const wrong = startsFromAll ? allowed : denied;
      if (right <= wrong || wrong > bestWrong) continue;
      if (wrong === bestWrong && right <= bestRight) continue;
      best = category;
      bestWrong = wrong;
      bestRight = right;
    }
    if (best === undefined) return rules;
    const bit = catalogue.categoryBit(best);
    made.changeCategory(bit, !startsFromAll);
    left.changeCategory(bit, startsFromAll);
    rules.push(`${startsFromAll ? "-" : "+"}@${best}`);
    unused.delete(best);
  }
}

/** How many commands of a category a selector allows and denies. */
function countIn(catalogue: Catalogue, category: string, selector: Selector) {
  const bit = catalogue.categoryBit(category);
  let allowed = 0;
  let denied = 0;
  for (const { id, aclBits } of catalogue.commands) {
    if ((aclBits & bit) === 0) continue;
    if (selector.allowed[id] !== 0) allowed++;
    else denied++;
  }
  return { allowed, denied };
}

/** The commands that the categories have wrong, and first arguments. */
function addSingleCommands(selector: Selector, made: Selector): string[] {
  const rules: string[] = [];
  for (const command of selector.catalogue.commands) {
    const { id, fullName } = command;
    const isAllowed = selector.allowed[id] !== 0;
    if (isAllowed !== (made.allowed[id] !== 0)) {
      rules.push(`${isAllowed ? "+" : "-"}${fullName}`);
      made.change(command, isAllowed);
    }
    if (isAllowed) continue;
    for (const argument of selector.firstArguments.get(id) ?? []) {
      rules.push(`+${fullName}|${argument}`);
    }
  }
  return rules;
}

/** The words ACL GETUSER calls flags. */
export function userFlags(user: User): string[] {
  const flags = [user.isEnabled ? "on" : "off"];
  if (user.isPasswordFree) flags.push("nopass");
  if (user.sanitize === "skip") flags.push("skip-sanitize-payload");
  if (user.sanitize === "yes") flags.push("sanitize-payload");
  return flags;
}

/** Everything of a user but the name. */
export function describeUser(user: User): string {
  const words = [
    ...userFlags(user),
    ...user.passwords.map((hash) => `#${hash}`),
  ];
  const [root, ...others] = user.selectors;
  words.push(describeSelector(root));
  for (const selector of others) words.push(`(${describeSelector(selector)})`);
  return words.join(" ");
}

function describeSelector(selector: Selector): string {
  return [
    describeKeys(selector),
    selector.isAllChannels ? "" : "resetchannels",
    describeChannels(selector),
    describeCommands(selector),
  ].filter((words) => words !== "").join(" ");
}
