import { describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Manifest, ofKind, parseManifests } from "../charts/manifests.ts";
import { testAppChart } from "../examples/chart.ts";
import { renderTestApp } from "../examples/deployments.ts";
import { containersOf, named, rendered, set } from "../examples/workloads.ts";
import { tempDir } from "../support/temp.ts";

/** The tags in each part, of these values given as text. */
async function tags(values: Record<string, string>, chart?: string) {
  const args = set(values);
  return tagsIn(chart ? parseManifests(await renderTestApp("helm4", chart, args)) : await rendered(...args));
}

/** The tags in each part; `contract` where there is a contract Job. */
function tagsIn(manifests: readonly Manifest[]) {
  const of = (manifest: Manifest) =>
    [...new Set(containersOf(manifest).map(({ image }) => image.split(":")[1]))].join(" ");
  const contract = ofKind(manifests, "Job").find(
    ({ metadata }) => metadata.labels["app.kubernetes.io/component"] === "contract",
  );
  return {
    api: of(named(manifests, "Deployment", "test-app-api")),
    service: of(named(manifests, "Deployment", "test-app-service")),
    cli: of(named(manifests, "CronJob", "test-app-cli-stats")),
    migrations: of(ofKind(manifests, "Job").find((one) => one !== contract) as Manifest),
    contract: contract && of(contract),
  };
}

describe("image", () => {
  const all = (tag: string) => ({ api: tag, service: tag, cli: tag, migrations: tag, contract: tag });

  test("the part's tag, else the global one, else the appVersion", async () => {
    expect(await tags({})).toEqual(all("v1"));
    expect(await tags({ "global.image.tag": "v2" })).toEqual(all("v2"));
    expect(await tags({ "global.image.tag": "v2", "test-app-cli.image.tag": "v3" })).toEqual({
      ...all("v2"),
      ...{ cli: "v3", migrations: "v3", contract: undefined },
    });
    expect(await tags({ "test-app-api.image.tag": "v3" })).toEqual({
      ...all("v1"),
      ...{ api: "v3", contract: undefined },
    });
    expect(await tags({ "global.image.tag": "v2", "test-app-cli.image.tag": "v2" })).toEqual(all("v2"));
  });

  test("a tag of digits is text, by --set and from a file", async () => {
    const arg = ["--set", "global.image.tag=42"];
    const file = join(tempDir({ "values.yaml": "global: { image: { tag: 20260101 } }\n" }), "values.yaml");
    expect(tagsIn(await rendered(...arg))).toEqual(all("42"));
    expect(tagsIn(await rendered("--values", file))).toEqual(all("20260101"));
    const part = await rendered("--set", "global.image.tag=42", "--set", "test-app-api.image.tag=42");
    expect(tagsIn(part)).toEqual(all("42"));
  });

  test("parts that have another image than global.image, each by itself, are not of the release", async () => {
    const one = { "test-app-api.image.tag": "v3", "test-app-service.image.tag": "v3" };
    const parts = { ...one, "test-app-cli.image.tag": "v3" };
    expect(await tags({ "global.image.tag": "v2", ...parts })).toEqual({ ...all("v3"), contract: undefined });
    expect(await tags({ "global.image.tag": "v3", ...parts })).toEqual(all("v3"));
  });

  test("where the appVersions of the parts differ, no contract migration runs", async () => {
    const copy = testAppChart();
    const file = join(copy, "charts", "test-app-service", "Chart.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replace("appVersion: v1", "appVersion: v9"));
    expect(await tags({}, copy)).toEqual({ ...all("v1"), service: "v9", contract: undefined });
    expect(await tags({ "global.image.tag": "v2" }, copy)).toEqual(all("v2"));
  });

  test("repository and pull policy likewise", async () => {
    const manifests = await rendered(
      ...set({
        "global.image.pullPolicy": "Always",
        "test-app-api.image.repository": "registry.example/other",
        "test-app-api.image.pullPolicy": "Never",
      }),
    );
    const images = (name: string) =>
      containersOf(named(manifests, "Deployment", name)).map((one) => [one["image"], one["imagePullPolicy"]]);
    expect(images("test-app-api")).toEqual(Array(2).fill(["registry.example/other:v1", "Never"]));
    expect(images("test-app-service")).toEqual(Array(2).fill(["registry.example/test-app:v1", "Always"]));
    const own = await rendered(...set({ "test-app-cli.image.pullPolicy": "Never" }));
    const policies = (job: Manifest) => containersOf(job).map((one) => one["imagePullPolicy"]);
    const [contract, migrate] = ofKind(own, "Job").sort((a, b) =>
      a["metadata"].name < b["metadata"].name ? 1 : -1,
    );
    expect([policies(migrate as Manifest), policies(contract as Manifest)]).toEqual([
      ["Never"],
      ["IfNotPresent", "IfNotPresent"],
    ]);
  });

  test("the contract Job waits for what the pods of the same release carry, and no part with another image has it", async () => {
    const label = (manifest: Manifest) => manifest["spec"].template.metadata.labels["sluice.dev/release"];
    const policies = {
      "global.image.pullPolicy": "Always",
      "test-app-api.image.pullPolicy": "Never",
      "test-app-cli.image.pullPolicy": "IfNotPresent",
    };
    for (const values of [
      { "global.image.tag": "" },
      { "global.image.tag": "v2" },
      { "global.image.tag": "v2", ...policies },
      { "global.image.tag": "v2", "test-app-api.image.pullPolicy": "Always" },
    ]) {
      const manifests = await rendered(...set(values));
      const args = ofKind(manifests, "Job")
        .flatMap(containersOf)
        .flatMap((one) => one["args"] as string[]);
      const identity = args[args.indexOf("--identity") + 1]?.replace("sluice.dev/release=", "");
      expect(ofKind(manifests, "Deployment").map(label)).toEqual([identity, identity]);
    }
    const other = await rendered(...set({ "test-app-api.image.tag": "v3" }));
    expect(label(named(other, "Deployment", "test-app-api"))).toBeUndefined();
  });
});
