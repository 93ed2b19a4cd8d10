import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { globalOptions } from "../../src/cli/global-options.ts";
import { variableOf } from "../../src/cli/option.ts";
import { parseCommand } from "../../src/cli/parse.ts";
import { commands } from "../../src/commands/index.ts";
import { readRequest } from "../../src/gate/request.ts";

/** Variables that are no option: what the runner writes into the history, and what makes other pods. */
const told: readonly string[] = ["SLUICE_JOB", "SLUICE_IMAGE", "SLUICE_RELEASE", "SLUICE_RERUN"];

interface Container {
  name: string;
  args: string[];
  env?: { name: string; value?: string }[];
}

const folder = join(import.meta.dirname, "golden");
const containers = readdirSync(folder).flatMap((file) =>
  parseAllDocuments(readFileSync(join(folder, file), "utf8"))
    .map((document) => document.toJS()?.spec?.template?.spec)
    .flatMap((pod): Container[] => [...(pod?.initContainers ?? []), ...(pod?.containers ?? [])])
    .filter(({ name }) => name.startsWith("sluice-"))
    .map((container) => [`${file} ${container.name}`, container] as const),
);

describe("the command lines that the chart renders", () => {
  test("are there, of every kind", () => {
    const kinds = new Set(containers.map(([, { name }]) => name.replace(/-billing$/, "")));
    expect([...kinds].sort()).toEqual(["sluice-gate", "sluice-install", "sluice-migrate", "sluice-rollout"]);
  });

  test("are those of Sluice", async () => {
    const unknown = new Set<string>();
    for (const [where, { args, env = [] }] of containers) {
      const [name = "", ...argv] = args;
      const command = await commands[name]?.load();
      if (command === undefined) {
        unknown.add(name);
        continue;
      }
      const names = [...command.options, ...globalOptions].map(variableOf);
      const ours = env.filter((one) => one.name.startsWith("SLUICE_"));
      for (const one of ours) if (!names.includes(one.name)) unknown.add(one.name);
      const literal = Object.fromEntries(env.map((one) => [one.name, one.value ?? "from a Secret"]));
      const { args: words, options, sources } = parseCommand(command, argv, { env: literal });
      if (name !== "wait") continue;
      const kinds = sources as Record<string, { kind: string } | undefined>;
      const isFlag = (key: string) => kinds[key]?.kind === "flag";
      const { targets } = await readRequest(words["target"] as string[], options as never, isFlag, () => {});
      expect([where, targets.length > 0]).toEqual([where, true]);
    }
    expect([...unknown].filter((name) => !told.includes(name))).toEqual([]);
  });
});
