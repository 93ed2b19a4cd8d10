import { expect } from "bun:test";
import { until } from "../../cluster/readiness.ts";
import { type } from "../terminal.ts";
import { record, secondsOf } from "./figures.ts";
import { API, api, handler, testApp } from "./fixture.ts";
import { repositoryOfApp } from "./images.ts";
import type { Way } from "./ways.ts";

/** Waits until expectations hold: a pod that answers a probe late is not ready for a moment. */
const soon = (what: string, look: () => Promise<void>) =>
  until(what, () => look().then(() => true), { timeoutMs: 30_000 });

/**
 * Deploys v1, v2 and v4, whose migration is broken, by the steps of a way, under load: no request fails, each migration is
 * applied once, and the step of v4 ends with the migration's own error, while the pods of v2 serve on.
 */
export async function proveUnderLoad({ name, broken, step }: Way): Promise<void> {
  const app = await testApp();
  const must = async (release: "v1" | "v2") => {
    const { code, stdout, stderr } = await type(app.at.it, step(app, release));
    expect([release, code, code === 0 ? "" : stdout + stderr]).toEqual([release, 0, ""]);
    await app.rolledOut();
  };
  await must("v1");
  const load = await app.startLoad();

  const good = await load.during(() => secondsOf(() => must("v2")));
  record(`${name}: to v2`, good.load, good.result);
  expect(await app.blog.versions()).toEqual(["20260101090000", "20260201090000"]);

  const bad = await load.during(async () => {
    const { code, stdout, stderr } = await type(app.at.it, step(app, "v4"));
    expect(stdout + stderr).toContain("could not create unique index");
    expect(code).toBe(broken.status);
    await soon("the pods of v2 are ready", async () => {
      const ready = await app.at.kubectl(
        `get pods --selector=${API},app.kubernetes.io/version=v2`,
        '--output=jsonpath={.items[*].status.conditions[?(@.type=="Ready")].status}',
      );
      expect(ready).toBe("True True True");
    });
    const image = await app.at.kubectl(
      `get deployment ${api}`,
      "--output=jsonpath={..template.spec.containers[0].image}",
    );
    expect(image).toBe(`${repositoryOfApp}:${broken.deployed === "new" ? "v4" : "v2"}`);
    // Of strategy Recreate: with a gate it is away until the migration is repaired, else it has not been touched.
    await soon("the message handler is where it should be", async () => {
      const messages = await app.at.kubectl(
        `get deployment ${handler} --output=jsonpath={.status.readyReplicas}`,
      );
      expect(messages).toBe(broken.deployed === "new" ? "" : "1");
    });
  });
  record(`${name}: to v4, whose migration is broken`, bad.load);
  expect(await app.blog.versions()).not.toContain("20260401090000");
}
