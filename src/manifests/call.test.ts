import { expect, test } from "bun:test";
import { globalOptions } from "../cli/global-options.ts";
import type { Option } from "../cli/option.ts";
import { waitOptions } from "../commands/wait-options.ts";
import { callOf, SWITCHES, targetsOf } from "./call.ts";
import type { JsonMap } from "./json.ts";

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
  // Nothing of ours: another program, whatever its image is called, and a word that only looks like it.
  [{ image: "sluice:1", command: ["app"], args: ["wait"] }, undefined],
  [{ image: "x", command: ["sh", "-c", "echo presluice wait schema"] }, undefined],
  [{ image: "r.example/sluice-shop:1", args: ["migrate"] }, undefined],
] as const)("%j", (container, expected) => {
  expect(texts(container as unknown as JsonMap)).toEqual(expected as string[] | undefined);
});
