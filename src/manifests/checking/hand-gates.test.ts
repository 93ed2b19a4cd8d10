import { describe, expect, test } from "bun:test";
import { check, codes, deployment, job } from "./testing/manifests.ts";

/** Gates as people write them, in the place of `sluice wait`. */
const loop =
  "until [ \"$(kubectl get job migrate -o jsonpath='{.status.succeeded}')\" = 1 ]; do sleep 2; done";
const shell = (script: string) => `image: "kubectl:1", command: [sh, -c, ${JSON.stringify(script)}]`;
const gates = {
  "a loop": shell(loop),
  "kubectl wait": 'image: "tools:1", command: [kubectl, wait, --for=condition=complete, job/migrate]',
  "kubectl as the image's entrypoint":
    'image: "bitnami/kubectl:1.35", args: [wait, --timeout=9m, job/migrate]',
  "kubectl describe": shell("until kubectl describe job migrate | grep ' 0 Active'; do sleep 2; done"),
  "k8s-wait-for": 'image: "groundnuty/k8s-wait-for:v2.0", args: [job, migrate]',
};
const gated = (gate: string, parts: Parameters<typeof deployment>[0] = {}) =>
  deployment(parts).replace('image: "sluice:1", args: [wait, schema]', gate);
/** Of another tool, so that only the gate says that it migrates. */
const plainJob = (env = "env: []", more = "", pod = "") =>
  job(env, more, pod).replace(
    'image: "sluice:1", args: [migrate]',
    'image: "app:1", command: [rake, "db:migrate"]',
  );
const besideBlind = (text: string) => codes(text).filter((code) => code !== "SM019");

describe.each(Object.entries(gates))("%s", (_, gate) => {
  test("holds pods back: Recreate, maxUnavailable, a deadline of the roll-out", () => {
    expect(besideBlind(gated(gate) + plainJob())).toEqual([]);
    expect(besideBlind(gated(gate, { spec: "strategy: { type: Recreate }" }) + plainJob())).toEqual([
      "SM001",
    ]);
    expect(besideBlind(gated(gate, { spec: "replicas: 8" }) + plainJob())).toEqual(["SM002"]);
    expect(besideBlind(gated(gate) + plainJob("", "activeDeadlineSeconds: 3600"))).toEqual(["SM004"]);
  });
  test("names its Job: what deletes, keeps or delays it", () => {
    const annotated = (text: string) =>
      besideBlind(
        gated(gate) + plainJob().replace("name: migrate }", `name: migrate, annotations: { ${text} } }`),
      );
    expect(besideBlind(gated(gate) + plainJob("", "ttlSecondsAfterFinished: 300"))).toEqual(["SM006"]);
    expect(annotated("helm.sh/hook: post-install")).toEqual(["SM007"]);
    expect(annotated("helm.sh/resource-policy: keep")).toEqual(["SM020"]);
    const revision = gated(gate) + plainJob();
    const synced = revision.replaceAll(/(?<=name: |job\/|job |job, )migrate/g, "migrate-1");
    expect(
      besideBlind(
        synced.replace("name: api }", 'name: api, annotations: { argocd.argoproj.io/sync-wave: "1" } }'),
      ),
    ).toEqual(["SM008"]);
  });
  test("its Job has an account and a ServiceAccount of its own", () => {
    const url = "env: [{ name: DATABASE_URL, valueFrom: { secretKeyRef: { name: a, key: url } } }]";
    expect(besideBlind(gated(gate, { app: `, ${url}` }) + plainJob(url))).toEqual(["SM011"]);
    const account = "serviceAccountName: shop";
    expect(besideBlind(gated(gate, { pod: account }) + plainJob("", "", account))).toEqual(["SM012"]);
    expect(besideBlind(gated(gate, { pod: account }) + plainJob())).toEqual([]);
  });
  test("asks the API server, for which it needs a token", () => {
    expect(besideBlind(gated(gate, { pod: "automountServiceAccountToken: false" }) + plainJob())).toEqual([
      "SM010",
    ]);
  });
});

test("SM009: what kubectl needs is not what sluice wait needs", () => {
  const rights = (verbs: string, names = "") => `---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: a }
rules: [{ apiGroups: [batch], resources: [jobs], verbs: [${verbs}]${names} }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: a }
roleRef: { kind: Role, name: a }
subjects: [{ kind: ServiceAccount, name: default }]
`;
  const found = (gate: string, verbs: string, names = "") => besideBlind(gated(gate) + rights(verbs, names));
  expect(found(gates["a loop"], "get")).toEqual([]);
  expect(found(gates["a loop"], "list, watch")).toEqual(["SM009"]);
  expect(found(gates["kubectl wait"], "get")).toEqual(["SM009"]);
  expect(found(gates["kubectl wait"], "get, list, watch")).toEqual([]);
  expect(found(gates["kubectl wait"], "get, list, watch", ", resourceNames: [other]")).toEqual(["SM009"]);
  // The name comes from somewhere else, and may be it.
  const unknown = gates["kubectl wait"].replace("job/migrate", "job/$(JOB)");
  expect(found(unknown, "get, list, watch", ", resourceNames: [other]")).toEqual([]);
});

describe("SM019: what a gate by hand does not see", () => {
  const message = (gate: string) => {
    const [found] = check(gated(gate)).findings.filter(({ code }) => code === "SM019");
    return found?.message.split(", and ").slice(1).join(", and ");
  };
  test.each([
    [gates["a loop"], "waits for ever, in silence, when it has failed"],
    [
      gates["kubectl wait"],
      "ends with an error where that is not there yet, and does not see that it has failed",
    ],
    [gates["kubectl describe"], "takes one whose name begins alike, where that is not there, for it"],
    [gates["k8s-wait-for"], "takes one that is suspended, or whose name begins alike, for one that is done"],
    [
      shell("until kubectl get job migrate; do sleep 2; done"),
      "opens as soon as that is there, whether it has migrated or not",
    ],
    [
      shell("until kubectl wait --for=condition=complete job/migrate; do sleep 2; done"),
      "does not see that it has failed",
    ],
    [
      shell("kubectl wait --for=create job/migrate && kubectl wait --for=condition=complete job/migrate"),
      "does not see that it has failed",
    ],
  ])("%s", (gate, expected) => expect(message(gate)).toBe(expected));

  test.each([
    // Who asks for a failure too.
    shell(`${loop.replace("do ", "do kubectl get job migrate -o jsonpath='{.status.failed}'; ")}`),
    shell(
      "while true; do kubectl wait --for=condition=complete --timeout=5s job/migrate && exit 0; kubectl wait --for=condition=failed --timeout=0 job/migrate && exit 1; done",
    ),
    // What is not a Job, and what is ours.
    'image: "tools:1", command: [kubectl, wait, --for=condition=ready, pod/db]',
    'image: "sluice:1", args: [wait, job/migrate]',
    'image: "sluice:1", command: [wait_for.sh], args: [job, migrate]',
  ])("%s: nothing", (gate) => expect(codes(gated(gate))).toEqual([]));
});
