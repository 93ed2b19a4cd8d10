import { describe, expect, test } from "bun:test";
import { dirname, join } from "node:path";
import { parseAllDocuments } from "yaml";
import { ensureBuilt } from "../cluster/build.ts";
import { blocksOf } from "../support/blocks.ts";
import { executable } from "../support/executable.ts";
import { type Finished, startProgram } from "../support/run.ts";
import { tempDir } from "../support/temp.ts";

const chart = {
  "chart/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n",
  "chart/templates/deployment.yaml": `# the API
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-api
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
        - name: api # stays
          image: api:1
`,
  "chart/templates/hook.yaml": `apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-migrate
  annotations: {helm.sh/hook: "pre-install,pre-upgrade"}
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: migrate, image: "api:1", command: [migrate]}]
`,
};

interface Manifest {
  kind: string;
  spec: { template: { spec: { initContainers?: { name: string; args: string[] }[] } } };
}

/** Names of the init containers, by kind. */
function gates(text: string): Record<string, string[] | undefined> {
  const objects = parseAllDocuments(text).map((one) => one.toJS() as Manifest | null);
  const all = objects.filter((one) => one !== null);
  return Object.fromEntries(
    all.map(({ kind, spec }) => [kind, spec.template.spec.initContainers?.map(({ name }) => name)]),
  );
}

async function run(
  program: string,
  args: string[],
  env: Record<string, string>,
  cwd?: string,
): Promise<Finished> {
  const given = { ...env, PATH: `${dirname(executable())}:${process.env["PATH"]}`, HOME: tempDir() };
  const { done } = await startProgram(program, args, { env: given, ...(cwd === undefined ? {} : { cwd }) });
  return done;
}

const inject = ["inject", "--wait", "run/42", "--url-secret", "db:url"];

describe("Helm's post-renderer", () => {
  test("Helm 3: the Deployment gets a gate, the hook is not passed on", async () => {
    const helm = (await ensureBuilt(["helm"]))("helm3");
    const folder = tempDir(chart);
    const args = inject.flatMap((arg) => ["--post-renderer-args", arg]);
    const { code, stdout, stderr } = await run(
      helm,
      ["template", "r", join(folder, "chart"), "--post-renderer", "sluice", ...args],
      {},
    );
    expect([code, code === 0 ? "" : stderr]).toEqual([0, ""]);
    expect(gates(stdout)).toEqual({ Deployment: ["sluice-gate"], Job: undefined });
    expect(stdout).toContain("name: api # stays");
  }, 600_000);

  test("Helm 4: by the plugin that the guide shows; the hook is passed on and left alone", async () => {
    const helm = (await ensureBuilt(["helm"]))("helm4");
    const plugin = blocksOf("docs/guides/inject.md").find(({ file }) => file === "sluice-inject/plugin.yaml");
    const folder = tempDir({ ...chart, "plugins/sluice-inject/plugin.yaml": plugin?.text ?? "" });
    const args = inject.slice(1).flatMap((arg) => ["--post-renderer-args", arg]);
    const { code, stdout, stderr } = await run(
      helm,
      ["template", "r", join(folder, "chart"), "--post-renderer", "sluice-inject", ...args],
      { HELM_PLUGINS: join(folder, "plugins") },
    );
    expect([code, code === 0 ? "" : stderr]).toEqual([0, ""]);
    expect(gates(stdout)).toEqual({ Deployment: ["sluice-gate"], Job: undefined });
    expect(stdout).toContain("name: api # stays");
  }, 600_000);

  test("a wrong target ends Helm with the reason, and nothing is rendered", async () => {
    const helm = (await ensureBuilt(["helm"]))("helm3");
    const folder = tempDir(chart);
    const args = ["inject", "--wait=deploymnt/x"].flatMap((arg) => ["--post-renderer-args", arg]);
    const { code, stdout, stderr } = await run(
      helm,
      ["template", "r", join(folder, "chart"), "--post-renderer", "sluice", ...args],
      {},
    );
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain("deployment/x");
  }, 600_000);
});

test("Kustomize: the function that the guide shows", async () => {
  const kustomize = (await ensureBuilt(["kustomize"]))("kustomize");
  const files = Object.fromEntries(
    blocksOf("docs/guides/inject.md")
      .filter(({ file }) => file?.startsWith("kustomize/"))
      .map(({ file, text }) => [file as string, text]),
  );
  const folder = tempDir(files);
  const args = ["build", "--enable-alpha-plugins", "--enable-exec", "kustomize"];
  const { code, stdout, stderr } = await run(kustomize, args, {}, folder);
  expect([code, code === 0 ? "" : stderr]).toEqual([0, ""]);
  expect(gates(stdout)).toEqual({ Deployment: ["sluice-gate"] });
}, 600_000);
