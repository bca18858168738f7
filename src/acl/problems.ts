/** What may be wrong with a rule, in Redis's words. */

/** The texts, by kind of problem. */
const TEXTS = {
  unknown: "Unknown command or category name in ACL",
  syntax: "Syntax error",
  afterAllKeys:
    "Adding a pattern after the * pattern (or the 'allkeys' flag) is not valid and does not have any effect. Try 'resetkeys' to start with an empty list of patterns",
  afterAllChannels:
    "Adding a pattern after the * pattern (or the 'allchannels' flag) is not valid and does not have any effect. Try 'resetchannels' to start with an empty list of channels",
  noSuchPassword:
    "The password you are trying to remove from the user does not exist",
  badHash:
    "The password hash must be exactly 64 characters and contain only lowercase hexadecimal characters",
  duplicateUser:
    "Duplicate user found. A user can only be defined once in config files",
  argumentOfSubcommand: "Allowing first-arg of a subcommand is not supported",
} as const;

/** Why a rule cannot be applied. */
export type RuleProblem = keyof typeof TEXTS;

/** The problem as a sentence. */
export function problemText(problem: RuleProblem): string {
  return TEXTS[problem];
}
