import { expect, test } from "bun:test";
import type { EndpointSlice } from "../../kubernetes/types.ts";
import { judgeService } from "./service.ts";

type Endpoints = EndpointSlice["endpoints"];

function slice(endpoints: Endpoints, metadata: object = {}): EndpointSlice {
  const labels = { "kubernetes.io/service-name": "api" };
  return { metadata: { name: "api-x", labels, ...metadata }, ...(endpoints !== undefined && { endpoints }) };
}

const at = (conditions?: object) => ({ addresses: ["10.0.0.1"], ...(conditions && { conditions }) });
const judge = (...slices: EndpointSlice[]) => judgeService(slices, "api", "shop");

test.each<[string, EndpointSlice[]]>([
  ["ready", [slice([at({ ready: true })])]],
  ["ready, serving and not terminating", [slice([at({ ready: true, serving: true, terminating: false })])]],
  ["one ready among others", [slice([at({ ready: false }), at({ ready: true })])]],
  ["one ready in the second slice", [slice([]), slice([at({ ready: true })])]],
])("opens: %s", (_, slices) => {
  expect(judge(...slices)).toEqual({ open: true });
});

test.each<[string, EndpointSlice[], RegExp]>([
  ["no slice", [], /no EndpointSlice of a Service api in the namespace shop/],
  [
    "the slice of a Service whose name begins like it",
    [slice([at({ ready: true })], { labels: { "kubernetes.io/service-name": "api-2" } })],
    /no EndpointSlice/,
  ],
  ["a slice without the label", [slice([at({ ready: true })], { labels: {} })], /no EndpointSlice/],
  [
    "a slice that is being deleted",
    [slice([at({ ready: true })], { deletionTimestamp: "2026-01-01T00:00:00Z" })],
    /no EndpointSlice/,
  ],
  ["no field endpoints", [slice(undefined)], /no endpoint/],
  ["endpoints null, as Go writes an empty list", [slice(null)], /no endpoint/],
  ["an empty list", [slice([])], /no endpoint/],
  ["not ready", [slice([at({ ready: false, serving: true })])], /only endpoint is not ready/],
  ["ready null", [slice([at({ ready: null })])], /not said whether ready/],
  ["no conditions", [slice([at()])], /not said whether ready/],
  [
    "terminating and serving",
    [slice([at({ ready: false, serving: true, terminating: true })])],
    /1 of them is being ended/,
  ],
  ["terminating and published as ready", [slice([at({ ready: true, terminating: true })])], /being ended/],
  ["ready without an address", [slice([{ addresses: [], conditions: { ready: true } }])], /not ready/],
])("stays closed: %s", (_, slices, reason) => {
  expect(judge(...slices)).toMatchObject({ open: false, reason: expect.stringMatching(reason) });
});

test("that endpoints are being ended is told at once, not with the next reminder", () => {
  const topicOf = (conditions: object) => (judge(slice([at(conditions)])) as { topic?: string }).topic;
  expect(topicOf({ ready: false, terminating: true })).not.toBe(topicOf({ ready: false }));
});
