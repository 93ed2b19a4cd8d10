import { describe, expect, test } from "bun:test";
import { readIdentities } from "./identity.ts";
import { readTargets, type TargetOptions } from "./targets.ts";
import { readWanted } from "./wanted.ts";

const read = (targets: string[], more: Partial<TargetOptions> = {}) =>
  readTargets(targets, { selectors: [], identities: [], wanted: undefined, ...more });

/** The error that a reader throws. */
function refused(body: () => unknown) {
  try {
    body();
  } catch (error) {
    return error as { code: string; exit: number; message: string; hint: string };
  }
  throw new Error("it was taken");
}

test.each([
  ["job/app-migrate", "job"],
  ["jobs/app-migrate", "job"],
  ["job.batch/app-migrate", "job"],
  ["jobs.v1.batch/app-migrate", "job"],
  ["po/api-0", "pod"],
  ["svc/api", "service"],
  ["deploy/api.v2", "deployment"],
  ["deployment.apps/api", "deployment"],
  ["sts/db", "statefulset"],
  ["daemonsets.apps/agent", "daemonset"],
])("%s is a %s", (target, kind) => {
  expect(read([target])).toMatchObject([{ target, kind }]);
});

test.each(["schema", "run/a/b:c", "database", "tcp://db:5432", "tcp://[::1]:80", "https://a.example/x?y=1"])(
  "%s is a target",
  (target) => {
    expect(read([target])[0]).toMatchObject({ target: target.replace("?y=1", "?...") });
  },
);

describe("a wrong target ends it with exit 2 and the nearest right form", () => {
  test.each<[string, string, string]>([
    ["deploymnt/x", "SL5005", "Did you mean deployment/x?"],
    ["Job/X", "SL5005", "Did you mean job/x?"],
    ["job:x", "SL5005", "Did you mean job/x?"],
    ["job.apps/x", "SL5005", "Targets:"],
    ["shema", "SL5005", "Did you mean schema?"],
    ["schema/x", "SL5005", "Did you mean schema?"],
    ["run", "SL5005", "Did you mean run/ID?"],
    ["run/", "SL5005", "Did you mean run/ID?"],
    ["runs/a", "SL5005", "Did you mean run/a?"],
    ["", "SL5005", "Targets:"],
    ["job", "SL5006", "Write job/NAME, or `job -l SELECTOR`."],
    ["deployment", "SL5006", "Write deployment/NAME."],
    ["job/", "SL5006", "Write job/NAME."],
    ["job/a/b", "SL5006", "Did you mean job/b with `-n a`?"],
    ["job/job/b", "SL5006", "Did you mean job/b?"],
    ["job/App_Migrate", "SL5006", "Did you mean job/app-migrate?"],
    ["job/*", "SL5006", "Write job/NAME."],
    ["svc/a.b", "SL5006", "Did you mean svc/a-b?"],
    [`job/${"a".repeat(254)}`, "SL5006", "Write job/NAME."],
    ["tcp://db", "SL5006", "Write tcp://db:PORT."],
    ["tcp://::1:80", "SL5006", "Did you mean tcp://[::1]:80?"],
    ["tcp://db:0", "SL5006", "Write tcp://HOST:PORT"],
    ["tcp://db:65536", "SL5006", "Write tcp://HOST:PORT"],
    ["tcp:/db:80", "SL5005", "Did you mean tcp://HOST:PORT?"],
    ["db:5432", "SL5005", "Did you mean tcp://db:5432?"],
    ["http://", "SL5005", "The host is missing: write http://HOST"],
    ["http:///x", "SL5006", "Write the whole address"],
    ["redis://cache:6379/0", "SL5005", "Did you mean tcp://cache:6379?"],
    ["htps://a", "SL5005", "Did you mean https://...?"],
    ["postgres://app:hunter2@db/app", "SL5005", "Did you mean `sluice wait database`?"],
  ])("%s: %s %s", (target, code, hint) => {
    const error = refused(() => read([target]));
    expect([error.code, error.exit, error.hint]).toEqual([code, 2, expect.stringContaining(hint)]);
    expect(error.message + error.hint).not.toContain("hunter2");
  });

  test("an empty one is quoted, a long one cut, several in one word taken apart", () => {
    expect(refused(() => read([""])).message).toStartWith('"" is nothing');
    expect(refused(() => read([`job/${"a".repeat(300)}`])).message.length).toBeLessThan(200);
    expect(refused(() => read(["job/a,job/b"])).hint).toBe("Write them apart: job/a job/b");
  });

  test("two words, as k8s-wait-for has them", () => {
    expect(refused(() => read(["job", "app-migrate"])).hint).toBe("Did you mean job/app-migrate?");
    expect(refused(() => read(["job", "schema"])).hint).toContain("Write job/NAME");
  });
});

describe("selectors", () => {
  const targets = (words: string[], selectors: string[]) =>
    read(words, { selectors }).map((one) => one.target);

  test("one serves each target without a name", () => {
    expect(targets(["job", "schema", "pods"], ["app=a,tier in (x, y)"])).toEqual([
      "job -l app=a,tier in (x, y)",
      "schema",
      "pods -l app=a,tier in (x, y)",
    ]);
  });

  test("what is written twice is one target", () => {
    expect(targets(["schema", "job", "schema", "job/x", "job", "job/x"], ["a=1"])).toEqual([
      "schema",
      "job -l a=1",
      "job/x",
    ]);
    expect(targets(["job", "job"], ["a=1", "b=2"])).toEqual(["job -l a=1", "job -l b=2"]);
    expect(read(["http://h/?a=1", "http://h/?a=2", "http://h/?a=1"])).toHaveLength(2);
  });

  test("as many as there are such targets go with them in order", () => {
    expect(targets(["job", "pod/x", "pod"], ["a=1", "b=2"])).toEqual(["job -l a=1", "pod/x", "pod -l b=2"]);
  });

  test.each<[string[], string[]]>([
    [["job/x"], ["a=1"]],
    [["schema"], ["a=1"]],
    [["job"], ["a=1", "b=2"]],
    [
      ["job", "pod", "job"],
      ["a=1", "b=2"],
    ],
    [["job"], [" "]],
  ])("%p with %p is an error", (words, selectors) => {
    expect(refused(() => targets(words, selectors))).toMatchObject({ code: "SL5008", exit: 2 });
  });
});

describe("--for", () => {
  test.each([
    ["delete", { kind: "delete" }],
    ["Delete", { kind: "delete" }],
    ["condition=Complete", { kind: "condition", type: "Complete", status: "True" }],
    ["condition=ready=false", { kind: "condition", type: "ready", status: "False" }],
    [
      "condition=example.com/Ready=UNKNOWN",
      { kind: "condition", type: "example.com/Ready", status: "Unknown" },
    ],
  ])("%s", (text, wanted) => {
    expect(readWanted(text)).toEqual(wanted as never);
  });

  test.each([
    ["deleted", "`--for=delete`"],
    ["complete", "`--for=condition=Complete`"],
    ["condition:Ready", "condition=TYPE"],
    ["conditions=Ready", "`--for=condition=Ready`"],
    ["condition=", "condition=TYPE"],
    ["condition=Ready=maybe", "condition=Ready=False"],
    ["jsonpath={.status}=x", "Of `kubectl wait` only"],
    ["create", "Leave it away"],
  ])("%s is an error that says %s", (text, hint) => {
    expect(refused(() => readWanted(text))).toMatchObject({
      code: "SL5009",
      exit: 2,
      hint: expect.stringContaining(hint),
    });
  });
});

test.each(["", "a", "=b", "a=", "a b=c"])("--identity %p is an error", (text) => {
  expect(refused(() => readIdentities([text]))).toMatchObject({ code: "SL5007", exit: 2 });
});

test("an identity's value may hold an equals sign", () => {
  expect(readIdentities(["a/b=c=d"])).toEqual([{ key: "a/b", value: "c=d" }]);
});
