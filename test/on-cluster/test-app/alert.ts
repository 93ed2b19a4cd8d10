import { spawnSync } from "node:child_process";
import { parseAllDocuments, stringify } from "yaml";
import { ensureBuilt } from "../../cluster/build.ts";
import { tempDir } from "../../support/temp.ts";
import type { TestApp } from "./fixture.ts";
import { repositoryOfApp } from "./images.ts";

interface Job {
  metadata: { name: string; namespace: string };
  status: { conditions?: { type: string; status: string }[] };
}

/**
 * Lets promtool say whether the chart's rule reports exactly these Jobs as failed, of what the cluster's Jobs are now, in the
 * metric that kube-state-metrics makes of them (its docs: kube_job_failed, one series for each value of the condition).
 * @returns promtool's words; they contain SUCCESS where it is so.
 */
export async function failedAlert(app: TestApp, names: readonly string[]): Promise<string> {
  const values = {
    global: { image: { repository: repositoryOfApp, tag: "v1" }, sluice: { alerts: { enabled: true } } },
  };
  const rendered = await app.helm(["template", "test-app", app.chart], values);
  const rule = parseAllDocuments(rendered.stdout)
    .map((document) => document.toJS())
    .find((manifest) => manifest?.kind === "PrometheusRule");
  const { items } = JSON.parse(await app.at.kubectl("get jobs -o json")) as { items: Job[] };
  const series = items.flatMap(({ metadata: { name, namespace }, status }) => {
    const failed = status.conditions?.find(({ type }) => type === "Failed")?.status === "True";
    return ["true", "false"].map((condition) => ({
      series: `kube_job_failed{namespace="${namespace}", job_name="${name}", condition="${condition}"}`,
      values: `${failed === (condition === "true") ? 1 : 0}x3`,
    }));
  });
  const [{ annotations }] = rule.spec.groups[0].rules.filter(
    ({ alert }: { alert: string }) => alert === "SluiceMigrationFailed",
  );
  const expected = names.map((job) => ({
    exp_labels: { severity: "critical", namespace: app.at.namespace, job_name: job },
    exp_annotations: {
      ...annotations,
      summary: `Migration Job ${job} has failed; new pods are held back`,
    },
  }));
  const test = {
    rule_files: ["rules.yaml"],
    evaluation_interval: "1m",
    tests: [
      {
        interval: "1m",
        input_series: series,
        alert_rule_test: [{ eval_time: "1m", alertname: "SluiceMigrationFailed", exp_alerts: expected }],
      },
    ],
  };
  const cwd = tempDir({ "rules.yaml": stringify(rule.spec), "test.yaml": stringify(test) });
  const promtool = (await ensureBuilt(["promtool"]))("promtool");
  const { stdout, stderr } = spawnSync(promtool, ["test", "rules", "test.yaml"], { cwd, encoding: "utf8" });
  return `${stdout}${stderr}`;
}
