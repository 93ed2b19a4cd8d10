import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { each } from "../support/each.ts";
import { repository } from "../support/executable.ts";
import { loadSluice } from "./image-fixture.ts";
import { cluster, isOurs } from "./support.ts";
import { loadHandImage } from "./why/hand.ts";
import { renderPage, withoutFigures } from "./why/render.ts";
import { byHandOf, type Run, withSluiceOf } from "./why/run.ts";
import type { Outcome } from "./why/trap.ts";
import { traps } from "./why/traps/index.ts";

/**
 * What goes wrong with a Job and a gate written by hand, and that it does not with Sluice. `SLUICE_WHY=write` writes
 * docs/why.md from the run.
 */
const page = join(repository, "docs", "why.md");
/** Runs at the same time: they mostly wait, but more would make what they measure slower. */
const AT_ONCE = 6;
setDefaultTimeout(60_000);

/** Of both runs of each trap, by its title; what a run threw fails the test of its name only. */
const byHand = new Map<string, Outcome | Error>();
const withSluice = new Map<string, Outcome | Error>();
const outcome = (of: ReadonlyMap<string, Outcome | Error>, title: string): Outcome => {
  const found = of.get(title);
  if (found === undefined || found instanceof Error) throw found ?? new Error("did not run");
  return found;
};

describe.skipIf(!isOurs)("by hand, and with Sluice", () => {
  beforeAll(async () => {
    const it = await cluster();
    await loadSluice(it);
    await loadHandImage(it);
    const runs = traps.flatMap((trap): [Map<string, Outcome | Error>, string, Run][] => [
      [byHand, trap.title, byHandOf(trap)],
      [withSluice, trap.title, withSluiceOf(trap)],
    ]);
    await each(runs, AT_ONCE, async ([outcomes, title, run]) => {
      outcomes.set(title, await run().catch((error: Error) => error));
    });
  }, 600_000);

  for (const { title } of traps) {
    test(`by hand it happens: ${title}`, () => {
      const { happened, evidence } = outcome(byHand, title);
      expect([evidence, happened]).toEqual([evidence, true]);
    });
    test(`with Sluice it does not: ${title}`, () => {
      const { happened, evidence } = outcome(withSluice, title);
      expect([evidence, happened]).toEqual([evidence, false]);
    });
  }

  test("docs/why.md is this run", async () => {
    const { gitVersion } = JSON.parse(await (await cluster()).kubectl(["get", "--raw", "/version"]));
    const rows = traps.map((trap) => ({
      trap,
      byHand: outcome(byHand, trap.title),
      withSluice: outcome(withSluice, trap.title),
    }));
    const text = renderPage(rows, gitVersion);
    if (process.env.SLUICE_WHY === "write") writeFileSync(page, text);
    const written = existsSync(page) ? readFileSync(page, "utf8") : "";
    expect(withoutFigures(written)).toBe(withoutFigures(text));
  });
});
