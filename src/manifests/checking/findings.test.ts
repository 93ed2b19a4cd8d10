import { describe, expect, test } from "bun:test";
import { check, codes, deployment, job } from "./testing/manifests.ts";

describe("SM002: what a percentage comes to", () => {
  const strategy = (replicas: string, value: string) =>
    codes(deployment({ spec: `${replicas}\n  strategy: { rollingUpdate: { maxUnavailable: ${value} } }` }));
  const scaler = (most: number) => `---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: api }
spec: { maxReplicas: ${most}, scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: api } }
`;
  test("rounded down: 25% of 3 is none, of 4 one", () => {
    expect(strategy("replicas: 3", "25%")).toEqual([]);
    expect(strategy("replicas: 4", "25%")).toEqual(["SM002"]);
    expect(strategy("paused: false", "1")).toEqual(["SM002"]);
  });
  test("the default counts, and the most that a scaler makes", () => {
    expect(codes(deployment({ spec: "replicas: 3" }))).toEqual([]);
    expect(codes(deployment({ spec: "replicas: 8" }))).toEqual(["SM002"]);
    expect(codes(deployment({ spec: "replicas: 3" }) + scaler(8))).toEqual(["SM002"]);
    expect(codes(deployment({ spec: "replicas: 3" }) + scaler(3))).toEqual([]);
  });
  test("where maxSurge comes to 0 too, one pod is ended nevertheless", () => {
    const both = (surge: string) =>
      codes(
        deployment({
          spec: `replicas: 3\n  strategy: { rollingUpdate: { maxSurge: ${surge}, maxUnavailable: 25% } }`,
        }),
      );
    expect(both("0")).toEqual(["SM002"]);
    expect(both('"0%"')).toEqual(["SM002"]);
    expect(both("1%")).toEqual([]);
  });
  test("a DaemonSet's percentage is rounded up", () => {
    const some = (value: string) =>
      codes(
        deployment({
          kind: "DaemonSet",
          spec: `updateStrategy: { rollingUpdate: { maxUnavailable: ${value} } }`,
        }),
      );
    expect(some("5%")).toEqual(["SM002"]);
    expect(some("0%")).toEqual([]);
  });
  test("a DaemonSet's default is 1", () => {
    expect(codes(deployment({ kind: "DaemonSet", spec: "minReadySeconds: 0" }))).toEqual(["SM002"]);
    const none = "updateStrategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }";
    expect(codes(deployment({ kind: "DaemonSet", spec: none }))).toEqual([]);
  });
});

test("SM004: of several Jobs that the gate may wait for the shortest counts", () => {
  const env = "env: []";
  const long = job(env, "activeDeadlineSeconds: 3600");
  const short = job(env, "activeDeadlineSeconds: 300").replace("name: migrate", "name: other");
  expect(codes(deployment() + long)).toEqual(["SM004"]);
  expect(codes(deployment() + long + short)).toEqual([]);
});

test("SM004: a Job for which Argo CD waits before the pods has no part in their deadline", () => {
  const slow = (annotations: string) =>
    codes(
      deployment() +
        job("env: []", "activeDeadlineSeconds: 3600").replace(
          "name: migrate }",
          `name: migrate, annotations: { ${annotations} } }`,
        ),
    );
  expect(slow("argocd.argoproj.io/hook: PreSync")).toEqual([]);
  expect(slow('argocd.argoproj.io/sync-wave: "-1"')).toEqual([]);
  expect(slow('argocd.argoproj.io/sync-wave: "0"')).toEqual(["SM004"]);
  expect(slow("argocd.argoproj.io/hook: Sync")).toEqual(["SM004"]);
});

test("SM004: the contract Job of the chart with a command of the team is not what pods wait for", () => {
  const contract = (component: string) =>
    job("env: []", "activeDeadlineSeconds: 3600")
      .replace("[migrate]", '[run, --id, "7-contract", --, alembic]')
      .replace("name: migrate }", `name: migrate, labels: { app.kubernetes.io/component: ${component} } }`);
  expect(codes(deployment() + contract("contract"))).toEqual([]);
  expect(codes(deployment() + contract("migration"))).toEqual(["SM004"]);
});

test("SM008: a version or a date at the end of a name is no revision", () => {
  const named = (name: string, more = "") =>
    codes(
      job("env: []").replace(
        "name: migrate }",
        `name: ${name}, annotations: { argocd.argoproj.io/sync-wave: "0"${more} } }`,
      ),
    );
  expect(named("migrate-r1")).toEqual(["SM008"]);
  for (const name of ["migrate-2", "migrate-20260101", "migrate-v1", "migrate-81", "shop1"])
    expect([name, named(name)]).toEqual([name, []]);
  expect(named("migrate-1", ", argocd.argoproj.io/hook: Sync")).toEqual([]);
  const options = (text: string) => named("migrate-1", `, argocd.argoproj.io/sync-options: "${text}"`);
  expect(options("Replace=true")).toEqual(["SM008"]);
  expect(options("Force=true,Replace=true")).toEqual([]);
  const force = (value: string) => named("migrate-1", `, kustomize.toolkit.fluxcd.io/force: ${value}`);
  expect([force("enabled"), force("disabled")]).toEqual([[], ["SM008"]]);
  expect(codes(job("env: []").replace("name: migrate", "name: migrate-1"))).toEqual([]);
});

test("SM013: what only looks like a password", () => {
  const value = (name: string, text: string) =>
    codes(deployment({ app: `, env: [{ name: ${name}, value: ${JSON.stringify(text)} }]` }));
  expect(value("DATABASE_URL", "postgres://a:b@c/d")).toEqual(["SM013"]);
  expect(value("DB", "host=db user=a password=b")).toEqual(["SM013"]);
  for (const name of ["DB_PASSWORD", "DB_PASS", "POSTGRES_PASS", "MYSQL_PWD", "DB_PWD"])
    expect([name, value(name, "b")]).toEqual([name, ["SM013"]]);
  expect(value("ConnectionStrings__Shop", "Host=db;Username=a;Password=b")).toEqual(["SM013"]);
  for (const [name, text] of [
    ["DATABASE_URL", "postgres://a@c/d"],
    ["DATABASE_URL", "postgres://a:$(DB_PASSWORD)@c/d"],
    ["ConnectionStrings__Shop", "Host=db;Username=a;Password=$(DB_PASSWORD)"],
    ["OLDPWD", "/tmp"],
    ["DB_PASSWORD", "$(OTHER)"],
    ["DB_PASSWORD", ""],
    ["DB_PASSWORD_FILE", "/run/secrets/db"],
    ["ALLOW_EMPTY_PASSWORD", "yes"],
    ["WEB_URL", "http://host:8080/a@b"],
  ] as const)
    expect([text, value(name, text)]).toEqual([text, []]);
  const { findings } = check(deployment({ app: ', args: ["--url=postgres://a:hunter2@c/d"]' }));
  expect(findings.map(({ code }) => code)).toEqual(["SM013"]);
  expect(JSON.stringify(findings)).not.toContain("hunter2");
});

test("SM009: nothing is said where the input has no rights, or a role that is not in it", () => {
  const gate = deployment().replace("[wait, schema]", "[wait, service/queue]");
  const binding = (role: string) => `---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: a }
roleRef: { kind: ClusterRole, name: ${role} }
subjects: [{ kind: ServiceAccount, name: default }]
`;
  const role = "---\nkind: ClusterRole\nmetadata: { name: mine }\nrules: []\n";
  expect(codes(gate)).toEqual([]);
  expect(codes(gate + binding("view"))).toEqual([]);
  expect(codes(gate + binding("mine") + role)).toEqual(["SM009"]);
});

test("SM010: no, which YAML 1.1 reads as false, is off too", () => {
  const gate = (pod: string) => codes(deployment({ pod }).replace("[wait, schema]", "[wait, job/a]"));
  expect(gate("automountServiceAccountToken: no")).toEqual(["SM010"]);
  expect(gate("automountServiceAccountToken: Off")).toEqual(["SM010"]);
  expect(gate("automountServiceAccountToken: yes")).toEqual([]);
});

test("SM015: a gate that asks elsewhere may stand before a proxy", () => {
  const proxy = `
        - { name: cloud-sql-proxy, image: "p:1", restartPolicy: Always }
      containers:`;
  const withProxy = (host: string) =>
    codes(
      deployment({ gate: `, env: [{ name: SLUICE_URL, value: "postgres://a@${host}/d" }]` }).replace(
        "\n      containers:",
        proxy,
      ),
    );
  expect(withProxy("127.0.0.1:5432")).toEqual(["SM015"]);
  expect(withProxy("localhost")).toEqual(["SM015"]);
  expect(withProxy("db.example")).toEqual([]);
});

describe("SM007: who waits for a Job that comes last", () => {
  const late = (args: string) =>
    job("env: []")
      .replace("name: migrate }", 'name: late, annotations: { helm.sh/hook: "post-upgrade" } }')
      .replace("[migrate]", args);
  const waiting = (target: string) => deployment().replace("[wait, schema]", `[wait, ${target}]`);
  test("by its name, or because nothing else migrates", () => {
    expect(codes(waiting("job/late") + job("env: []") + late("[migrate]"))).toEqual(["SM007"]);
    expect(codes(waiting("schema") + late("[migrate]"))).toEqual(["SM007"]);
    expect(codes(waiting("run/7") + late('[run, --id, "7", --, alembic]'))).toEqual(["SM007"]);
  });
  test("nobody: another Job migrates before, it is the contract phase, or another run", () => {
    expect(codes(waiting("schema") + job("env: []") + late("[migrate]"))).toEqual([]);
    expect(codes(waiting("schema") + late("[migrate, --phase=contract]"))).toEqual([]);
    expect(codes(waiting("run/8") + late('[run, --id, "7", --, alembic]'))).toEqual([]);
    expect(codes(waiting("tcp://queue:5672") + late("[migrate]"))).toEqual([]);
  });
});

test("a gate for a port or a database alone holds nothing back for a migration", () => {
  const recreate = deployment({ spec: "strategy: { type: Recreate }" });
  expect(codes(recreate)).toEqual(["SM001"]);
  expect(codes(recreate.replace("schema]", "database]"))).toEqual([]);
  expect(codes(recreate.replace("schema]", "tcp://queue:5672]"))).toEqual([]);
  expect(codes(recreate.replace("schema]", "job, -l, app=migrate]"))).toEqual(["SM001"]);
});

test("anchors, merges and lists: a place that is there", () => {
  const text = `apiVersion: v1
kind: List
items:
  - apiVersion: apps/v1
    kind: Deployment
    metadata: { name: a }
    spec:
      strategy: &s
        type: Recreate
      template: &t
        spec:
          initContainers:
            - { name: gate, image: "sluice:1", args: [wait, schema], resources: { limits: { cpu: 1 } } }
          containers: [{ name: a, image: "a:1" }]
  - apiVersion: apps/v1
    kind: Deployment
    metadata: { name: b }
    spec: { strategy: *s, template: *t }
`;
  const places = check(text).findings.map(({ object, line, column }) => [object, line, column]);
  expect(places).toEqual([
    ["deployment/a", 9, 9],
    ["deployment/b", 9, 9],
  ]);
});
