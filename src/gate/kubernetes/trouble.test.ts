import { describe, expect, test } from "bun:test";
import { parse, parseAllDocuments } from "yaml";
import { ApiError, ConnectionError } from "../../kubernetes/api-error.ts";
import { deployments, jobs, pods, replicaSets } from "../../kubernetes/resources.ts";
import type { Verdict } from "../condition.ts";
import { createBudget } from "./budget.ts";
import { rightsFor } from "./selected.ts";
import { createTeller, judgeTrouble } from "./trouble.ts";

const rights = {
  needs: [{ resource: jobs, name: "migrate" }],
  namespace: "shop",
  role: "sluice-wait-job-migrate",
};
const forbidden = (user: string) =>
  new ApiError(
    403,
    "Forbidden",
    `jobs.batch is forbidden: User "${user}" cannot list resource "jobs" in API group "batch" in the namespace "shop"`,
  );

describe("Forbidden", () => {
  test("gives the least Role and its RoleBinding as YAML", () => {
    const { reason, advice, failed } = judgeTrouble(forbidden("system:serviceaccount:shop:api"), rights);
    expect([reason, failed]).toEqual([
      expect.stringContaining("refuses it: jobs.batch is forbidden"),
      undefined,
    ]);
    const [role, binding] = parseAllDocuments((advice ?? []).join("\n")).map((one) => one.toJS());
    const metadata = { name: "sluice-wait-job-migrate", namespace: "shop" };
    expect(role).toEqual({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "Role",
      metadata,
      rules: [
        { apiGroups: ["batch"], resources: ["jobs"], resourceNames: ["migrate"], verbs: ["list", "watch"] },
      ],
    });
    expect(binding).toEqual({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "RoleBinding",
      // Another account's must not replace it.
      metadata: { ...metadata, name: "sluice-wait-job-migrate:api" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "sluice-wait-job-migrate" },
      subjects: [{ kind: "ServiceAccount", name: "api", namespace: "shop" }],
    });
  });

  test("of several targets and accounts can be applied in one piece, and none replaces another", () => {
    const elsewhere = forbidden("system:serviceaccount:other:api");
    const selected = (selector: string) => rightsFor(jobs, { selector }, "shop");
    const all = [
      judgeTrouble(forbidden("system:serviceaccount:shop:api"), rights),
      judgeTrouble(forbidden("system:serviceaccount:shop:worker"), rights),
      judgeTrouble(elsewhere, rights),
      judgeTrouble(elsewhere, selected("app=x")),
      judgeTrouble(elsewhere, selected("app=X")),
      judgeTrouble(elsewhere, rightsFor(jobs, { name: "app-x" }, "shop")),
    ];
    const text = all.flatMap(({ advice }) => advice ?? []).join("\n");
    const objects = parseAllDocuments(text).map((one) => one.toJS());
    expect(objects.map(({ kind }) => kind)).toEqual(all.flatMap(() => ["Role", "RoleBinding"]));
    const names = (kind: string) =>
      objects.filter((one) => one.kind === kind).map((one) => one.metadata.name);
    expect(new Set(names("RoleBinding")).size).toBe(all.length);
    expect(new Set(names("Role")).size).toBe(4);
  });

  test("names all that the target needs in one Role, and a user as such", () => {
    const needs = [{ resource: deployments, name: "api" }, { resource: pods }, { resource: replicaSets }];
    const { advice } = judgeTrouble(forbidden("jane@example.com"), { ...rights, needs });
    const [role, binding] = parseAllDocuments((advice ?? []).join("\n")).map((one) => one.toJS());
    expect(role.rules).toMatchObject([
      { apiGroups: ["apps"], resources: ["deployments"], resourceNames: ["api"] },
      { apiGroups: [""], resources: ["pods"] },
      { apiGroups: ["apps"], resources: ["replicasets"] },
    ]);
    expect(binding.subjects).toEqual([
      { apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "jane@example.com" },
    ]);
  });

  test("of a server that does not say whom, and of nobody, for whom no Role is offered", () => {
    const unnamed = judgeTrouble(new ApiError(403, "Forbidden", "no"), rights).advice ?? [];
    expect(parseAllDocuments(unnamed.join("\n"))[1]?.toJS().subjects).toHaveLength(1);
    const anonymous = judgeTrouble(forbidden("system:anonymous"), rights).advice ?? [];
    expect(parse(anonymous.join("\n"))).toBeNull();
  });
});

test.each([
  ["nothing listens", new ConnectionError("ECONNREFUSED"), "the API server cannot be reached: ECONNREFUSED"],
  ["500", new ApiError(500, "InternalError", "etcd"), "the API server answers 500 InternalError: etcd"],
  ["401", new ApiError(401, "Unauthorized", "Unauthorized"), "does not accept the credentials"],
])("%s keeps it closed", (_, error, reason) => {
  const verdict = judgeTrouble(error, rights);
  expect(verdict).toMatchObject({ open: false, reason: expect.stringContaining(reason) });
  expect(verdict).not.toHaveProperty("advice");
});

describe("a trouble", () => {
  const trouble = judgeTrouble(new ConnectionError("cut"), rights);
  const closed: Verdict = { open: false, reason: "not yet" };
  function teller() {
    const told: Verdict[] = [];
    const ended = new AbortController();
    return { told, ended, ...createTeller((verdict) => told.push(verdict), ended.signal) };
  }

  test("closes at once what was open, because it may not hold any more", () => {
    const { told, verdict, trouble: tell } = teller();
    verdict({ open: true });
    tell(trouble);
    expect(told.map(({ open }) => open)).toEqual([true, false]);
  });

  test("is told at once where nothing is known yet", () => {
    const { told, trouble: tell } = teller();
    tell(trouble);
    expect(told).toEqual([trouble]);
  });

  test("of what is closed is told when it lasts, and not when it is mended before", async () => {
    const { told, verdict, trouble: tell } = teller();
    verdict(closed);
    tell(trouble);
    verdict(closed);
    tell(trouble);
    expect(told).toEqual([closed, closed]);
    await Bun.sleep(1800); // past the patience of 1.5 s
    expect(told).toEqual([closed, closed, trouble]);
  });

  test("is not told after the end", async () => {
    const { told, ended, verdict, trouble: tell } = teller();
    verdict(closed);
    tell(trouble);
    ended.abort();
    await Bun.sleep(1800);
    expect(told).toEqual([closed]);
  });
});

test("the budget of the diagnosis is two requests a minute, with two for a failure in reserve", () => {
  let now = 0;
  const budget = createBudget(() => now);
  expect([budget.take(2, 2), budget.take(2, 2)]).toEqual([true, false]);
  now = 59_000;
  expect(budget.take(2, 2)).toBe(false);
  now = 60_000;
  expect([budget.take(2, 2), budget.take(2, 0), budget.take(2, 0)]).toEqual([true, true, false]);
  let taken = 0;
  for (now = 120_000; now < 120_000 + 3_600_000; now += 1000) if (budget.take(2, 0)) taken += 2;
  expect(taken).toBeLessThanOrEqual(124);
});
