import { expect, test } from "bun:test";
import { targetForms } from "./targets.ts";
import { apart, shownTarget, suggestionFor } from "./unknown-target.ts";

const words = ["schema", "run", "database", "tcp", "http", "https"];

test.each([
  ["http://", "The host is missing: write http://HOST[:PORT]/PATH"],
  ["HTTPS://", "The host is missing: write https://HOST[:PORT]/PATH"],
  ["tcp://", "The host is missing: write tcp://HOST:PORT"],
  ["job -l app=shop", "Write it as separate words: job -l app=shop"],
  ["jobs -lapp.kubernetes.io/name=x,tier=y", "separate words: jobs -l app.kubernetes.io/name=x,tier=y"],
  ["pod --selector=app in (a, b)", "separate words: pod --selector 'app in (a, b)'"],
  ["job x -n shop", "Write it as separate words: job x -n shop"],
  ["job/a pod/b", "Write them apart: job/a pod/b"],
  ["schema,job/b", "Write them apart: schema job/b"],
  ["cronjob/nightly", "A CronJob is no target; name its Job: job/NAME"],
  ["cj", "A CronJob is no target"],
  ["cronjobs.batch/x", "A CronJob is no target"],
  ["crnjob/x", "Targets: schema"],
])("%j: %s", (target, expected) => {
  expect(suggestionFor(target, words, targetForms)).toContain(expected);
});

test.each([
  ["job/a,job/b", "Write them apart: job/a job/b"],
  ["job/a,b, c", "Write them apart: job/a job/b job/c"],
  ["deploy/a,sts/b", "Write them apart: deploy/a sts/b"],
  ["job/a", undefined],
  ["job", undefined],
  ["tcp://a:1,b:2", undefined],
])("several in one word: %j: %p", (target, expected) => {
  expect(apart(target)).toBe(expected as string);
});

test.each([
  ["", '""'],
  ["  ", '"  "'],
  ["schema", "schema"],
  ["http://u:p@h", "http://..."],
  [`job/${"a".repeat(300)}`, `job/${"a".repeat(76)}... (224 more characters)`],
])("%j is shown as %s", (target, expected) => {
  expect(shownTarget(target)).toBe(expected);
});
