import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connectKubernetes } from "../../src/kubernetes/connect.ts";
import { ensureBuilt } from "../cluster/build.ts";
import { type ControlPlane, controlPlane } from "../cluster/control-plane.ts";
import { each } from "../support/each.ts";
import { firstVerdict, kubectlHolds } from "./truth-table/ask.ts";
import { evaluate, type Row } from "./truth-table/evaluate.ts";
import { jobStates } from "./truth-table/jobs.ts";
import { podStates } from "./truth-table/pods.ts";
import { renderTable } from "./truth-table/render.ts";
import { rolloutStates } from "./truth-table/rollouts.ts";
import { serviceStates } from "./truth-table/services.ts";
import type { State } from "./truth-table/state.ts";

const page = join(import.meta.dirname, "..", "..", "docs", "reference", "gate-states.md");
/** States that are written and asked about at the same time. */
const AT_ONCE = 16;

let plane: ControlPlane;
let rows: Row[] = [];
const states: State[] = [...jobStates(), ...podStates(), ...serviceStates(), ...rolloutStates()];
/** "s12x", so that the name of another state is no beginning of it. */
const nameOf = (state: State) => `s${states.indexOf(state)}x`;

beforeAll(async () => {
  plane = await controlPlane();
  const client = await connectKubernetes({ env: {}, kubeconfig: plane.kubeconfig, warn: () => {} });
  rows = await each(states, AT_ONCE, (state) => evaluate(client, state, nameOf(state), firstVerdict));
  client.close();
}, 300_000);

afterAll(() => plane?.stop(), 60_000);

describe("the truth table of the gate", () => {
  test("no state opens it by mistake, none keeps it closed by mistake", () => {
    const wrong = rows.filter(({ state, opened }) => opened !== state.opens);
    expect(wrong.map(({ state, reason }) => `${state.group}: ${state.words}: ${reason}`)).toEqual([]);
    expect(rows.length).toBeGreaterThan(1000);
    expect(rows.filter(({ opened }) => opened).length).toBeGreaterThan(50);
  });

  test("a closed gate says why, in one line", () => {
    const mute = rows.filter(
      ({ opened, reason }) => !opened && (reason.trim() === "" || reason.includes("\n")),
    );
    expect(mute.map(({ state }) => state.words)).toEqual([]);
  });

  test("what kubectl takes for not met, is not met", async () => {
    const executable = (await ensureBuilt(["kubernetes"]))("kubectl");
    const asked = rows.filter(({ state, refused }) => state.kubectl !== undefined && refused === undefined);
    // Every one that opened, and as many of the others as there is time for.
    const opened = asked.filter((row) => row.opened);
    const sample = [...opened, ...asked.filter((row) => !row.opened).filter((_, index) => index % 8 === 0)];
    const answers = await each(sample, AT_ONCE, async (row) => {
      const args = (row.state.kubectl ?? []).map((word) => word.replaceAll("{name}", nameOf(row.state)));
      return { row, holds: await kubectlHolds(executable, plane.kubeconfig, args) };
    });
    const opener = answers.filter(({ row, holds }) => row.opened && !holds);
    expect(opener.map(({ row }) => row.state.words)).toEqual([]);
    // The oracle says both.
    expect(answers.filter(({ holds }) => holds).length).toBeGreaterThan(5);
    expect(answers.filter(({ holds }) => !holds).length).toBeGreaterThan(5);
  }, 300_000);

  test("docs/reference/gate-states.md is this table", async () => {
    const { gitVersion } = JSON.parse(await plane.kubectl(["get", "--raw", "/version"]));
    const table = renderTable(rows, gitVersion);
    if (process.env.SLUICE_TABLE === "print") process.stdout.write(table);
    if (process.env.SLUICE_TABLE === "write") writeFileSync(page, table);
    expect(existsSync(page) ? readFileSync(page, "utf8") : "").toBe(table);
  });
});
