import { describe, expect, test } from "bun:test";
import { failureOf } from "../../test/support/failure.ts";
import type { Condition, Verdict } from "./condition.ts";
import { type GateOptions, waitForAll } from "./gate.ts";

/** A condition that the test moves. */
function lever(target: string, first?: Verdict) {
  let report: (verdict: Verdict) => void = () => {};
  let ended = false;
  const condition: Condition = {
    target,
    async watch(tell, signal) {
      report = tell;
      if (first !== undefined) tell(first);
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      ended = true;
    },
  };
  return { condition, set: (verdict: Verdict) => report(verdict), isEnded: () => ended };
}

function options(more: Partial<GateOptions> = {}) {
  const said: string[] = [];
  const signal = new AbortController().signal;
  const say = (target: string, reason: string) => void said.push(`${target}: ${reason}`);
  return { said, options: { timeout: undefined, failFast: false, signal, say, ...more } };
}

const closed = (reason: string): Verdict => ({ open: false, reason });
const open: Verdict = { open: true };

describe("several conditions", () => {
  test("must hold at the same time", async () => {
    const [a, b] = [lever("a", open), lever("b", closed("not yet"))];
    const { options: given } = options();
    const waiting = waitForAll([a.condition, b.condition], given);
    a.set(closed("gone again"));
    b.set(open);
    let settled = false;
    void waiting.then(() => (settled = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(settled).toBe(false);
    a.set(open);
    const result = await waiting;
    expect(result.targets).toEqual([
      { target: "a", state: "open" },
      { target: "b", state: "open" },
    ]);
    await new Promise((resolve) => setImmediate(resolve));
    expect([a.isEnded(), b.isEnded()]).toEqual([true, true]);
  });
});

describe("a reason", () => {
  test("is said when it changes, also back, and not on every look", async () => {
    const a = lever("a", closed("one"));
    const { said, options: given } = options();
    const waiting = waitForAll([a.condition], given);
    for (const reason of ["one", "one", "two", "two", "one"]) a.set(closed(reason));
    a.set(open);
    await waiting;
    expect(said).toEqual(["a: one", "a: two", "a: one"]);
  });

  test("that stays is said again after the interval, of what is closed only", async () => {
    const [a, b] = [lever("a", closed("one")), lever("b", open)];
    const said: string[] = [];
    const third = Promise.withResolvers<void>();
    const say = (target: string, reason: string) => {
      said.push(`${target}: ${reason}`);
      if (said.length === 3) third.resolve();
    };
    const { options: given } = options({ say, sayAgain: 10 });
    const waiting = waitForAll([a.condition, b.condition], given);
    await third.promise;
    a.set(open);
    await waiting;
    expect(new Set(said)).toEqual(new Set(["a: one"]));
  });
});

describe("a verdict with a topic", () => {
  test("is said when the topic changes, and not when only details do", async () => {
    const a = lever("a");
    const { said, options: given } = options();
    const waiting = waitForAll([a.condition], given);
    for (const [reason, topic] of [
      ["1 of 3", "updating"],
      ["2 of 3", "updating"],
      ["1 old pod", "old"],
    ] as const)
      a.set({ open: false, reason, topic });
    a.set(open);
    await waiting;
    expect(said).toEqual(["a: 1 of 3", "a: 1 old pod"]);
  });

  test("the time-out names the last details", async () => {
    const a = lever("a", { open: false, reason: "1 of 3", topic: "updating" });
    const waiting = waitForAll([a.condition], options({ timeout: 20 }).options);
    a.set({ open: false, reason: "2 of 3", topic: "updating" });
    expect((await failureOf(waiting)).message).toContain("a: 2 of 3");
  });
});

test("advice comes once, also where another target gives the same; a note comes with the result", async () => {
  const [a, b] = [lever("a"), lever("b")];
  const advised: (readonly string[] | undefined)[] = [];
  const opened: string[] = [];
  const { options: given } = options({
    say: (_target, _reason, _waited, advice) => void advised.push(advice),
    opened: (target) => void opened.push(target),
  });
  const waiting = waitForAll([a.condition, b.condition], given);
  const advice = ["kind: Role"];
  a.set({ open: false, reason: "refused", advice });
  a.set({ open: false, reason: "refused again", advice });
  b.set({ open: false, reason: "refused", advice });
  b.set({ open: false, reason: "refused", topic: "else", advice: ["kind: RoleBinding"] });
  a.set({ open: true, note: "none wanted" });
  b.set(open);
  expect((await waiting).targets).toEqual([
    { target: "a", state: "open", note: "none wanted" },
    { target: "b", state: "open" },
  ]);
  expect(advised).toEqual([advice, undefined, undefined, ["kind: RoleBinding"]]);
  expect(opened).toEqual(["a"]);
});

describe("it ends", () => {
  test("on the time-out, with every reason that is left", async () => {
    const conditions = [lever("a", closed("one")), lever("b"), lever("c", open)].map((one) => one.condition);
    const error = await waitForAll(conditions, options({ timeout: 20 }).options).catch((caught) => caught);
    expect(error).toMatchObject({ code: "SL5001", exit: 124 });
    expect(error.message).toContain("a: one; b: nothing is known yet");
    expect(error.message).not.toContain("c:");
  });

  test.each([
    [3, "SL5003"],
    [5, "SL5004"],
  ] as const)("with --fail-fast and %i on a failure", async (exit, code) => {
    const a = lever("a", { open: false, reason: "broken", failed: exit });
    const waiting = waitForAll([a.condition], options({ failFast: true }).options);
    expect(await failureOf(waiting)).toMatchObject({
      code,
      exit,
      message: expect.stringContaining("broken"),
    });
  });

  test("not on a failure without --fail-fast", async () => {
    const a = lever("a", { open: false, reason: "broken", failed: 3 });
    const waiting = waitForAll([a.condition], options().options);
    a.set(open);
    expect((await waiting).targets).toHaveLength(1);
  });

  test("on a signal, also one that came before, with its reason", async () => {
    const reason = new Error("SIGTERM");
    const before = AbortSignal.abort(reason);
    const waiting = waitForAll([lever("a").condition], options({ signal: before }).options);
    expect(await failureOf(waiting)).toBe(reason);
    const later = new AbortController();
    const second = waitForAll([lever("a").condition], options({ signal: later.signal }).options);
    later.abort(reason);
    expect(await failureOf(second)).toBe(reason);
  });

  test("on a condition that throws: that is a bug, and not open", async () => {
    const broken: Condition = { target: "a", watch: () => Promise.reject(new Error("bug")) };
    expect((await failureOf(waitForAll([broken], options().options))).message).toContain("bug");
  });
});

describe("a pause before it opens", () => {
  test("is begun again when a condition ceases to hold meanwhile", async () => {
    const [a, b] = [lever("a", open), lever("b", open)];
    const pauses: number[] = [];
    const { options: given } = options({ jitter: 50, pausing: (pause) => void pauses.push(pause) });
    const waiting = waitForAll([a.condition, b.condition], given);
    a.set(closed("gone"));
    let settled = false;
    void waiting.then(() => (settled = true));
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(settled).toBe(false);
    a.set(open);
    await waiting;
    expect(pauses).toHaveLength(2);
    expect(pauses.every((pause) => pause > 0 && pause <= 50)).toBe(true);
  });

  test("ends with the time-out at the latest", async () => {
    const a = lever("a", open);
    const { options: given } = options({ jitter: 3_600_000, timeout: 200 });
    expect((await waitForAll([a.condition], given)).waited).toBeLessThan(400);
  });
});
