/** All users by name. */

import { untilNul } from "../base/byte_string.ts";
import { describeUser } from "./describe.ts";
import { hasSpace } from "./pattern.ts";
import { problemText } from "./problems.ts";
import { mergeSelectors, User, type UserContext } from "./user.ts";

/** The user of connections that have not authenticated as another. */
export const DEFAULT_USER = "default";

/** What the default user is made of. */
const DEFAULT_RULES = ["+@all", "~*", "&*", "on", "nopass"];

/** A name and the rules that come with it, in a configuration file. */
export type UserDefinition = readonly [name: string, ...rules: string[]];

/** Makes a user that is not entered anywhere. */
export function makeDefaultUser(context: UserContext): User {
  const user = new User(DEFAULT_USER, context);
  for (const rule of DEFAULT_RULES) user.apply(rule);
  return user;
}

/** See the top of the file. */
export class Users {
  readonly context: UserContext;
  /** Always there, always the same object. */
  readonly default: User;
  /** Before a user becomes what another one is: existing subscriptions may end. */
  beforeChange: (user: User, becoming: User) => void = () => {};
  /** After any change. */
  onChange: () => void = () => {};
  #byName: Map<string, User>;

  constructor(context: UserContext) {
    this.context = context;
    this.default = makeDefaultUser(context);
    this.#byName = new Map([[DEFAULT_USER, this.default]]);
  }

  get(name: string): User | undefined {
    return this.#byName.get(name);
  }

  /** In the order of their names' bytes. */
  all(): User[] {
    const names = [...this.#byName.keys()].sort();
    return names.map((name) => this.#byName.get(name)!);
  }

  /** `user name rules`, a line each. */
  lines(): string[] {
    return this.all().map((user) => `user ${user.name} ${describeUser(user)}`);
  }

  /** Connections have to log in first. */
  get requireAuthentication(): boolean {
    return !this.default.isPasswordFree || !this.default.isEnabled;
  }

  /**
   * Does ACL SETUSER: makes or changes a user; all rules or none. What is
   * wrong with them, if anything.
   */
  set(name: string, args: readonly string[]): string | undefined {
    const { rules, unmatched } = mergeSelectors(args);
    if (unmatched !== undefined) {
      const opening = untilNul(args[unmatched]);
      return `Unmatched parenthesis in acl selector starting at '${opening}'.`;
    }
    const known = this.#byName.get(name);
    const staged = new User(name, this.context);
    if (known !== undefined) staged.become(known);
    for (const rule of rules) {
      const problem = staged.apply(rule);
      if (problem !== undefined) {
        return `Error in ACL SETUSER modifier '${untilNul(rule)}': ${
          problemText(problem)
        }`;
      }
    }
    if (known === undefined) this.#byName.set(name, staged);
    else {
      this.beforeChange(known, staged);
      known.become(staged);
    }
    this.onChange();
    return undefined;
  }

  /** The user that was removed, if there was one; never the default one. */
  remove(name: string): User | undefined {
    const user = this.#byName.get(name);
    if (user === undefined || user === this.default) return undefined;
    this.#byName.delete(name);
    this.onChange();
    return user;
  }

  /** `requirepass`: null lets everybody in. */
  setDefaultPassword(password: string | null): void {
    this.default.apply("resetpass");
    this.default.apply(password === null ? "nopass" : `>${password}`);
    this.onChange();
  }

  /**
   * Puts others in the place of all users; the default one becomes what the
   * new one is, or what it is at first. Those that are gone.
   */
  replace(users: ReadonlyMap<string, User>): User[] {
    const gone = this.all().filter((user) => user !== this.default);
    this.default.become(
      users.get(DEFAULT_USER) ?? makeDefaultUser(this.context),
    );
    this.#byName = new Map(users).set(DEFAULT_USER, this.default);
    this.onChange();
    return gone;
  }

  /**
   * Makes the users that the configuration names, which were checked when it
   * was read. Lines for the log; the last one says why it failed, if it did.
   */
  loadConfigured(
    definitions: readonly UserDefinition[],
  ): { readonly notices: string[]; readonly error?: string } {
    const notices: string[] = [];
    for (const [name, ...args] of definitions) {
      if (hasSpace(name)) {
        return { notices, error: "Spaces not allowed in ACL usernames" };
      }
      const user = name === DEFAULT_USER
        ? this.default
        : new User(name, this.context);
      if (user === this.default) user.apply("reset");
      this.#byName.set(name, user);
      for (const rule of mergeSelectors(args).rules) {
        const problem = user.apply(rule);
        if (problem === undefined) continue;
        const error =
          `Error loading ACL rule '${rule}' for the user named '${name}': ${
            problemText(problem)
          }`;
        return { notices, error };
      }
      if (!user.isEnabled) {
        notices.push(
          `The user '${name}' is disabled (there is no 'on' modifier in the user description). Make sure this is not a configuration error.`,
        );
      }
    }
    this.onChange();
    return { notices };
  }
}

/** Checks the `user` lines of a configuration as they are read. */
export class DefinitionChecker {
  readonly #context: UserContext;
  readonly #names = new Set<string>();

  constructor(context: UserContext) {
    this.#context = context;
  }

  /**
   * What is wrong with a line, its first word left out. Commands that are not
   * known are found only when the users are made.
   */
  check(
    args: readonly string[],
  ): { argument: string; reason: string } | null {
    const [name, ...rest] = args;
    if (this.#names.has(name)) {
      return { argument: name, reason: problemText("duplicateUser") };
    }
    // Redis counts from the wrong word: the argument it names is two too early.
    const shown = (index: number) => ["user", ...args][index];
    const { rules, unmatched } = mergeSelectors(rest);
    if (unmatched !== undefined) {
      // Redis gives whatever reason the error before it had.
      const reason = "Unmatched parenthesis in acl selector";
      return { argument: rest[unmatched], reason };
    }
    const user = new User(name, this.#context);
    for (const [index, rule] of rules.entries()) {
      const problem = user.apply(rule);
      if (problem !== undefined && problem !== "unknown") {
        return { argument: shown(index), reason: problemText(problem) };
      }
    }
    this.#names.add(name);
    return null;
  }
}
