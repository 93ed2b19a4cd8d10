import type { Command } from "../../src/cli/command.ts";
import { globalOptions } from "../../src/cli/global-options.ts";
import { defaultText, optionLabel } from "../../src/cli/help.ts";
import { keyOf, type Option, variableOf } from "../../src/cli/option.ts";
import { argumentLabel } from "../../src/cli/parse.ts";
import { markdownTable } from "./markdown.ts";

/** The reference of the command line: all commands with their options, from the tables that the parser reads. */
export function cliReference(commands: readonly Command[]): string {
  const list = commands.map(({ name, summary }) => [`[\`sluice ${name}\`](#sluice-${name})`, summary]);
  return `# Command line

\`sluice COMMAND [ARGUMENTS] [FLAGS]\`. The result goes to standard output, everything else to standard error.

${markdownTable(["command", "what it does"], list)}
## Options

Each option is a flag, a key of \`sluice.yaml\`, and a variable: the flag wins over the variable, the variable over the
file, the file over the default. Of a list, the strongest source gives all items.

- A duration is a number with a unit, or several: \`500ms\`, \`90s\`, \`5m\`, \`1h30m\`.
- A switch is \`true\` or \`false\`, also \`1\` or \`0\`; as a flag it needs no value, and \`--no-NAME\` turns it off.
- A list is a repeated flag, a variable with commas between the items, or a YAML list.
- An empty variable counts as not set; an empty value of a flag is an error.
- Words behind \`--\` are never read as flags.

### Options of every command

${optionTable(globalOptions)}
${commands.map(commandSection).join("\n")}`;
}

function commandSection(command: Command): string {
  const parts = [
    `## sluice ${command.name}\n`,
    `\`sluice ${command.usage}\`\n`,
    `${upperFirst(command.summary)}.\n`,
  ];
  if (command.description !== undefined) parts.push(`${command.description.trim()}\n`);
  const words = command.arguments ?? [];
  if (words.length > 0)
    parts.push(
      markdownTable(
        ["argument", "meaning"],
        words.map((word) => [
          `\`${argumentLabel(word)}\``,
          word.summary + (word.optional ? " (may be left out)" : ""),
        ]),
      ),
    );
  if (command.options.length > 0) parts.push(optionTable(command.options));
  parts.push(`\`\`\`sh\n${command.examples.join("\n")}\n\`\`\`\n`);
  parts.push(
    markdownTable(
      ["exit status", "meaning"],
      command.exits.map(({ status, meaning }) => [String(status), meaning]),
    ),
  );
  return parts.join("\n");
}

function optionTable(options: readonly Option[]): string {
  return markdownTable(
    ["flag", "key", "variable", "default", "meaning"],
    options.map((option) => [
      `\`${optionLabel(option)}\``,
      option.scope === undefined ? `\`${keyOf(option)}\`` : "",
      option.scope === "flag" ? "" : `\`${variableOf(option)}\``,
      option.default === undefined || option.type === "boolean" ? "" : `\`${defaultText(option)}\``,
      option.summary,
    ]),
  );
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
