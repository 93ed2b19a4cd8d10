import { describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { consumer, helmVersions, render } from "../charts/helm.ts";
import { ofKind, rendered } from "../charts/manifests.ts";
import { failureOf } from "../support/failure.ts";

const charts = { shop: consumer("shop"), umbrella: consumer("umbrella"), ledger: consumer("ledger") };

describe("rejected with a sentence", () => {
  const workloads = ["deployment/web"];
  const awaited = { gate: { target: "job" } };
  const rejected: [string, object, RegExp][] = [
    ...["hook-succeeded", "hook-failed", "hook-succeeded,hook-failed"].map(
      (policy): [string, object, RegExp] => [
        `${policy} alone`,
        { hook: { deletePolicy: policy } },
        new RegExp(`write before-hook-creation,${policy}`),
      ],
    ),
    ["no delete policy", { hook: { deletePolicy: "" } }, /deletePolicy/],
    [
      "a delete policy that is none",
      { hook: { deletePolicy: "before-hook-creation,never" } },
      /deletePolicy/,
    ],
    ["a TTL on a Job that is awaited", { ...awaited, ttlSecondsAfterFinished: 60 }, /would wait for good/],
    [
      "a hook that goes, and is awaited",
      {
        ...{ strategy: "hook", gate: { ...awaited.gate, enabled: true } },
        hook: { deletePolicy: "before-hook-creation,hook-succeeded" },
      },
      /would wait for good/,
    ],
    [
      "a hook of Argo CD that goes, and is awaited",
      { ...awaited, argocd: { hook: "Sync", deletePolicy: "BeforeHookCreation,HookSucceeded" } },
      /would wait for good/,
    ],
    ...["--dry-run", "--dry-run=true", "--dry-run=1"].map((arg): [string, object, RegExp] => [
      `a run with ${arg}`,
      { args: ["--log-format=json", arg] },
      /args: --dry-run.* the Job would be Complete/,
    ]),
    [
      "a dry run of the second half",
      { contract: { enabled: true, workloads, args: ["--dry-run"] } },
      /contract\.args: --dry-run.* the Job would be Complete/,
    ],
    ["PostSync with a gate", { argocd: { hook: "PostSync" } }, /PreSync or Sync/],
    ["a hook of Argo CD that is none", { argocd: { hook: "Presync" } }, /argocd.hook/],
    ["a delete policy of Argo CD that is none", { argocd: { deletePolicy: "Never" } }, /argocd.deletePolicy/],
    ...[0, "0", "0%"].map((maxSurge): [string, object, RegExp] => [
      `maxSurge ${JSON.stringify(maxSurge)}`,
      { rollout: { maxSurge } },
      /no room for a new pod/,
    ]),
    ["maxSurge that is no number", { rollout: { maxSurge: "some" } }, /maxSurge/],
    ["a time-out that is none", { gate: { timeout: "abc" } }, /gate.timeout/],
    ["a time-out without a unit", { gate: { timeout: "600" } }, /gate.timeout/],
    ["a time of an alert that is none", { alerts: { heldFor: "soon" } }, /alerts.heldFor/],
    ["an id and a rerun for no label", { id: "i".repeat(40), rerun: "r".repeat(23) }, /at most 63/],
    ["a negative number", { backoffLimit: -1 }, /backoffLimit/],
    ["a tag that YAML took for a number", { image: { tag: 1.1 } }, /image.tag.*in quotes/s],
    ["a version that no float holds", { to: 9007199254740993000 }, /global.sluice.to.*in quotes/s],
    ["latest for Argo CD", { image: { tag: "latest" }, argocd: { wave: "1" } }, /revision is always 1/],
    ["latest in a pipeline", { image: { tag: "latest" }, strategy: "pipeline" }, /does not know a revision/],
    ["no deadline left", { activeDeadlineSeconds: 100 }, /raise activeDeadlineSeconds/],
    ["grace longer than the pod's", { graceSeconds: 60 }, /longer than graceSeconds/],
    ["a gate on the Job of init", { strategy: "init", gate: { target: "job" } }, /has no Job/],
    [
      "init, latest and a command",
      { strategy: "init", image: { tag: "latest" }, command: ["x"] },
      /needs id/,
    ],
    ["contract without workloads", { contract: { enabled: true } }, /every workload/],
    ["contract of a command", { contract: { enabled: true, workloads }, command: ["x"] }, /contract.command/],
    ["contract of a pod", { contract: { enabled: true, workloads: ["pod/x"] } }, /is not deployment/],
    ["an id that is no label", { id: "a b" }, /becomes a label/],
    ["no such files", { files: { glob: "nope/*" } }, /has no file nope/],
    ["no image", { image: { repository: "" } }, /image.repository is missing/],
  ];
  for (const [what, sluice, message] of rejected) {
    test(what, async () => {
      expect((await failureOf(rendered(charts.shop, sluice))).message).toMatch(message);
    });
  }

  test("two files of one name, in folders that a ConfigMap has not got", async () => {
    const chart = consumer("shop");
    for (const folder of ["a", "b"]) {
      mkdirSync(join(chart, "migrations", folder));
      writeFileSync(join(chart, "migrations", folder, "20260301000000_same.sql"), "SELECT 1;");
    }
    const files = (glob: string) => rendered(chart, { files: { glob } });
    expect((await failureOf(files("migrations/**.sql"))).message).toMatch(
      /migrations\/a\/20260301000000_same.sql and migrations\/b\/20260301000000_same.sql have the same name/,
    );
    const [map] = ofKind(await files("migrations/{a/*,*}.sql"), "ConfigMap");
    expect(Object.keys(map?.["data"])).toEqual(["20260101000000_orders.sql", "20260301000000_same.sql"]);
  });

  test("two databases of one name", async () => {
    const same = { global: { billing: { name: "migrate" } } };
    expect((await failureOf(render("helm3", charts.ledger, same))).message).toMatch(
      /global.billing another one/,
    );
  });

  test("values of another type, also in a part, where there is no schema", async () => {
    const parts: [object, RegExp][] = [
      [{ backoffLimit: "abc" }, /values.backoffLimit must be a whole number, 0 or more, not abc/],
      [{ backoffLimit: 1.5 }, /backoffLimit must be a whole number/],
      [{ backoffLimit: -1 }, /backoffLimit must be a whole number, 0 or more/],
      [{ hook: { weight: true } }, /hook.weight must be a whole number/],
      [{ install: "maybe" }, /install must be true or false/],
      [{ executable: true }, /executable must be text/],
      [{ gate: { timeout: ["5m"] } }, /gate.timeout must be text/],
      [{ args: ["--n", 5] }, /args must be a list of texts: put 5 in quotes/],
      [{ resources: [] }, /resources must be a map/],
      [{ id: 1234567 }, /id must be text/],
    ];
    for (const [sluice, message] of parts)
      expect((await failureOf(render("helm4", charts.umbrella, { cli: { sluice } }))).message).toMatch(
        message,
      );
  });

  test("unknown keys, by the schema and, in a sub-chart without the library, by the defines", async () => {
    for (const version of helmVersions) {
      expect((await failureOf(rendered(charts.shop, { stategy: "job" }, [], version))).message).toContain(
        "stategy",
      );
      const part = { cli: { sluice: { backofLimit: 1 } } };
      expect((await failureOf(render(version, charts.umbrella, part))).message).toMatch(
        /unknown key values.backofLimit; known here/,
      );
    }
  });

  test("an unknown key of the dict that a define takes", async () => {
    const chart = consumer("shop");
    const typo = '{{ include "sluice.gate" (dict "root" $ "vals" .Values.sluice) }}';
    writeFileSync(join(chart, "templates", "typo.yaml"), typo);
    expect((await failureOf(render("helm4", chart))).message).toMatch(
      /takes root, values and global.* knows no "vals"/,
    );
  });
});
