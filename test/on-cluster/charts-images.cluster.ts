import { describe, expect, test } from "bun:test";
import { consumer, helmVersions, render } from "../charts/helm.ts";
import { gates, type Manifest, ofKind, parseManifests } from "../charts/manifests.ts";
import { failureOf } from "../support/failure.ts";

const chart = consumer("shop");
const digest = `sha256:${"0".repeat(64)}`;

/** The objects of the chart shop, of values below `global` and those of its own below `global.sluice`. */
const shop = async (sluice: object, global: object = {}) =>
  parseManifests(await render("helm3", chart, { global: { ...global, sluice } }));
const podOf = (manifests: readonly Manifest[]) => ofKind(manifests, "Job")[0]?.["spec"].template.spec;
const imageOf = (manifests: readonly Manifest[]): string => podOf(manifests).containers[0].image;
const gateOf = (manifests: readonly Manifest[]) => gates(manifests)[0] as Manifest;

describe("numbers where text is wanted", () => {
  const numbers = {
    image: { tag: 20260101 },
    to: 20260101000000,
    hook: { weight: 1000000 },
    argocd: { wave: 0 },
    strategy: "hook",
    gate: { enabled: true, image: { tag: 42 } },
  };
  const flags = ["image.tag=20260101", "to=20260101000000", "hook.weight=1000000", "argocd.wave=0"]
    .concat(["strategy=hook", "gate.enabled=true", "gate.image.tag=42"])
    .flatMap((flag) => ["--set", `global.sluice.${flag}`]);

  for (const version of helmVersions) {
    const ways: [string, () => Promise<string>][] = [
      ["a file", () => render(version, chart, { global: { sluice: numbers } })],
      ["--set", () => render(version, chart, {}, flags)],
    ];
    for (const [way, text] of ways) {
      test(`are as they were written, by ${way} and ${version}`, async () => {
        const manifests = parseManifests(await text());
        const [job] = ofKind(manifests, "Job");
        expect(imageOf(manifests)).toBe("registry.example/shop:20260101");
        expect(podOf(manifests).containers[0].args).toContain("20260101000000");
        expect(gateOf(manifests)["image"]).toBe("registry.example/shop:42");
        expect(gateOf(manifests)["args"]).toEqual(["wait", "schema", "--require", "20260101000000"]);
        expect(job?.["metadata"].annotations).toMatchObject({
          "helm.sh/hook-weight": "1000000",
          "argocd.argoproj.io/sync-wave": "0",
        });
      });
    }
  }

  test("give the names that the same text gives", async () => {
    const name = async (to: unknown) => ofKind(await shop({ to }), "Job")[0]?.["metadata"].name;
    expect(await name(20260101000000)).toBe(await name("20260101000000"));
  });

  test("in global.image.tag and in require, too", async () => {
    const manifests = await shop({ require: [20260101000000] }, { image: { tag: 20260101 } });
    expect(imageOf(manifests)).toBe("registry.example/shop:20260101");
    expect(gateOf(manifests)["args"]).toEqual(["wait", "schema", "--require", "20260101000000"]);
  });
});

describe("the image", () => {
  const repository = "registry.example/all";

  test("has the digest of global.image, unless it has a tag or another repository of its own", async () => {
    const global = { image: { repository, digest } };
    const none = { repository: "" };
    expect(imageOf(await shop({ image: none }, global))).toBe(`${repository}@${digest}`);
    expect(imageOf(await shop({ image: { ...none, tag: "2" } }, global))).toBe(`${repository}:2`);
    expect(imageOf(await shop({}, global))).toBe("registry.example/shop:1.4.2");
    const both = { image: { repository, tag: "3", digest } };
    expect(imageOf(await shop({ image: none }, both))).toBe(`${repository}:3@${digest}`);
  });

  test("of the gate: each key for itself over that of the Job", async () => {
    const gate = async (image: object, sluice: object = {}) => {
      const container = gateOf(await shop({ ...sluice, gate: { image } }));
      return [container["image"], container["imagePullPolicy"]];
    };
    const own = "registry.example/gate";
    expect(await gate({})).toEqual(["registry.example/shop:1.4.2", "IfNotPresent"]);
    expect(await gate({ tag: "2" })).toEqual(["registry.example/shop:2", "IfNotPresent"]);
    expect(await gate({ pullPolicy: "Never" })).toEqual(["registry.example/shop:1.4.2", "Never"]);
    expect(await gate({ digest })).toEqual([`registry.example/shop:1.4.2@${digest}`, "IfNotPresent"]);
    expect(await gate({ repository: own })).toEqual([`${own}:1.4.2`, "IfNotPresent"]);
    expect(await gate({ repository: own, digest })).toEqual([`${own}:1.4.2@${digest}`, "IfNotPresent"]);
    const pinned = { image: { tag: "1", digest } };
    expect(await gate({ tag: "2" }, pinned)).toEqual(["registry.example/shop:2", "IfNotPresent"]);
    expect(await gate({ repository: own }, pinned)).toEqual([`${own}:1`, "IfNotPresent"]);
    const foreign = { command: ["x"], install: true };
    expect(await gate({ tag: "2" }, foreign)).toEqual(["sluice:2", "IfNotPresent"]);
    expect((await failureOf(gate({ repository: own }, { image: { digest } }))).message).toMatch(
      /give gate.image.tag/,
    );
  });

  test("its pull secrets: the Jobs' own, else those of all, as names or as Kubernetes takes them", async () => {
    const contract = { enabled: true, workloads: ["deployment/x"] };
    const secrets = async (own: object[], all?: unknown[]) => {
      const jobs = ofKind(
        await shop({ contract, imagePullSecrets: own }, all && { imagePullSecrets: all }),
        "Job",
      );
      expect(jobs).toHaveLength(2);
      return jobs.map((job) => job["spec"].template.spec.imagePullSecrets);
    };
    const [mine, ours] = [[{ name: "mine" }], [{ name: "ours" }]];
    expect(await secrets([])).toEqual([undefined, undefined]);
    expect(await secrets([], ours)).toEqual([ours, ours]);
    expect(await secrets([], ["ours"])).toEqual([ours, ours]);
    expect(await secrets(mine, ours)).toEqual([mine, mine]);
  });
});

test("startup gives dir, to and phase to the application", async () => {
  const sluice = { strategy: "startup", dir: "/m", to: 20260101000000, phase: "expand" };
  const [web] = ofKind(await shop(sluice), "Deployment");
  const [container] = web?.["spec"].template.spec.containers ?? [];
  expect(container.env).toEqual(
    expect.arrayContaining([
      { name: "SLUICE_DIR", value: "/m" },
      { name: "SLUICE_TO", value: "20260101000000" },
      { name: "SLUICE_PHASE", value: "expand" },
    ]),
  );
});
