import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { migrationsFolder, type Release } from "../../examples/blog.ts";
import { repository } from "../../support/executable.ts";
import { tempDir } from "../../support/temp.ts";
import type { Typed } from "../terminal.ts";
import { api, type TestApp } from "./fixture.ts";
import { repositoryOfApp, type Tag } from "./images.ts";

/** A way to deploy the example application: what a CI step of it types for a release. */
export interface Way {
  name: string;
  /** With which status the step ends where the migration is broken, and which release the Deployment then names. */
  broken: { status: number; deployed: "old" | "new" };
  step(app: TestApp, release: Release): Typed;
}

/** `helm upgrade` as the READMEs of the examples have it, without its first two words. */
function upgradeArgs({ at, chart }: TestApp, strategy: string, release: Tag): string {
  const values = strategy === "job" ? "" : ` --values ${chart}/values-${strategy}.yaml`;
  return (
    `--install test-app ${chart} -n ${at.namespace}${values}` +
    ` --set-string global.image.tag=${release} --set global.image.repository=${repositoryOfApp}`
  );
}

/**
 * The CI step of docs/guides/choose.md for a strategy, as it stands there, with the names of the example application.
 * @throws where the page has none.
 */
export function documented(app: TestApp, strategy: string, release: Release): string {
  const page = readFileSync(join(repository, "docs", "guides", "choose.md"), "utf8");
  const row = new RegExp(`^\\| [^|]*\`${strategy}\`[^|]* \\| \`((?:[^\`|]|\\\\\\|)*)\``, "m").exec(
    page.slice(page.indexOf("For every strategy, a CI step")),
  );
  if (row?.[1] === undefined) throw new Error(`docs/guides/choose.md has no step for ${strategy}`);
  return row[1]
    .replaceAll("\\|", "|")
    .replace("helm upgrade ...", `helm upgrade ${upgradeArgs(app, strategy, release)}`)
    .replace("deployment/NAME", `deployment/${api}`)
    .replace("-n NS", `-n ${app.at.namespace}`)
    .replace("RELEASE", "test-app");
}

function byDocumentedStep(name: string, broken: Way["broken"]): Way {
  return { name, broken, step: (app, release) => ({ script: documented(app, name, release) }) };
}

export const hook: Way = byDocumentedStep("hook", { status: 1, deployed: "old" });
export const init: Way = byDocumentedStep("init", { status: 3, deployed: "new" });
export const startup: Way = byDocumentedStep("startup", { status: 3, deployed: "new" });

/** CI reaches the database, and has the release's files in its checkout. */
export const ciMigrates: Way = {
  name: "pipeline (CI migrates)",
  broken: { status: 3, deployed: "old" },
  step(app, release) {
    const cwd = tempDir();
    cpSync(migrationsFolder(release), join(cwd, "migrations"), { recursive: true });
    return { script: documented(app, "pipeline", release), cwd, env: { SLUICE_URL: app.blog.migrator } };
  },
};

/** Only the cluster reaches the database: CI applies the Job that the chart renders, waits for it, and deploys. */
export const ciAppliesJob: Way = {
  name: "pipeline (CI applies the Job)",
  broken: { status: 3, deployed: "old" },
  step: ({ at, chart }, release) => ({
    script: `${join(repository, "examples", "ci", "job-then-deploy.sh")} ${release} --set global.image.repository=${repositoryOfApp}`,
    env: { NAMESPACE: at.namespace, CHART: chart },
  }),
};
