import { OPTION_GROUPS } from "../../../src/config/mod.ts";
import type { Option } from "../../../src/config/option_types.ts";
import {
  defaultRawValue,
  formatRawValue,
} from "../../../src/config/option_value.ts";

/** What may be given, in a few words. */
function describeKind(option: Option): string {
  switch (option.kind) {
    case "bool":
      return "`yes` or `no`";
    case "number": {
      const radix = option.form === "octal" ? 8 : 10;
      const form = option.form === "memory-or-percent"
        ? "memory or percentage"
        : option.form;
      return `${form}, \`${option.min.toString(radix)}\` to \`${
        option.max.toString(radix)
      }\``;
    }
    case "string":
      return option.form === "path" ? "path" : "string";
    case "enum": {
      const accepted = option.members.filter((m) => !option.refused?.[m]);
      return accepted.map((m) => `\`${m}\``).join(", ");
    }
    case "flags":
      return "any of " +
        Object.keys(option.members).map((m) => `\`${m}\``).join(", ");
    case "special":
      return option.isMultiArgument ? "several arguments" : "one argument";
  }
}

function describe(option: Option): string {
  const text = formatRawValue(option, defaultRawValue(option));
  const facts = [
    describeKind(option),
    text === "" ? "empty by default" : `default \`${text}\``,
  ];
  if (option.isImmutable) facts.push("only at start");
  if (option.isProtected) facts.push("protected");
  if (option.isHidden) facts.push("hidden");
  if (option.alias) facts.push(`alias \`${option.alias}\``);
  if (option.since) {
    facts.push(
      option.since === "aikv" ? "AiKv's own" : `since Redis ${option.since}`,
    );
  }
  const state = option.noop
    ? ` **No effect:** ${option.noop}`
    : option.waitsFor
    ? ` **No effect yet:** waits for ${option.waitsFor}.`
    : "";
  return `- \`${option.name}\`: ${option.summary} (${
    facts.join("; ")
  })${state}`;
}

/** The reference of all options, as Markdown. */
export function optionReference(): string {
  return OPTION_GROUPS.map(({ title, options }) =>
    `### ${title}\n\n${options.map(describe).join("\n")}\n`
  ).join("\n");
}
