import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { blocksOf } from "../../support/blocks.ts";
import { repository } from "../../support/executable.ts";
import { tempDir } from "../../support/temp.ts";
import { type } from "../terminal.ts";
import type { TestApp } from "./fixture.ts";
import { repositoryOfApp } from "./images.ts";

/** As the examples name it. */
const image = "registry.example/test-app";

/** What a README of examples/ has one type, block by block, in the test's namespace and with the image that was loaded. */
export function blocksFor(example: string, namespace: string): string[] {
  return blocksOf(`examples/${example}/README.md`)
    .filter(({ language }) => language === "sh")
    .map(({ text }) => text.replaceAll("-n test-app", `-n ${namespace}`).replaceAll(image, repositoryOfApp));
}

/** A copy of a folder of examples/, changed in the same way. @returns its path. */
export function copyOf(example: string, namespace: string): string {
  const folder = join(tempDir(), example);
  cpSync(join(repository, "examples", example), folder, { recursive: true });
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".yaml")) continue;
    const path = join(folder, name);
    const text = readFileSync(path, "utf8")
      .replaceAll(image, repositoryOfApp)
      .replaceAll("namespace: test-app", `namespace: ${namespace}`);
    writeFileSync(path, text);
  }
  return folder;
}

/** Types a script in a folder. @returns what it printed; throws where it fails. */
export async function mustType({ at }: TestApp, cwd: string, script: string): Promise<string> {
  const { code, stdout, stderr } = await type(at.it, { script, cwd });
  if (code !== 0) throw new Error(`${script}\nended with ${code}:\n${stdout}${stderr}`);
  return stdout;
}
