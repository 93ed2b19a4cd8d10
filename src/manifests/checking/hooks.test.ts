import { describe, expect, test } from "bun:test";
import { check, codes, deployment, job } from "./testing/manifests.ts";

describe("SM005: a hook of Helm", () => {
  const hook = (spec: string, name = "shop-migrate", hooks = "pre-install,pre-upgrade") =>
    `---
apiVersion: batch/v1
kind: Job
metadata: { name: ${name}, annotations: { helm.sh/hook: "${hooks}" } }
spec:
  ${spec}
  template: { spec: { containers: [{ name: m, image: "app:1", command: [alembic, upgrade, head] }] } }
`;
  const report = (text: string, helmTimeout?: number) => {
    const { findings, notes } = check(text, helmTimeout);
    return [findings.map(({ code }) => code), notes.length];
  };
  const [none, long, short] = [
    "backoffLimit: 0",
    "activeDeadlineSeconds: 3600",
    "activeDeadlineSeconds: 240",
  ];
  test("without --helm-timeout a note, where it may outlive Helm's own time-out", () => {
    expect(report(hook(long))).toEqual([[], 1]);
    expect(report(hook(none))).toEqual([[], 1]);
    expect(report(hook(short))).toEqual([[], 0]);
    // No hook: Helm does not wait, unless it is told to.
    expect(report(job("env: []", long))).toEqual([[], 0]);
  });
  test("with it a finding", () => {
    expect(report(hook(long), 300_000)).toEqual([["SM005"], 0]);
    expect(report(hook(none), 300_000)).toEqual([["SM005"], 0]);
    expect(report(hook(short), 300_000)).toEqual([[], 0]);
    expect(report(hook(long), 3_600_000)).toEqual([[], 0]);
  });
  test("one that does not migrate, a test, or the contract phase: nothing", () => {
    expect(report(hook(long, "seed-search"))).toEqual([[], 0]);
    expect(report(hook(long, "immigrate"))).toEqual([[], 0]);
    expect(report(hook(long, "migrate", "test"))).toEqual([[], 0]);
    const contract = "name: migrate, labels: { app.kubernetes.io/component: contract }";
    expect(report(hook(long, "migrate").replace("name: migrate", contract))).toEqual([[], 0]);
  });
});

test("SM021: what leaves a hook behind", () => {
  const policy = (text: string, name = "migrate") =>
    codes(
      job("env: []", "activeDeadlineSeconds: 200").replace(
        "name: migrate }",
        `name: ${name}, annotations: { helm.sh/hook: pre-upgrade, helm.sh/hook-delete-policy: "${text}" } }`,
      ),
    );
  for (const text of ["hook-succeeded", "hook-failed"])
    expect([text, policy(text)]).toEqual([text, ["SM021"]]);
  for (const text of [
    "",
    "before-hook-creation",
    "hook-succeeded,before-hook-creation",
    "hook-succeeded,hook-failed",
  ])
    expect([text, policy(text)]).toEqual([text, []]);
  expect(policy("hook-succeeded", "migrate-1")).toEqual([]);
});

test("SM006: a hook that is deleted when it has succeeded", () => {
  const gate = deployment().replace("[wait, schema]", "[wait, job/migrate]");
  const hook = (policy: string) =>
    codes(
      gate +
        job("env: []").replace(
          "name: migrate }",
          `name: migrate, annotations: { helm.sh/hook: pre-upgrade, helm.sh/hook-delete-policy: "${policy}" } }`,
        ),
    );
  expect(hook("before-hook-creation,hook-succeeded")).toEqual(["SM006"]);
  expect(hook("before-hook-creation, hook-succeeded")).toEqual(["SM006"]);
  expect(hook("before-hook-creation")).toEqual([]);
});
