import { expect, test } from "bun:test";
import { globalOptions } from "../cli/global-options.ts";
import type { Option } from "../cli/option.ts";
import { waitOptions } from "../commands/wait-options.ts";
import { callOf } from "./call.ts";
import { targetsOf } from "./call-targets.ts";
import type { JsonMap } from "./json.ts";
import { SWITCHES } from "./option-words.ts";

test("options without a value are those of `sluice wait`", () => {
  const all: readonly Option[] = [...globalOptions, ...waitOptions];
  for (const { name, short, type } of all)
    for (const word of [`--${name}`, ...(short === undefined ? [] : [`-${short}`])])
      expect([word, SWITCHES.has(word)]).toEqual([word, type === "boolean"]);
});

const texts = (container: JsonMap) => {
  const call = callOf(container);
  return call === undefined ? undefined : [call.command, ...targetsOf(call).map(({ text }) => text)];
};

test.each([
  [{ command: ["sluice", "wait", "schema"] }, ["wait", "schema"]],
  [{ image: "sluice:1", args: ["wait", "job/a", "--timeout", "10m"] }, ["wait", "job/a"]],
  [{ image: "sluice:1", args: ["wait", "--timeout", "10m", "--fail-fast", "run/x"] }, ["wait", "run/x"]],
  [{ image: "r.example/sluice@sha256:0", args: ["wait", "job", "-l", "app=x"] }, ["wait", "job -l app=x"]],
  [{ command: ["/bin/sh", "-c"], args: ["sluice wait schema && exec app"] }, ["wait", "schema"]],
  [{ command: ["sh", "-c", "cd /x; ./sluice migrate || exit 1"] }, ["migrate"]],
  [{ command: ["sh", "-c", "sluice --version; sluice -q migrate && sluice status"] }, ["migrate"]],
  [{ command: ["sluice", "-q", "--config", "/etc/sluice.yaml", "wait", "run/x"] }, ["wait", "run/x"]],
  [{ image: "groundnuty/k8s-wait-for:v2.0", args: ["job-wr", "a-1"] }, ["wait", "job-wr a-1"]],
  [{ image: "x", command: ["wait_for.sh", "pod", "-lapp=x"] }, ["wait", "pod -lapp=x"]],
  [{ image: "sluice:1", args: ["wait", "--logs", "job/a"] }, ["wait", "job/a"]],
  [{ image: "sluice:1", args: ["wait", "--dir", "database", "tcp://db:5432"] }, ["wait", "tcp://db:5432"]],
  // kubectl, as people write gates with it.
  [{ command: ["kubectl", "wait", "--for=condition=complete", "job/m"] }, ["wait", "job/m"]],
  [
    { command: ["kubectl"], args: ["-n", "a", "wait", "--for", "condition=complete", "job", "m"] },
    ["wait", "job/m"],
  ],
  [{ image: "bitnami/kubectl:1.35", args: ["wait", "--timeout=9m", "jobs.batch/m"] }, ["wait", "job/m"]],
  [
    { image: "registry.k8s.io/kubectl:v1.35.4", args: ["wait", "job", "-lapp=m", "-A"] },
    ["wait", "job -l app=m"],
  ],
  [{ command: ["kubectl", "describe", "job", "m"] }, ["wait", "job/m"]],
  [
    {
      command: [
        "sh",
        "-c",
        `until [ "$(kubectl get job m -o jsonpath='{.x[?(@.y=="z")]}')" = 1 ]; do sleep 2; done`,
      ],
    },
    ["wait", "job/m"],
  ],
  [
    { command: ["sh", "-c", "while ! kubectl get -o name 2>/dev/null job m | grep m\ndo sleep 1; done"] },
    ["wait", "job/m"],
  ],
  [
    { command: ["sh", "-c", "kubectl wait pod/db --for=condition=ready && \\\n  kubectl wait job/m"] },
    ["wait", "job/m"],
  ],
  [
    { command: ["sh", "-c", "timeout 600 /bin/kubectl wait deployment/db --for=condition=available"] },
    ["wait", "deployment/db"],
  ],
  [
    {
      command: ["sh", "-c", "until kubectl get job $JOB; do sleep 2; done"],
      env: [{ name: "JOB", value: "m" }],
    },
    ["wait", "job/m"],
  ],
  [
    { command: ["sh", "-c", `JOB="m"\nuntil kubectl get "job/${"$"}{JOB}"; do sleep 2; done`] },
    ["wait", "job/m"],
  ],
  [{ command: ["kubectl", "wait", "job/$(JOB)"], env: [{ name: "JOB", value: "m" }] }, ["wait", "job/m"]],
  [{ command: ["kubectl", "wait", "job/$(JOB)"] }, ["wait", "job/$(JOB)"]],
  // kubectl for something else.
  [{ command: ["sh", "-c", "kubectl get job m && exec app"] }, undefined],
  [{ command: ["sh", "-c", "until kubectl get configmap m; do sleep 2; done"] }, undefined],
  [{ command: ["kubectl", "wait", "--for=delete", "job/m"] }, undefined],
  [{ command: ["kubectl", "delete", "job", "m"] }, undefined],
  [{ command: ["kubectl", "get", "jobs"] }, undefined],
  [{ command: ["sh", "-c", "# kubectl wait job/m\necho then kubectl wait job/m; exec app"] }, undefined],
  [{ command: ["sh", "-c", 'echo "next: sluice migrate"; exec app'] }, undefined],
  // Nothing of ours: another program, whatever its image is called, and a word that only looks like it.
  [{ image: "sluice:1", command: ["app"], args: ["wait"] }, undefined],
  [{ image: "x", command: ["sh", "-c", "echo presluice wait schema"] }, undefined],
  [{ image: "r.example/sluice-shop:1", args: ["migrate"] }, undefined],
] as const)("%j", (container, expected) => {
  expect(texts(container as unknown as JsonMap)).toEqual(expected as string[] | undefined);
});
