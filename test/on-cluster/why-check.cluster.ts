import { expect, test } from "bun:test";
import { checkManifests } from "../../src/manifests/check.ts";
import { parseDuration } from "../../src/text/duration.ts";
import { render } from "../charts/helm.ts";
import { handChart } from "./why/hand.ts";
import type { Seen } from "./why/trap.ts";
import { traps } from "./why/traps/index.ts";

/** What `sluice check` says of the chart by hand, as Helm renders it: docs/why.md promises it, trap by trap. */
async function check({ values, helmTimeout }: Pick<Seen, "values" | "helmTimeout">) {
  const text = await render("helm4", handChart, { image: "registry.example/shop:1", ...values });
  const question = { helmTimeout: helmTimeout === undefined ? undefined : parseDuration(helmTimeout) };
  return checkManifests([{ name: "byhand", path: undefined, text }], question, []);
}
const codesOf = async (seen: Pick<Seen, "values" | "helmTimeout">) => [
  ...new Set((await check(seen)).findings.map(({ code }) => code)),
];

/** Of the chart with nothing in it that makes a trap but its loop, which does not see a failure. */
const plain = ["SM017", "SM019"];

test("the chart as it is: its loop, and no resources", async () => {
  expect(await codesOf({ values: {}, helmTimeout: "5m" })).toEqual(plain);
});

const seen = traps.flatMap((trap) => (trap.seen === undefined ? [] : [[trap.title, trap.seen] as const]));

test.each(seen)("%s", async (_, one) => {
  const isHook = "gate" in one.values && one.values.gate === "";
  expect(await codesOf(one)).toEqual([...new Set([...(isHook ? [] : plain), one.code])].sort());
});

test("a hook that may outlive Helm's own time-out is a note where no other is said", async () => {
  const [hook] = seen.filter(([, { code }]) => code === "SM005").map(([, one]) => one);
  const { findings, notes } = await check({ values: hook?.values ?? {} });
  expect([findings, notes]).toEqual([
    [],
    [expect.stringMatching(/^job\/rel-migrate is a hook that has no activeDeadlineSeconds, and Helm gives/)],
  ]);
});

test("nothing is found in the same with the gates of Sluice", async () => {
  const gate = "sluice wait schema";
  const found = await check({ values: { gate } });
  expect(found.findings.map(({ code, object }) => `${code} ${object}`)).toEqual(["SM017 deployment/rel-web"]);
});
