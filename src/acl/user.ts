/** A user: who may log in with which password, and what it may then do. */

import { lowerCase, untilNul } from "../base/byte_string.ts";
import { splitArguments } from "../config/mod.ts";
import type { Catalogue } from "./catalogue.ts";
import { equalsHash, hashPassword, isPasswordHash } from "./password.ts";
import type { RuleProblem } from "./problems.ts";
import { Selector } from "./selector.ts";

/** What users are made with. */
export interface UserContext {
  readonly catalogue: Catalogue;
  /** `acl-pubsub-default`, as it is now. */
  isAllChannelsByDefault(): boolean;
}

/** See the top of the file. Clients keep a reference to theirs. */
export class User {
  readonly name: string;
  /** Whether one may log in as this user. */
  isEnabled = false;
  /** Any password will do. */
  isPasswordFree = false;
  /** Whether RESTORE checks payloads; unset until a rule says so. */
  sanitize: "unset" | "yes" | "skip" = "unset";
  /** Hashes. */
  passwords: string[] = [];
  /** The first is the root, which the rules outside parentheses make. */
  selectors: Selector[];
  /** Nothing it does need be checked. */
  isUnrestricted = false;
  /** Commands and keys need not be checked. */
  runsEverything = false;
  readonly #context: UserContext;

  constructor(name: string, context: UserContext) {
    this.name = name;
    this.#context = context;
    this.selectors = [this.#newSelector()];
  }

  #newSelector(): Selector {
    const { catalogue } = this.#context;
    return new Selector(catalogue, this.#context.isAllChannelsByDefault());
  }

  /** Takes over everything of another user but its name. */
  become(other: User): void {
    this.isEnabled = other.isEnabled;
    this.isPasswordFree = other.isPasswordFree;
    this.sanitize = other.sanitize;
    this.passwords = [...other.passwords];
    this.selectors = other.selectors.map((selector) => selector.copy());
    this.#noteRestrictions();
  }

  /** Applies one rule; what is wrong with it, if anything. */
  apply(rule: string): RuleProblem | undefined {
    const problem = this.#apply(rule);
    this.#noteRestrictions();
    return problem;
  }

  #noteRestrictions(): void {
    const free = this.selectors.filter((selector) =>
      selector.isAllCommands && selector.isAllKeys
    );
    this.runsEverything = free.length > 0;
    this.isUnrestricted = free.some((selector) => selector.isAllChannels);
  }

  #apply(rule: string): RuleProblem | undefined {
    switch (lowerCase(untilNul(rule))) {
      case "on":
        this.isEnabled = true;
        return undefined;
      case "off":
        this.isEnabled = false;
        return undefined;
      case "skip-sanitize-payload":
        this.sanitize = "skip";
        return undefined;
      case "sanitize-payload":
        this.sanitize = "yes";
        return undefined;
      case "nopass":
        this.#resetPasswords(true);
        return undefined;
      case "resetpass":
        this.#resetPasswords(false);
        return undefined;
      case "clearselectors":
        this.selectors.length = 1;
        return undefined;
      case "reset":
        this.#reset();
        return undefined;
    }
    switch (rule[0]) {
      case undefined:
        return undefined;
      case ">":
        return this.#addPassword(hashPassword(rule.slice(1)));
      case "#":
        return this.#addPassword(rule.slice(1));
      case "<":
        return this.#removePassword(hashPassword(rule.slice(1)));
      case "!":
        return this.#removePassword(rule.slice(1));
      case "(":
        if (rule.endsWith(")")) return this.#addSelector(rule.slice(1, -1));
    }
    return this.selectors[0].apply(rule);
  }

  #reset(): void {
    this.#resetPasswords(false);
    this.isEnabled = false;
    this.sanitize = "yes";
    // A root that is new has no permissions.
    this.selectors = [this.#newSelector()];
  }

  // -------------------------------------------------------------- passwords

  #resetPasswords(isPasswordFree: boolean): void {
    this.isPasswordFree = isPasswordFree;
    this.passwords = [];
  }

  #addPassword(hash: string): RuleProblem | undefined {
    if (!isPasswordHash(hash)) return "badHash";
    if (!this.passwords.includes(hash)) this.passwords.push(hash);
    this.isPasswordFree = false;
    return undefined;
  }

  #removePassword(hash: string): RuleProblem | undefined {
    if (!isPasswordHash(hash)) return "badHash";
    const index = this.passwords.indexOf(hash);
    if (index < 0) return "noSuchPassword";
    this.passwords.splice(index, 1);
    return undefined;
  }

  /** Whether one may log in with this password. */
  accepts(password: string): boolean {
    if (!this.isEnabled) return false;
    if (this.isPasswordFree) return true;
    if (this.passwords.length === 0) return false;
    const hash = hashPassword(password);
    return this.passwords.some((known) => equalsHash(known, hash));
  }

  // -------------------------------------------------------------- selectors

  /** Adds the selector that the rules between parentheses make. */
  #addSelector(rules: string): RuleProblem | undefined {
    const selector = this.#newSelector();
    // Redis takes quotes that do not match for no rules at all.
    for (const rule of splitArguments(rules) ?? []) {
      const problem = selector.apply(rule);
      if (problem !== undefined) return problem;
    }
    this.selectors.push(selector);
    return undefined;
  }
}

/**
 * Selectors may be spread over several arguments: puts the arguments of each
 * together again. If a parenthesis is never closed, `unmatched` is the place
 * of the argument that opens it.
 */
export function mergeSelectors(
  args: readonly string[],
): { readonly rules: readonly string[]; readonly unmatched?: number } {
  const rules: string[] = [];
  let open: string | undefined;
  let openedAt = 0;
  for (const [index, arg] of args.entries()) {
    if (arg.startsWith("(") && !arg.endsWith(")")) {
      open = arg;
      openedAt = index;
    } else if (open === undefined) rules.push(arg);
    else {
      open += ` ${untilNul(arg)}`;
      if (!arg.endsWith(")")) continue;
      rules.push(open);
      open = undefined;
    }
  }
  return open === undefined ? { rules } : { rules, unmatched: openedAt };
}
