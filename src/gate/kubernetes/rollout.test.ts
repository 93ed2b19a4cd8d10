import { describe, expect, test } from "bun:test";
import { deployments } from "../../kubernetes/resources.ts";
import type { Workload } from "../../kubernetes/types.ts";
import { judgePresence } from "./rollout.ts";
import { gone, workload } from "./testing/workload.ts";

describe("before any pod is looked at", () => {
  const look = (one: Workload | undefined, identities: { key: string; value: string }[] = [], was = false) =>
    judgePresence(one, { resource: deployments }, "api", "shop", was, identities);
  const template = { metadata: { labels: { release: "42" }, annotations: { note: "x" } } };

  test.each<[string, Workload | undefined, RegExp]>([
    ["it is not there", undefined, /no Deployment api in the namespace shop/],
    ["it is being deleted", workload({}, { observedGeneration: 2 }, gone), /being deleted/],
    ["no status", workload({}, undefined), /has not seen that yet/],
    ["an empty status", workload({}, {}), /has not seen that yet/],
    ["an older generation observed", workload({}, { observedGeneration: 1 }), /has not seen that yet/],
    ["no generation", workload({}, { observedGeneration: 2 }, { generation: undefined }), /has not seen/],
    ["no selector", { ...workload({}, { observedGeneration: 2 }), spec: {} }, /no selector/],
  ])("closed: %s", (_, one, reason) => {
    expect(look(one)).toMatchObject({ open: false, reason: expect.stringMatching(reason) });
  });

  test("one that was there before was deleted", () => {
    expect(look(undefined, [], true)?.reason).toContain("was deleted");
  });

  test("the identity is that of the pod template, and not of the workload", () => {
    const young = workload({ template }, { observedGeneration: 2 }, { labels: { release: "41" } });
    expect(look(young, [{ key: "release", value: "42" }])).toBeUndefined();
    expect(look(young, [{ key: "note", value: "x" }])).toBeUndefined();
    expect(look(young, [{ key: "release", value: "41" }])?.reason).toContain("of another release");
  });
});
