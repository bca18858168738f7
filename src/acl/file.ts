/** The file that `aclfile` names: a line a user, as ACL LIST prints them. */

import { hasSpace } from "./pattern.ts";
import { problemText } from "./problems.ts";
import { mergeSelectors, User, type UserContext } from "./user.ts";

/** What a file says: the users, or all that is wrong with it on one line. */
export type AclFile =
  | { readonly users: ReadonlyMap<string, User> }
  | { readonly errors: string };

/** Reads the text of a file; `name` is the file's, for what is wrong. */
export function parseAclFile(
  text: string,
  name: string,
  context: UserContext,
): AclFile {
  const users = new Map<string, User>();
  let errors = "";
  for (const [index, untrimmed] of text.split("\n").entries()) {
    const line = untrimmed.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");
    if (line === "") continue;
    errors += readLine(line, `${name}:${index + 1}`, users, context);
  }
  return errors === "" ? { users } : {
    errors: errors +
      "WARNING: ACL errors detected, no change to the previously active ACL rules was performed",
  };
}

/** Adds the user of a line; what is wrong with it, or nothing. */
function readLine(
  line: string,
  place: string,
  users: Map<string, User>,
  context: UserContext,
): string {
  const [keyword, name, ...args] = line.split(" ");
  if (keyword !== "user" || name === undefined) {
    return `${place} should start with user keyword followed by the username. `;
  }
  if (hasSpace(name)) {
    return `'${place}: username '${name}' contains invalid characters. `;
  }
  if (users.has(name)) {
    const number = place.slice(place.lastIndexOf(":") + 1);
    return `WARNING: Duplicate user '${name}' found on line ${number}. `;
  }
  const user = new User(name, context);
  users.set(name, user);
  const { rules, unmatched } = mergeSelectors(args);
  if (unmatched !== undefined) {
    return `${place}: Unmatched parenthesis in selector definition.`;
  }
  return applyRules(user, rules, place);
}

/** Of problems with the form, which may cause others, only the first is told. */
function applyRules(
  user: User,
  rules: readonly string[],
  place: string,
): string {
  let errors = "";
  let hasFormProblem = false;
  for (const untrimmed of rules) {
    const rule = untrimmed.replace(/^[\t\r\n]+|[\t\r\n]+$/g, "");
    const problem = user.apply(rule);
    if (problem === undefined) continue;
    const text = problemText(problem);
    // A name that is not known is no secret.
    if (problem === "unknown") {
      errors += `${place}: Error in applying operation '${rule}': ${text}. `;
    } else if (!hasFormProblem) {
      errors += `${place}: ${text}. `;
      hasFormProblem = true;
    }
  }
  return errors;
}
