import { describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { cases } from "../charts/cases.ts";
import { consumer, type HelmVersion, helm, render } from "../charts/helm.ts";
import { gates, jobName, type Manifest, ofKind, parseManifests, rendered } from "../charts/manifests.ts";
import { failureOf } from "../support/failure.ts";

const charts = { shop: consumer("shop"), umbrella: consumer("umbrella") };
const shop = (sluice: object, more: readonly string[] = [], version: HelmVersion = "helm3") =>
  rendered(charts.shop, sluice, more, version);

describe("names", () => {
  test("the same values give the same names; what runs, rerun and id change them", async () => {
    const base = { command: ["migrate"] };
    const first = await shop(base);
    const name = async (sluice: object) => jobName(await shop({ ...base, ...sluice }));
    expect(await name({})).toBe(jobName(first));
    const others = [
      { image: { tag: "2" } },
      { args: ["x"] },
      { env: [{ name: "A", value: "b" }] },
      { rerun: "2026-11-21" },
      { id: "abc" },
      { resources: { limits: { memory: "1Gi" } } },
    ];
    const names = await Promise.all(others.map(name));
    expect(new Set([jobName(first), ...names]).size).toBe(others.length + 1);
    // What does not change what runs is no other run: its gate stays open.
    const target = async (sluice: object) => gates(await shop({ ...base, ...sluice }))[0]?.["args"][1];
    const same = await target({});
    expect(await target({ resources: { limits: { memory: "1Gi" } }, backoffLimit: 1 })).toBe(same);
    expect(await target({ rerun: "2026-11-21" })).not.toBe(same);
    expect(await target({ id: "abc" })).toBe("run/abc");
  });

  test("rerun makes other pods where pods migrate, and there only", async () => {
    const pods = async (sluice: object) =>
      JSON.stringify(ofKind(await shop(sluice), "Deployment").map(({ spec }) => spec.template));
    for (const strategy of ["job", "hook", "init", "pipeline", "startup"]) {
      const isOther = (await pods({ strategy })) !== (await pods({ strategy, rerun: "2026-11-21" }));
      expect([strategy, isOther]).toEqual([strategy, ["init", "startup"].includes(strategy)]);
    }
  });

  test("content of a ConfigMap's files is part of the name", async () => {
    const chart = consumer("shop");
    const name = async () =>
      jobName(
        parseManifests(
          await render("helm3", chart, { global: { sluice: { files: { glob: "migrations/*.sql" } } } }),
        ),
      );
    const before = await name();
    writeFileSync(join(chart, "migrations", "20260201000000_more.sql"), "SELECT 1;");
    expect(await name()).not.toBe(before);
  });

  test("the ConfigMap that a gate mounts is there, also where the application migrates", async () => {
    const all = await shop({
      strategy: "startup",
      files: { glob: "migrations/*.sql" },
      gate: { enabled: true },
    });
    const made = ofKind(all, "ConfigMap").map(({ metadata }) => metadata.name);
    const mounted = ofKind(all, "Deployment").flatMap(({ spec }) =>
      spec.template.spec.volumes.flatMap(
        (volume: { configMap?: { name: string } }) => volume.configMap?.name ?? [],
      ),
    );
    expect(mounted).toHaveLength(1);
    expect(made).toEqual(mounted);
  });

  test("latest and pullPolicy Always are by revision", async () => {
    for (const image of [{ tag: "latest" }, { pullPolicy: "Always" }]) {
      const install = await shop({ image });
      const upgrade = await shop({ image }, ["--is-upgrade"]);
      expect(jobName(install)).toBe("rel-migrate-r1");
      expect(jobName(upgrade)).toBe("rel-migrate-r1"); // helm template knows no revision
      expect(ofKind(install, "Job")[0]?.["metadata"].labels["sluice.dev/release"]).toBe("r1");
    }
    expect(jobName(await shop({ image: { tag: "latest", digest: "sha256:00" } }))).toMatch(/-[0-9a-f]{10}$/);
    expect(jobName(await shop({ image: { tag: "latest" }, naming: "hash" }))).toMatch(/-[0-9a-f]{10}$/);
  });

  test("a long name is cut before the suffix", async () => {
    const release = "a".repeat(53);
    const text = await helm("helm3", ["template", release, charts.shop], {
      values: { global: { sluice: { name: "b".repeat(32), strategy: "job", gate: { target: "job" } } } },
    });
    const name = jobName(parseManifests(text.stdout));
    expect(name.length).toBeLessThanOrEqual(63);
    expect(name).toMatch(/^a+-[0-9a-f]{4}-b{32}-[0-9a-f]{10}$/);
  });
});

describe("what is rendered", () => {
  test("false and 0 count as written, an empty text removes a default", async () => {
    const manifests = await shop({
      serviceAccount: { create: false, name: "mine" },
      resources: { limits: "" },
      backoffLimit: 0,
      env: [{ name: "SLUICE_URL", value: "postgres://mine" }],
    });
    expect(ofKind(manifests, "ServiceAccount").map(({ metadata }) => metadata.name)).toEqual(["shop"]);
    const { spec } = ofKind(manifests, "Job")[0] as Manifest;
    expect([spec.backoffLimit, spec.template.spec.serviceAccountName]).toEqual([0, "mine"]);
    const [container] = spec.template.spec.containers;
    expect(container.resources).toEqual({ requests: { cpu: "50m", memory: "128Mi" } });
    const urls = container.env.filter(({ name }: { name: string }) => name === "SLUICE_URL");
    expect(urls).toEqual([{ name: "SLUICE_URL", value: "postgres://mine" }]);
  });

  test("Recreate where it is asked for, with the same time for the roll-out", async () => {
    const [deployment] = ofKind(await shop({ rollout: { type: "Recreate" } }), "Deployment");
    expect(deployment?.["spec"]).toMatchObject({
      strategy: { type: "Recreate" },
      progressDeadlineSeconds: 4200,
    });
    expect(deployment?.["spec"].strategy.rollingUpdate).toBeUndefined();
    expect((await failureOf(shop({ rollout: { type: "Rolling" } }))).message).toContain("RollingUpdate");
  });

  test("Sluice's own image only where the one that migrates has it not", async () => {
    const contract = { enabled: true, workloads: ["deployment/x"] };
    const images = async (sluice: object) => {
      const text = await render("helm3", charts.shop, { global: { sluice: { contract, ...sluice } } });
      return [
        ...new Set([...text.matchAll(/image: "?(sluice|registry.example\/shop):/g)].map(([, name]) => name)),
      ];
    };
    const command = { command: ["x"], contract: { ...contract, command: ["z"] } };
    expect(await images({})).toEqual(["registry.example/shop"]);
    expect(await images(command)).toEqual(["registry.example/shop"]);
    expect((await images({ ...command, install: true })).sort()).toEqual(["registry.example/shop", "sluice"]);
  });

  test("init: a part that only waits has the gate, and not the privileged account", async () => {
    const values = (gate: object) => ({ global: { sluice: { strategy: "init" } }, sluice: { gate } });
    const pod = async (gate: object) => {
      const manifests = parseManifests(await render("helm3", charts.shop, values(gate)));
      return JSON.stringify(ofKind(manifests, "Deployment")[0]?.["spec"].template.spec);
    };
    const waits = await pod({ enabled: true });
    expect([waits.includes("sluice-gate"), waits.includes("shop-migrator")]).toEqual([true, false]);
    const migrates = await pod({});
    expect([migrates.includes("sluice-gate"), migrates.includes("shop-migrator")]).toEqual([false, true]);
    expect((await failureOf(shop({ strategy: "init", gate: { enabled: true } }))).message).toMatch(
      /nobody would migrate/,
    );
  });

  test("alerts.pods narrows the alert of pods that wait, in both of its halves", async () => {
    const held = async (alerts: object) => {
      const [rule] = ofKind(await shop({ alerts: { enabled: true, ...alerts } }), "PrometheusRule");
      return rule?.["spec"].groups[0].rules.at(-1).expr as string;
    };
    expect(await held({})).not.toContain("pod=~");
    expect((await held({ pods: "shop-.*" })).match(/namespace="ns", .*?pod=~"shop-\.\*"/g)).toHaveLength(2);
  });

  test("each runner of a Job has a deadline of its own, in each strategy", async () => {
    const contract = { enabled: true, workloads: ["deployment/x"] };
    for (const strategy of ["job", "hook", "init", "pipeline", "startup"]) {
      const jobs = ofKind(await shop({ strategy, contract, pipeline: { job: true } }), "Job");
      expect(jobs.length).toBeGreaterThan(0);
      for (const job of jobs) {
        const { env } = job["spec"].template.spec.containers[0];
        const deadline = env.find(({ name }: { name: string }) => name === "SLUICE_DEADLINE");
        expect([strategy, Number.parseInt(deadline?.value, 10) < job["spec"].activeDeadlineSeconds]).toEqual([
          strategy,
          true,
        ]);
      }
    }
  });

  test("what a hook needs is a hook of a lower weight", async () => {
    const hooks = (await shop(cases.find(({ name }) => name === "hook")?.sluice ?? {})).filter(
      ({ metadata }) => metadata.annotations?.["helm.sh/hook"] === "pre-install,pre-upgrade,pre-rollback",
    );
    const weights = hooks.map(({ kind, metadata }) => [
      kind,
      Number(metadata.annotations["helm.sh/hook-weight"]),
    ]);
    expect(Object.fromEntries(weights)).toEqual({ ServiceAccount: -5, Secret: -5, ConfigMap: -5, Job: 0 });
  });

  test("only a container that waits for the API has a token, and no pod mounts one by itself", async () => {
    for (const sluice of [
      { gate: { target: "job" } },
      { contract: { enabled: true, workloads: ["deployment/x"] } },
    ]) {
      for (const manifest of await shop(sluice)) {
        const pod = manifest["spec"]?.template?.spec;
        if (pod === undefined) continue;
        expect(pod.automountServiceAccountToken).toBe(false);
        for (const container of [...(pod.initContainers ?? []), ...pod.containers]) {
          const waits = ["job/", "deployment/"].some((target) => String(container.args).includes(target));
          const mounts: { name: string }[] = container.volumeMounts ?? [];
          expect(mounts.some(({ name }) => name === "sluice-token")).toBe(waits);
        }
      }
    }
  });
});

test("the privileged Secret is in one container only", async () => {
  for (const strategy of ["job", "hook", "init", "pipeline"]) {
    for (const manifest of await shop({ strategy })) {
      const pod = manifest["spec"]?.template?.spec;
      const containers: Manifest[] = [...(pod?.initContainers ?? []), ...(pod?.containers ?? [])];
      for (const container of containers) {
        const has = JSON.stringify(container).includes("shop-migrator");
        expect([strategy, container["name"], has]).toEqual([
          strategy,
          container["name"],
          container["name"] === "sluice-migrate",
        ]);
      }
    }
  }
  const startup = ofKind(await shop({ strategy: "startup" }), "Deployment")[0];
  expect(JSON.stringify(startup)).toContain("shop-migrator");
});
