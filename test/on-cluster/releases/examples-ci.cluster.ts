import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { migrationsFolder, type Release } from "../../examples/blog.ts";
import { repository } from "../../support/executable.ts";
import { cluster, isOurs } from "../support.ts";
import { type } from "../terminal.ts";
import { type TestApp, testApp } from "../test-app/fixture.ts";
import { loadTestApp, repositoryOfApp } from "../test-app/images.ts";

/** The scripts of examples/ci on the real cluster, with the programs that a pipeline's image would have. */
setDefaultTimeout(300_000);

/** Runs a script to its end, as a step of CI for a tag. */
function step(app: TestApp, script: string, release: Release, env: Record<string, string> = {}) {
  const path = join(repository, "examples", "ci", script);
  const more = `--set global.image.repository=${repositoryOfApp}`;
  const places = { NAMESPACE: app.at.namespace, CHART: app.chart };
  return type(app.at.it, { script: `${path} ${release} ${more}`, env: { ...places, ...env } });
}

const image = (app: TestApp) =>
  app.at.kubectl("get deployment test-app-api -o", "jsonpath={.spec.template.spec.containers[0].image}");

describe.skipIf(!isOurs)("a pipeline", () => {
  beforeAll(async () => loadTestApp(await cluster()), 180_000);

  for (const [script, environment] of [
    ["job-then-deploy.sh", () => ({})],
    [
      "migrate-then-deploy.sh",
      (app: TestApp, release: Release) => ({
        SLUICE_URL: app.blog.migrator,
        MIGRATIONS: migrationsFolder(release),
      }),
    ],
  ] as const) {
    test(`${script}: expand, deploy, contract; a broken migration ends the step and deploys nothing`, async () => {
      const app = await testApp();
      const run = (release: Release) => step(app, script, release, environment(app, release));
      for (const release of ["v1", "v3"] as const) {
        const { code, stderr } = await run(release);
        expect([release, code, code === 0 ? "" : stderr]).toEqual([release, 0, ""]);
        expect(await image(app)).toBe(`${repositoryOfApp}:${release}`);
      }
      const [backfill, required] = (await app.blog.versions()).slice(2);
      expect([backfill, required]).toEqual(["20260301090000", "20260301090100"]);

      const broken = await run("v4");
      expect(broken.code).toBe(3);
      expect(broken.stdout + broken.stderr).toContain("could not create unique index");
      expect(await image(app)).toBe(`${repositoryOfApp}:v3`);
    });
  }
});
