import { describe, expect, test } from "bun:test";
import { readyLine, waitingLine } from "./lines.ts";
import { type Env, type Refusal, type Request, readRequest } from "./request.ts";

function accepted(args: string[], env: Env = {}): Request {
  const request = readRequest(args, env, "wait_for.sh");
  if (!("kind" in request)) throw new Error(`refused: ${request.error ?? request.output}`);
  return request;
}

function refused(args: string[], env: Env = {}): Refusal {
  const request = readRequest(args, env, "wait_for.sh");
  if ("kind" in request) throw new Error(`accepted: ${JSON.stringify(request)}`);
  return request;
}

describe("usage, on standard output", () => {
  test.each([[[]], [["job"]], [["-h"]], [["--help"]], [["service"]]])("%p", (args) => {
    const { output, error } = refused(args as string[]);
    expect(output).toContain("wait_for.sh job-wr   NAME... | -l SELECTOR");
    expect(error).toBeUndefined();
  });
});

test.each(["jobs", "service-we", "job-wx", "-n", "--help", "", "constructor"])("unknown type %p", (type) => {
  const [first, next] = refused([type, "x"]).error?.split("\n") ?? [];
  expect(first).toBe(`ERROR: Unknown resource type: ${type}`);
  expect(next).toStartWith("next: write `wait_for.sh job NAME` or");
});

test.each([
  ["job", "job", "plain"],
  ["job-we", "job", "we"],
  ["job-wr", "job", "wr"],
  ["pod", "pod", "plain"],
  ["pod-we", "pod", "we"],
  ["pod-wr", "pod", "wr"],
  ["service", "service", "plain"],
] as const)("type %s", (type, kind, mode) => {
  expect(accepted([type, "x"])).toMatchObject({ kind, mode, names: ["x"], label: `${kind} x` });
});

describe("names, selectors, options", () => {
  const rows: [string[], Partial<Request>][] = [
    [["job", "m", "-n", "app"], { names: ["m"], namespace: "app", label: "job m -n app" }],
    [["job", "m", "--namespace=app"], { names: ["m"], namespace: "app", label: "job m --namespace=app" }],
    [["job", "-n", "app", "m"], { names: ["m"], namespace: "app", label: "job -n app m" }],
    [["job", "m", "-napp"], { namespace: "app" }],
    [["job", "m", "-n app"], { names: ["m"], namespace: "app" }],
    [["job", "-n app", "m"], { names: ["m"], namespace: "app" }],
    [["job", "-lapp=x"], { names: [], selector: "app=x", label: "job -lapp=x" }],
    [["job", "-l", "app=x"], { names: [], selector: "app=x", label: "job -l app=x" }],
    [["job", "-l=app=x"], { selector: "app=x" }],
    [["job", "--selector", "app=x"], { selector: "app=x" }],
    [["job", "--selector=app=x", "-n", "b"], { selector: "app=x", namespace: "b" }],
    [["job", "-lapp in (x, y)"], { names: [], selector: "app in (x, y)" }],
    [["job", "a", "b"], { names: ["a", "b"], label: "job a b" }],
    [["job", "a", "a"], { names: ["a"], label: "job a a" }],
    [["job", "a", "b c"], { names: ["a", "b", "c"], label: "job a b c" }],
    [["job", "-n", "app"], { names: [], selector: "", namespace: "app" }],
    [["pod", "m", "--context", "c", "--kubeconfig=/k"], { context: "c", kubeconfig: "/k" }],
    [["pod", "m", "-v=6", "--request-timeout", "5s", "--ignore-not-found"], { names: ["m"] }],
  ];
  test.each(rows)("%p", (args, expected) => {
    expect(accepted(args)).toMatchObject(expected);
  });
});

describe("refused, as kubectl does, with the way out", () => {
  const rows: [string[], RegExp][] = [
    [["job", ""], /^error: resource name may not be empty\nnext: write /],
    [["job", "job/x"], /write x instead of job\/x/],
    [["job", "-l", "app in (x, y)"], /stays one argument as "-lapp in \(x, y\)"/],
    [["job", "m", "-lapp=x"], /exclude each other/],
    [["job", "App_Migrate"], /lower-case/],
    [["job", "a b"], /lower-case/],
    [["job", "m", "-n"], /^error: -n needs a value\nnext: write /],
    [["job", "m", "--server=https://x"], /^error: --server is not taken here: put .* into a kubeconfig/],
    [["job", "m", "-A"], /one namespace at a time/],
    [["job", "m", "--field-selector=a=b"], /--field-selector=a=b is not taken here; what is/],
  ];
  test.each(rows)("%p", (args, expected) => {
    expect(refused(args).error).toMatch(expected);
  });

  test("a token is not repeated", () => {
    expect(refused(["job", "m", "--token=secret"]).error).not.toContain("secret");
  });
});

describe("environment", () => {
  test.each([
    [undefined, 2000, 0],
    ["", 2000, 0],
    ["0.5", 1000, 0],
    [".25", 1000, 0],
    ["1.5", 1500, 0],
    ["2m", 120_000, 0],
    ["0", 2000, 1],
    ["0.0s", 2000, 1],
    ["abc", 2000, 1],
    ["-1", 2000, 1],
  ])("WAIT_TIME=%p", (value, every, warnings) => {
    const request = accepted(["job", "m"], { WAIT_TIME: value });
    expect([request.every, request.warnings.length]).toEqual([every, warnings]);
  });

  test.each([
    ["0", "job", "plain", 0],
    ["1", "job", "we", 0],
    ["2", "pod", "wr", 0],
    ["1", "job-wr", "wr", 0],
    ["3", "job", "plain", 1],
    ["x", "job", "plain", 1],
    ["1", "service", "plain", 0],
  ] as const)("TREAT_ERRORS_AS_READY=%s with %s", (value, type, mode, warnings) => {
    const request = accepted([type, "m"], { TREAT_ERRORS_AS_READY: value });
    expect([request.mode, request.warnings.length]).toEqual([mode, warnings]);
  });

  test("DEBUG, KUBECTL_ARGS; MAX_RETRIES has no effect", () => {
    expect(accepted(["job", "m"], { DEBUG: "2", KUBECTL_ARGS: "-n app", MAX_RETRIES: "3" })).toMatchObject({
      debug: 2,
      namespace: "app",
      label: "job m -n app",
    });
    expect(accepted(["job", "m"], { DEBUG: "yes" }).debug).toBe(0);
  });
});

test("the two lines, in local time", () => {
  const date = new Date(2026, 0, 2, 3, 4, 5);
  expect(waitingLine("job m -n app", date)).toBe("[2026-01-02 03:04:05] Waiting for job m -n app...\n");
  expect(readyLine("job m", date)).toBe("[2026-01-02 03:04:05] job m is ready.\n");
});
