import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse, stringify } from "yaml";
import { consumer } from "../../charts/helm.ts";
import { type Block, blocksOf } from "../../support/blocks.ts";
import { createDatabase, testServer } from "../../support/postgres.ts";
import type { Finished } from "../../support/run.ts";
import { writeFiles } from "../../support/temp.ts";
import { urlForPods } from "../forward.ts";
import { type Place, place } from "../real-fixture.ts";
import { type } from "../terminal.ts";
import { registry, releases } from "./images.ts";

/**
 * A reader of a page of docs/guides, who has what the pages assume: the chart ./shop (test/charts/shop) with the page's
 * values, the folder ./migrations, two Secrets, and a database. The namespace, which is the test's own, takes the place of `-n shop`.
 */
export interface Guide {
  at: Place;
  /** The folder in which the reader types. */
  cwd: string;
  /** The `sh` blocks of the page, in order. */
  steps: readonly Block[];
  /** Checks a release of the shop out. Release 1.4.2 is there at the beginning. */
  checkOut(release: string): void;
  /** Types lines. */
  type(lines: string): Promise<Finished>;
  /** Types a block, which must end with the status that it says (`exit=1`), else with 0. @returns what it printed. */
  step(block: Block | undefined): Promise<string>;
  /** Makes the database as empty as a backup of the very beginning would. */
  restoreEmpty(): Promise<void>;
  /** What the history has as applied, in the order of the versions. */
  applied(): Promise<string[]>;
  /** Waits until all pods are new and ready. @returns the image of the Deployment. */
  rolledOut(): Promise<string>;
}

/** @param command what the shop's container runs. @param readinessProbe of it, which the chart has none of. */
export async function guide(
  name: string,
  { command = ["sleep", "infinity"], readinessProbe }: { command?: string[]; readinessProbe?: object } = {},
): Promise<Guide> {
  const at = await place();
  const database = await createDatabase(await testServer());
  const url = await urlForPods(database.url);
  const secret = { apiVersion: "v1", kind: "Secret", stringData: { url } };
  await at.apply(...["shop-migrator", "shop-app"].map((one) => ({ ...secret, metadata: { name: one } })));

  const blocks = blocksOf(`docs/guides/${name}.md`);
  const steps = blocks.filter(({ language }) => language === "sh");
  const untyped = steps.find(({ words }) => !words.has("test"));
  if (untyped) throw new Error(`${name}: nobody types this: ${untyped.text}`);

  const chart = consumer("shop");
  const cwd = dirname(chart);
  if (readinessProbe !== undefined) {
    const template = join(chart, "templates", "deployment.yaml");
    const env = "          env:\n";
    const probe = `          readinessProbe: ${JSON.stringify(readinessProbe)}\n`;
    const text = readFileSync(template, "utf8");
    if (!text.includes(env)) throw new Error(`${template}: no env to put a readiness probe before`);
    writeFileSync(template, text.replace(env, probe + env));
  }
  const local = (text: string) => text.replaceAll("registry.example", registry);
  const given = { values: readFileSync(join(chart, "values.yaml"), "utf8") };
  for (const { file, text } of blocks) {
    if (file === "shop/values.yaml") given.values = text;
    else if (file !== undefined) writeFiles(cwd, { [file]: text });
  }
  const checkOut = (release: string) => {
    const own = { replicas: 2, image: `${registry}/shop:${release}`, command };
    const description = readFileSync(join(chart, "Chart.yaml"), "utf8");
    writeFileSync(
      join(chart, "Chart.yaml"),
      description.replace(/^appVersion: .*$/m, `appVersion: "${release}"`),
    );
    writeFileSync(join(chart, "values.yaml"), stringify({ ...parse(local(given.values)), ...own }));
    rmSync(join(cwd, "migrations"), { recursive: true, force: true });
    for (const [file, sql] of Object.entries(releases[release] ?? {}))
      writeFiles(cwd, { [join("migrations", file)]: sql });
  };
  checkOut("1.4.2");
  const typeHere: Guide["type"] = (lines) => {
    const script = local(lines).replaceAll("-n shop", `-n ${at.namespace}`);
    return type(at.it, { script, cwd, env: { SLUICE_URL: database.url } });
  };
  return {
    at,
    cwd,
    steps,
    checkOut,
    type: typeHere,
    async step(block) {
      if (block === undefined) throw new Error(`${name} has fewer steps`);
      const { code, stdout, stderr } = await typeHere(block.text);
      if (code !== Number(block.words.get("exit") ?? 0))
        throw new Error(`${block.text}ended with ${code}\n${stdout}${stderr}`);
      const printed = blocks[blocks.indexOf(block) + 1];
      if (printed?.follows && printed.language === "text" && !(stderr + stdout).includes(printed.text))
        throw new Error(`${block.text}does not print what the page shows, but\n${stderr}${stdout}`);
      return stdout + stderr;
    },
    async restoreEmpty() {
      await database.query("DROP SCHEMA public CASCADE");
      await database.query("CREATE SCHEMA public");
    },
    applied: async () =>
      (await database.query("SELECT id FROM sluice_history WHERE state = 'applied' ORDER BY 1")).map(
        ({ id }) => id,
      ),
    async rolledOut() {
      await at.kubectl("rollout status deployment/shop-web --timeout=170s");
      return at.kubectl("get deployment shop-web", "--output=jsonpath={..containers[0].image}");
    },
  };
}
