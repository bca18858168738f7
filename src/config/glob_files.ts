import type { Files } from "../base/interfaces.ts";
import { toText } from "../base/byte_string.ts";

/** True if a path is a pattern for {@linkcode globFiles}. */
export function isGlob(path: string): boolean {
  return /[*?[]/.test(path);
}

/** One component of a pattern as a regular expression, by the rules of `glob(3)`. */
function componentPattern(component: string): RegExp {
  let source = "";
  for (let i = 0; i < component.length; i++) {
    const char = component[i];
    const set = char === "["
      ? /^\[([!^]?)(\]?[^\]]*)\]/.exec(component.slice(i))
      : null;
    if (set) {
      const members = set[2].replace(/[\\\]^[]/g, "\\$&");
      source += `[${set[1] ? "^" : ""}${members}]`;
      i += set[0].length - 1;
    } else if (char === "*") source += ".*";
    else if (char === "?") source += ".";
    else {
      if (char === "\\" && i + 1 < component.length) i++;
      source += component[i].replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
    }
  }
  // A leading dot must be named.
  const hidden = component.startsWith(".") ? "" : "(?!\\.)";
  return new RegExp(`^${hidden}${source}$`, "us");
}

/**
 * The paths that match a pattern, sorted; a component of the path is matched
 * by the corresponding component of the pattern. Directories that cannot be
 * read match nothing.
 */
export function globFiles(files: Files, pattern: string): string[] {
  const components = toText(pattern).split("/").filter((c) => c !== "");
  let paths = [pattern.startsWith("/") ? "/" : ""];
  for (const component of components) {
    paths = paths.flatMap((parent) => expand(files, parent, component));
  }
  return paths;
}

function expand(files: Files, parent: string, component: string): string[] {
  const join = (name: string) =>
    parent === "" || parent.endsWith("/") ? parent + name : `${parent}/${name}`;
  if (!isGlob(component)) {
    const path = join(component.replace(/\\(.)/g, "$1"));
    return exists(files, path) ? [path] : [];
  }
  const pattern = componentPattern(component);
  try {
    return files.readDirectory(parent === "" ? "." : parent)
      .filter((name) => pattern.test(name))
      .sort()
      .map(join);
  } catch {
    return [];
  }
}

function exists(files: Files, path: string): boolean {
  try {
    return files.stat(path) !== null;
  } catch {
    return false;
  }
}
