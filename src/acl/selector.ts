/**
 * A selector: commands, keys and channels that may be used together. Every
 * user has one, the root, and may have more.
 */

import {
  equalsIgnoringCase,
  lowerCase,
  untilNul,
} from "../base/byte_string.ts";
import type { AclCommand, Catalogue } from "./catalogue.ts";
import {
  compilePattern,
  hasSpace,
  type KeyPattern,
  type Pattern,
  READ,
  READ_WRITE,
  WRITE,
} from "./pattern.ts";
import type { RuleProblem } from "./problems.ts";

/** See the top of the file. */
export class Selector {
  readonly catalogue: Catalogue;
  isAllKeys = false;
  isAllChannels = false;
  /** No command was taken away since all were given: nothing need be looked up. */
  isAllCommands = false;
  /** Made with `+@all`: commands it does not name are allowed. */
  startsFromAll = false;
  /** One byte a command's id: 1 if it is allowed. */
  readonly allowed: Uint8Array;
  /** First arguments with which a command is allowed that otherwise is not, by id. */
  readonly firstArguments = new Map<number, string[]>();
  keyPatterns: KeyPattern[] = [];
  channelPatterns: Pattern[] = [];

  constructor(catalogue: Catalogue, isAllChannels: boolean) {
    this.catalogue = catalogue;
    this.isAllChannels = isAllChannels;
    this.allowed = new Uint8Array(catalogue.commands.length);
  }

  /** An independent copy. */
  copy(): Selector {
    const copy = new Selector(this.catalogue, this.isAllChannels);
    copy.isAllKeys = this.isAllKeys;
    copy.isAllCommands = this.isAllCommands;
    copy.startsFromAll = this.startsFromAll;
    copy.allowed.set(this.allowed);
    for (const [id, texts] of this.firstArguments) {
      copy.firstArguments.set(id, [...texts]);
    }
    copy.keyPatterns = [...this.keyPatterns];
    copy.channelPatterns = [...this.channelPatterns];
    return copy;
  }

  /** Applies one rule; what is wrong with it, if anything. */
  apply(rule: string): RuleProblem | undefined {
    switch (lowerCase(untilNul(rule))) {
      case "allkeys":
      case "~*":
        this.#resetKeys(true);
        return undefined;
      case "resetkeys":
        this.#resetKeys(false);
        return undefined;
      case "allchannels":
      case "&*":
        this.#resetChannels(true);
        return undefined;
      case "resetchannels":
        this.#resetChannels(false);
        return undefined;
      case "allcommands":
      case "+@all":
        this.allowEverything(true);
        return undefined;
      case "nocommands":
      case "-@all":
        this.allowEverything(false);
        return undefined;
    }
    switch (rule[0]) {
      case "~":
        return this.#addKeys(rule.slice(1), READ_WRITE);
      case "%":
        return this.#addKeysWithPermissions(rule);
      case "&":
        return this.#addChannels(rule.slice(1));
      case "+":
      case "-":
        return this.#changeCommands(untilNul(rule));
    }
    return "syntax";
  }

  // ------------------------------------------------------ keys and channels

  #resetKeys(isAll: boolean): void {
    this.isAllKeys = isAll;
    this.keyPatterns = [];
  }

  #resetChannels(isAll: boolean): void {
    this.isAllChannels = isAll;
    this.channelPatterns = [];
  }

  /** `%R~pattern`, `%W~pattern`, `%RW~pattern`. */
  #addKeysWithPermissions(rule: string): RuleProblem | undefined {
    if (this.isAllKeys) return "afterAllKeys";
    let permissions = 0;
    let i = 1;
    for (; i < rule.length && rule[i] !== "~"; i++) {
      const letter = lowerCase(rule[i]);
      const permission = letter === "r" ? READ : letter === "w" ? WRITE : 0;
      if (permission === 0 || (permissions & permission) !== 0) return "syntax";
      permissions |= permission;
    }
    // Redis 7.0 takes such a pattern, and crashes when it is to show it.
    if (permissions === 0) return "syntax";
    return this.#addKeys(rule.slice(i + 1), permissions);
  }

  #addKeys(text: string, permissions: number): RuleProblem | undefined {
    if (this.isAllKeys) return "afterAllKeys";
    if (hasSpace(text)) return "syntax";
    const index = this.keyPatterns.findIndex((one) => one.text === text);
    if (index < 0) {
      this.keyPatterns.push({ ...compilePattern(text), permissions });
      return undefined;
    }
    const known = this.keyPatterns[index];
    this.keyPatterns[index] = {
      ...known,
      permissions: known.permissions | permissions,
    };
    return undefined;
  }

  #addChannels(text: string): RuleProblem | undefined {
    if (this.isAllChannels) return "afterAllChannels";
    if (hasSpace(text)) return "syntax";
    if (!this.channelPatterns.some((one) => one.text === text)) {
      this.channelPatterns.push(compilePattern(text));
    }
    return undefined;
  }

  // --------------------------------------------------------------- commands

  /** `+@all` and `-@all`. */
  allowEverything(isAllowed: boolean): void {
    this.allowed.fill(isAllowed ? 1 : 0);
    this.isAllCommands = isAllowed;
    this.startsFromAll = isAllowed;
    this.firstArguments.clear();
  }

  /** Allows or forbids a command; a container with all its subcommands. */
  change(command: AclCommand, isAllowed: boolean): void {
    this.#setAllowed(command.id, isAllowed);
    this.firstArguments.delete(command.id);
    for (const sub of command.subcommands) {
      this.#setAllowed(sub.id, isAllowed);
    }
  }

  /** Allows or forbids every command of a category. */
  changeCategory(bit: number, isAllowed: boolean): void {
    for (const command of this.catalogue.commands) {
      if ((command.aclBits & bit) !== 0) this.change(command, isAllowed);
    }
  }

  #setAllowed(id: number, isAllowed: boolean): void {
    this.allowed[id] = isAllowed ? 1 : 0;
    if (!isAllowed) this.isAllCommands = false;
  }

  #changeCommands(rule: string): RuleProblem | undefined {
    const isAllowed = rule[0] === "+";
    if (rule[1] === "@") {
      const bit = this.catalogue.categoryBit(rule.slice(2));
      if (bit === 0) return "unknown";
      this.changeCategory(bit, isAllowed);
      return undefined;
    }
    const name = rule.slice(1);
    const bar = name.lastIndexOf("|");
    if (isAllowed && bar >= 0) {
      return this.#allowPart(name, name.slice(0, bar), name.slice(bar + 1));
    }
    const command = this.catalogue.find(name);
    if (command === undefined) return "unknown";
    this.change(command, isAllowed);
    return undefined;
  }

  /** `+command|subcommand`, or `+command|first-argument` where there are no subcommands. */
  #allowPart(
    name: string,
    commandName: string,
    part: string,
  ): RuleProblem | undefined {
    const command = this.catalogue.find(commandName);
    if (command === undefined) return "unknown";
    if (command.parent !== undefined) return "argumentOfSubcommand";
    if (part === "") return "syntax";
    if (command.subcommands.length > 0) {
      const sub = this.catalogue.find(name);
      if (sub === undefined) return "unknown";
      this.change(sub, true);
      return undefined;
    }
    const known = this.firstArguments.get(command.id) ?? [];
    if (!known.some((one) => equalsIgnoringCase(one, part))) known.push(part);
    this.firstArguments.set(command.id, known);
    return undefined;
  }
}
