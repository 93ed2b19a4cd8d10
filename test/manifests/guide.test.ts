import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { blocksOf } from "../support/blocks.ts";
import { executable, repository } from "../support/executable.ts";
import { startProgram } from "../support/run.ts";
import { tempDir } from "../support/temp.ts";

const page = "docs/guides/inject.md";

test("the guide's commands do and print what it says, on the files that it shows", async () => {
  const blocks = blocksOf(page);
  const files = blocks.flatMap(({ file, text }) => (file === undefined ? [] : [[file, text] as const]));
  const cwd = tempDir(Object.fromEntries(files));
  const env = { PATH: `${dirname(executable())}:${process.env["PATH"]}` };
  const commands = blocks.flatMap((block, index) => (block.language === "sh" ? [{ block, index }] : []));
  expect(commands.length).toBe(3);
  for (const { block, index } of commands) {
    const { done } = await startProgram("sh", ["-eu", "-c", block.text], { cwd, env });
    const { code, stdout, stderr } = await done;
    const next = blocks[index + 1];
    const shown = next?.language === "text" && next.text.includes("gate added") ? next.text : undefined;
    const expected = shown ?? "deployment/api: gate removed\n";
    // Two streams: their order on a terminal is left to chance.
    expect([code, (stderr + stdout).trim()]).toEqual([0, expected.trim()]);
  }
  const gate = blocks.find(({ file, text }) => file === undefined && text.includes("SLUICE_INJECTED"));
  expect(readFileSync(join(cwd, "gated.yaml"), "utf8")).toContain(gate?.text as string);
}, 60_000);

test("each option and each annotation is in its table, and the image is that of this version", async () => {
  const text = readFileSync(join(repository, page), "utf8");
  const { injectOptions } = await import("../../src/commands/inject-options.ts");
  const { SETTINGS } = await import("../../src/manifests/settings.ts");
  for (const name of Object.keys(SETTINGS)) expect(text).toContain(`| \`sluice.dev/${name}\` |`);
  const known = ["container-name", "only", "skip", "write"];
  for (const { name } of injectOptions) if (!known.includes(name)) expect(text).toContain(`| \`--${name}`);
  const { defaultImage } = await import("../../src/manifests/default-image.ts");
  expect(text).toContain(`image: ${defaultImage}\n`);
});
