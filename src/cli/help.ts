import { definitions, wrap } from "../report/table.ts";
import type { Command, Commands } from "./command.ts";
import { globalOptions } from "./global-options.ts";
import { type Option, placeholderOf, variableOf } from "./option.ts";
import { argumentLabel } from "./parse.ts";
import { defaultValue } from "./value.ts";

const WIDTH = 100;

/** Help of the program: what it is, how to call it, its commands, examples. */
export function programHelp(commands: Commands, program: string): string {
  const names = Object.entries(commands).map(([name, { summary }]) => [name, summary] as const);
  return `Sluice rolls a database schema out together with the application: schema first, then the pods.

Usage: ${program} COMMAND [ARGUMENTS] [FLAGS]

Commands:
${definitions(names, 2, WIDTH)}
Examples:
  ${program} new add_category
  ${program} migrate
  ${program} status -o json

\`${program} help COMMAND\` shows its flags, \`${program} --version\` the version.
`;
}

/** Help of one command: usage, what it does, words, flags with defaults and variables, examples, exit statuses. */
export function commandHelp(command: Command, program: string): string {
  const parts = [
    `Usage: ${program} ${command.usage}\n`,
    `${sentence(command.summary)}\n`,
    ...(command.description === undefined ? [] : [paragraphs(command.description)]),
  ];
  const words = command.arguments ?? [];
  if (words.length > 0)
    parts.push(
      section(
        "Arguments",
        words.map((word) => [argumentLabel(word), word.summary]),
      ),
    );
  if (command.options.length > 0) parts.push(section("Flags", command.options.map(optionRow)));
  parts.push(section("Flags of every command", globalOptions.map(optionRow)));
  parts.push(
    `Examples:\n${exampleLines(command, program)
      .map((line) => `  ${line}\n`)
      .join("")}`,
  );
  parts.push(
    section(
      "Exit status",
      command.exits.map(({ status, meaning }) => [String(status), meaning]),
    ),
  );
  return parts.join("\n");
}

/** A command's examples as they are typed under this program name. */
export function exampleLines(command: Command, program: string): string[] {
  return command.examples.map((line) => line.replace(/\bsluice(?= )/, program));
}

/** `-o, --output text|json`; a switch that is on by default is shown as the flag that turns it off. */
export function optionLabel(option: Option): string {
  const name = option.type === "boolean" && option.default === true ? `no-${option.name}` : option.name;
  return `${option.short === undefined ? "" : `-${option.short}, `}--${name} ${placeholderOf(option)}`.trimEnd();
}

/** The default as the user would write it, or undefined where there is none worth showing. */
export function defaultText(option: Option): string | undefined {
  if (option.default === undefined || option.type === "boolean") return undefined;
  defaultValue(option); // A default of the wrong type is found by whoever renders it first: the tests.
  return Array.isArray(option.default) ? option.default.join(",") : String(option.default);
}

function optionRow(option: Option): [string, string] {
  const given = defaultText(option);
  const off = option.type === "boolean" && option.default === true;
  const notes = [
    ...(given === undefined ? [] : [`(default ${given})`]),
    ...(option.scope === "flag" ? [] : [`[${variableOf(option)}${off ? "=false" : ""}]`]),
  ];
  return [optionLabel(option), [option.summary, ...notes].join(" ")];
}

function section(title: string, rows: readonly (readonly [string, string])[]): string {
  return `${title}:\n${definitions(rows, 2, WIDTH)}`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function paragraphs(text: string): string {
  return text
    .split(/\n\s*\n/)
    .map((paragraph) => `${wrap(paragraph, WIDTH).join("\n")}\n`)
    .join("\n");
}
