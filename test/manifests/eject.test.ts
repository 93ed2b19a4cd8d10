import { expect, test } from "bun:test";
import { join } from "node:path";
import { parse } from "yaml";
import { tempDir } from "../support/temp.ts";
import { sluice } from "./cli.ts";

const before = `apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  containers:
    - {name: a, image: "a:1"}
`;
const args = ["--job", "m", "--service-account-token", "--files-from", "configmap/f"];

async function on(command: "inject" | "eject", text: string, ...more: string[]) {
  return sluice(command, join(tempDir({ "a.yaml": text }), "a.yaml"), ...more);
}

/** A text with a part of it replaced; the part must be there. */
function edited(text: string, part: string, by: string): string {
  expect(text).toContain(part);
  return text.replace(part, by);
}

test("what somebody added to the lists of an injected manifest stays", async () => {
  const injected = (await on("inject", before, ...args)).stdout;
  const added = "    # mine\n    - {name: mine, image: x}\n";
  const more = edited(injected, "  volumes:\n", `${added}  volumes:\n    - {name: data, emptyDir: {}}\n`);
  const { stdout } = await on("eject", more);
  expect(stdout).toBe(
    edited(
      before,
      "  containers:",
      `  initContainers:\n${added}  volumes:\n    - {name: data, emptyDir: {}}\n  containers:`,
    ),
  );
});

test("a comment that somebody wrote beside the gate stays, and so do volumes of the same prefix", async () => {
  const injected = (await on("inject", before, ...args)).stdout;
  const own = "    - {name: sluice-gate-mine, emptyDir: {}}\n";
  const more = edited(injected, "  containers:", `${own}  # about the main container\n  containers:`);
  const { stdout } = await on("eject", more);
  expect(stdout).toBe(
    edited(before, "  containers:", `  volumes:\n${own}  # about the main container\n  containers:`),
  );
});

test("two gates go, and a gate that was written by hand stays", async () => {
  const first = (await on("inject", before, "--job", "m", "--container-name", "one")).stdout;
  const gate = first.slice(first.indexOf("    - name: one"), first.indexOf("  containers:"));
  const hand = '    - {name: gate, image: "sluice:0.1.0", args: [wait, schema]}\n';
  const three = edited(
    first,
    "  containers:",
    `${hand}${gate.replace("name: one", "name: two")}  containers:`,
  );
  const { stdout, stderr } = await on("eject", three);
  expect(parse(stdout).spec.initContainers).toEqual([
    { name: "gate", image: "sluice:0.1.0", args: ["wait", "schema"] },
  ]);
  expect(stderr).toBe("pod/a: gate removed\n");
});

test("an annotation that switches inject off takes the gate out", async () => {
  const injected = (await on("inject", before, ...args)).stdout;
  const metadata = (text: string) =>
    edited(text, "{name: a}", "{name: a, annotations: {sluice.dev/inject: disabled}}");
  const { stdout, stderr } = await on("inject", metadata(injected), ...args);
  expect(stdout).toBe(metadata(before));
  expect(stderr).toBe("pod/a: gate removed: sluice.dev/inject: disabled\n");
});

test.each([
  [
    "an anchor at an init container",
    "  initContainers:\n    - &x\n      name: x\n      image: x\n    - <<: *x\n      name: y\n",
  ],
  ["anchors in a flow list", "  initContainers: [&x {name: x, image: x}, {<<: *x, name: y}]\n"],
  ["an anchored list", "  initContainers: &list # kept\n    - name: x\n      image: x\n"],
  ["a comment at the hyphen", "  initContainers:\n    - # this one\n      name: x\n      image: x # yes\n"],
  ["a tag", "  initContainers: !!seq\n  - !!map {name: x, image: x}\n"],
  ["a key in quotes", "  \"initContainers\" : [ ]\n  'volumes':   null   # none\n"],
  ["a list of one column", "  initContainers:\n  -   name: x\n      image: x\n\n\n"],
])("%s stays as it was", async (_, lists) => {
  const text = edited(before, "  containers:", `${lists}  containers:`);
  for (const position of ["first", "last"]) {
    const injected = await on("inject", text, ...args, "--position", position);
    expect([injected.status, injected.status === 0 ? "" : injected.stderr]).toEqual([0, ""]);
    expect((await on("eject", injected.stdout)).stdout).toBe(text);
  }
});
