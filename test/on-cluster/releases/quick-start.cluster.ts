import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { makeBlog } from "../../examples/blog.ts";
import { type Block, blocksOf } from "../../support/blocks.ts";
import { cleanUpAfter } from "../../support/cleanup.ts";
import { repository } from "../../support/executable.ts";
import { tempDir } from "../../support/temp.ts";
import { urlForPods } from "../forward.ts";
import { cluster, isOurs } from "../support.ts";
import { type } from "../terminal.ts";
import { loadTestApp, repositoryOfApp } from "../test-app/images.ts";

setDefaultTimeout(300_000);

/** Where the README installs it: under this name, not one of ours, for its lines are typed as they stand. */
const namespace = "test-app";

/** What a reader has cloned, as far as the lines need it; `helm dependency update` writes into it. */
function clone(): string {
  const folder = tempDir();
  for (const part of ["charts", "examples"])
    cpSync(join(repository, part), join(folder, part), { recursive: true });
  return folder;
}

/** Rows of a table in an output, without the times, which stand last. */
const rows = (text: string) =>
  text.split("\n").flatMap((line) => /^(\d{14} .*) \S+Z$/.exec(line)?.[1]?.trim() ?? []);

describe.skipIf(!isOurs)("the README's quick start on Kubernetes", () => {
  beforeAll(async () => loadTestApp(await cluster()), 180_000);

  test("does what it says, typed as it stands", async () => {
    const it = await cluster();
    const remove = ["delete", "namespace", namespace, "--ignore-not-found"];
    await it.kubectl([...remove, "--timeout=170s"]); // of a run that was killed
    cleanUpAfter(async () => void (await it.kubectl([...remove, "--wait=false"])));
    const blog = await makeBlog();
    const env = {
      IMAGE: repositoryOfApp,
      MIGRATOR_URL: await urlForPods(blog.migrator),
      APPLICATION_URL: await urlForPods(blog.application),
    };
    const blocks = blocksOf("README.md");
    // The page tells the reader to set exactly these, and where sluice is.
    const settings = blocks.find(({ language, text }) => language === "sh" && text.includes("export IMAGE="));
    const names = [...(settings?.text ?? "").matchAll(/^export (\w+)/gm)].map(([, name]) => name);
    expect(names).toEqual([...Object.keys(env), "PATH"]);

    const cwd = clone();
    const printed: string[] = [];
    const steps = blocks.filter(({ words }) => words.has("cluster"));
    expect(steps).toHaveLength(2);
    for (const step of steps) {
      const { code, stdout, stderr } = await type(it, { script: step.text, cwd, env });
      expect([code, code === 0 ? "" : stdout + stderr]).toEqual([0, ""]);
      printed.push(...rows(stdout));
    }
    const shown = blocks[blocks.indexOf(steps[1] as Block) + 1];
    expect(printed).toEqual(rows(shown?.text ?? ""));
    expect(printed).toHaveLength(2);
    expect(await blog.versions()).toEqual(["20260101090000", "20260201090000"]);
    const api = ["deployment/test-app-api", `--namespace=${namespace}`];
    await it.kubectl(["wait", ...api, "--for=jsonpath={.status.readyReplicas}=3", "--timeout=30s"]);
    const image = "--output=jsonpath={.spec.template.spec.containers[0].image}";
    expect(await it.kubectl(["get", ...api, image])).toBe(`${repositoryOfApp}:v2`);
  });
});
