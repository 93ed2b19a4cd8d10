import { expect, test } from "bun:test";
import { jobs } from "../../kubernetes/resources.ts";
import type { Job } from "../../kubernetes/types.ts";
import { judgeJob } from "./job.ts";
import { judgeAll, judgeNamed } from "./selected.ts";
import { judgeDeleted, judgeWanted } from "./wanted.ts";

const job = (name: string, condition?: string, labels: Record<string, string> = {}): [string, Job] => [
  name,
  {
    metadata: { name, uid: name, labels },
    status: condition === undefined ? {} : { conditions: [{ type: condition, status: "True" }] },
  },
];
const judge = (items: [string, Job][], identities: { key: string; value: string }[] = []) =>
  judgeAll(new Map(items), { resource: jobs, judge: (one) => judgeJob(one as Job) }, identities, "app=a")
    .verdict;

test("a selector needs one match at least, and all must hold", () => {
  expect(judge([])).toEqual({ open: false, reason: "no Job matches app=a yet" });
  expect(judge([job("a", "Complete")])).toEqual({ open: true });
  expect(judge([job("a", "Complete"), job("b", "Complete")])).toEqual({ open: true });
  expect(judge([job("a", "Complete"), job("b")])).toMatchObject({
    open: false,
    reason: "1 of 2 hold; job/b: the Job is there, and has no pod yet",
  });
  expect(judge([job("a"), job("b", "Failed")])).toMatchObject({
    failed: 3,
    reason: expect.stringMatching(/^0 of 2 hold; job\/b: /),
  });
});

test("a name is exactly that name, and its object may go and come again", () => {
  const memory = { uid: undefined, gone: false };
  const rule = { resource: jobs, judge: (one: Job) => judgeJob(one) };
  const look = (...items: [string, Job][]) =>
    judgeNamed(new Map(items), rule, "migrate-1", "shop", memory).verdict;
  const complete = (uid: string, name = "migrate-1"): [string, Job] => {
    const [, object] = job(name, "Complete");
    return [name, { ...object, metadata: { ...object.metadata, uid } }];
  };
  expect(look()).toMatchObject({ reason: "there is no Job migrate-1 in the namespace shop yet" });
  expect(look(complete("9", "migrate-10"))).toMatchObject({
    open: false,
    reason: expect.stringContaining("no Job migrate-1 "),
  });
  expect(look(job("migrate-1"))).toMatchObject({ reason: "the Job is there, and has no pod yet" });
  expect(look()).toMatchObject({ open: false, reason: "the Job was deleted; another one may come" });
  const [, again] = job("migrate-1");
  expect(look(["migrate-1", { ...again, metadata: { ...again.metadata, uid: "2" } }])).toMatchObject({
    reason: "the Job was created again; the Job is there, and has no pod yet",
  });
  expect(look(complete("2"))).toEqual({ open: true });
  expect(look()).toMatchObject({ open: false });
});

test("an object of another identity does not count, and cannot be the only one", () => {
  const asked = [{ key: "release", value: "42" }];
  const old = job("a", "Failed", { release: "41" });
  expect(judge([old], asked)).toMatchObject({
    open: false,
    reason: "no Job that matches app=a has release=42 yet",
  });
  expect(judge([old, job("b", "Complete", { release: "42" })], asked)).toEqual({ open: true });
  expect(judge([old, job("b", undefined, { release: "42" })], asked).open).toBe(false);
});

test("--for=condition is that of kubectl wait", () => {
  const object = (status: object, generation?: number) => ({
    metadata: { name: "a", ...(generation !== undefined && { generation }) },
    status,
  });
  const available = { type: "Available", status: "True" };
  const look = (one: ReturnType<typeof object>, status = "True") =>
    judgeWanted(one, { type: "available", status });
  expect(look(object({ conditions: [available] }))).toEqual({ open: true });
  expect(look(object({ conditions: [available] }), "False").open).toBe(false);
  expect(look(object({ conditions: [{ ...available, status: "False", reason: "Min" }] }), "False").open).toBe(
    true,
  );
  expect(look(object({}))).toMatchObject({ open: false, reason: "it has no condition available yet" });
  expect(look(object({}), "False").open).toBe(false);
  expect(look(object({ conditions: [available], observedGeneration: 1 }, 2)).open).toBe(false);
  expect(look(object({ conditions: [{ ...available, observedGeneration: 1 }] }, 2)).open).toBe(false);
  expect(look(object({ conditions: [available], observedGeneration: 2 }, 2)).open).toBe(true);
  expect(look(object({ conditions: [available, { ...available, status: "False" }] })).open).toBe(false);
});

test("--for=delete: what was there is gone, and one made again is another one", () => {
  const pod = (uid: string, deletionTimestamp?: string) => ({
    metadata: { name: "a", uid, ...(deletionTimestamp !== undefined && { deletionTimestamp }) },
  });
  expect(judgeDeleted(new Set(), [], "Pod")).toEqual({ open: true, note: "there was no such Pod" });
  expect(judgeDeleted(new Set(["1"]), [], "Pod")).toEqual({ open: true });
  expect(judgeDeleted(new Set(["1"]), [pod("2")], "Pod")).toEqual({ open: true });
  expect(judgeDeleted(new Set(["1"]), [pod("1")], "Pod")).toMatchObject({
    reason: "the Pod a is still there",
  });
  expect(judgeDeleted(new Set(["1"]), [pod("1", "x")], "Pod")).toMatchObject({
    reason: "the Pod a is being deleted",
  });
});
