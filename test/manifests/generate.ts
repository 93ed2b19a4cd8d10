import fc from "fast-check";

/** How a list of a pod's spec is written, if it is. */
type ListForm = "absent" | "implicit" | "null" | "~" | "[]" | "[ ]" | "block" | "flow" | "wide";

interface Pod {
  kind: "Pod" | "Deployment" | "CronJob";
  inits: { form: ListForm; count: number };
  volumes: { form: ListForm; count: number };
  /** Whether the containers stand before the other lists, and something behind all. */
  order: number[];
  step: 2 | 4;
  /** Lists as far in as their keys, or one step further. */
  inner: boolean;
  comments: boolean[];
  scalar: string;
}

const forms = fc.constantFrom<ListForm>(
  "absent",
  "implicit",
  "null",
  "~",
  "[]",
  "[ ]",
  "block",
  "flow",
  "wide",
);
const list = fc.record({ form: forms, count: fc.integer({ min: 1, max: 3 }) });
const pod: fc.Arbitrary<Pod> = fc.record({
  kind: fc.constantFrom("Pod" as const, "Deployment" as const, "CronJob" as const),
  inits: list,
  volumes: list,
  order: fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }),
  step: fc.constantFrom(2 as const, 4 as const),
  inner: fc.boolean(),
  comments: fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
  scalar: fc.constantFrom("plain", '"quo # ted"', "|", "|+", ">-", "'it''s'", "two-lines"),
});

/** A manifest of one to three documents in YAML, in any of the ways that people and programs write it. */
export const yamlManifest: fc.Arbitrary<string> = fc
  .record({
    pods: fc.array(pod, { minLength: 1, maxLength: 3 }),
    asList: fc.boolean(),
    crlf: fc.boolean(),
    bom: fc.boolean(),
    open: fc.boolean(),
    start: fc.constantFrom("", "---\n", "# Source: a.yaml\n", "\n---\n---\n# x\n---\n"),
    between: fc.constantFrom("---\n", "...\n---\n", "---\n# nothing\n---\n", "---   # here\n"),
  })
  .map(({ pods, asList, crlf, bom, open, start, between }) => {
    const texts = pods.map((one, index) => podText(one, index, asList ? 2 : 0));
    const items = texts.map((text) => text.replace(/^ {2}/, "- "));
    const body = asList ? `apiVersion: v1\nkind: List\nitems:\n${items.join("")}` : texts.join(between);
    const whole = `${bom ? "\uFEFF" : ""}${start}${body}`;
    const ended = open ? whole.replace(/\n$/, "") : whole;
    return crlf ? ended.replaceAll("\n", "\r\n") : ended;
  });

/** The same as JSON: on one line, indented by blanks or tabs; one object, a list, or a stream. */
export const jsonManifest: fc.Arbitrary<string> = fc
  .record({
    pods: fc.array(pod, { minLength: 1, maxLength: 3 }),
    indent: fc.constantFrom<string | number | undefined>(undefined, 1, 2, 4, "\t"),
    asList: fc.boolean(),
    end: fc.constantFrom("", "\n", "\n\n"),
  })
  .map(({ pods, indent, asList, end }) => {
    const objects = pods.map(podObject);
    if (asList) return JSON.stringify({ kind: "List", apiVersion: "v1", items: objects }, null, indent) + end;
    return objects.map((one) => JSON.stringify(one, null, indent)).join("\n") + end;
  });

const pathOf = { Pod: [], Deployment: ["template"], CronJob: ["jobTemplate", "spec", "template"] } as const;
const apiVersionOf = { Pod: "v1", Deployment: "apps/v1", CronJob: "batch/v1" } as const;

function podText(one: Pod, index: number, column: number): string {
  const { kind, step, comments } = one;
  let comment = 0;
  const lines: string[] = [];
  const add = (depth: number, text: string) => lines.push(" ".repeat(column + depth) + text);
  const maybe = (depth: number) => {
    if (comments[comment++ % comments.length]) add(depth, `# comment ${comment}`);
  };
  add(0, `apiVersion: ${apiVersionOf[kind]}`);
  add(0, `kind: ${kind} # the kind`);
  add(0, "metadata:");
  add(step, `name: pod-${index}`);
  let depth = 0;
  for (const key of pathOf[kind].length === 0 ? [] : ["spec", ...pathOf[kind]]) {
    add(depth, `${key}:`);
    depth += step;
  }
  add(depth, "spec:");
  depth += step;
  const parts: (() => void)[] = [
    () => listText("initContainers", one.inits, (n) => `{name: init-${n}, image: "i:${n}"}`),
    () => listText("volumes", one.volumes, (n) => `{name: v-${n}, emptyDir: {}}`),
    () => listText("containers", { form: "block", count: 1 }, () => '{name: main, image: "m:1"}'),
    () => scalarText(),
  ];
  const listText = (key: string, { form, count }: Pod["inits"], item: (n: number) => string) => {
    if (form === "absent") return;
    maybe(depth);
    const items = Array.from({ length: count }, (_, n) => item(n));
    const further = depth + (one.inner ? step : 0);
    if (form === "implicit") add(depth, `${key}:${comments[1] ? " # empty" : ""}`);
    else if (form === "block") {
      add(depth, `${key}:`);
      for (const text of items) {
        maybe(further);
        const [first = "", ...more] = text.slice(1, -1).split(/, (?=\w+:)/);
        add(further, `- ${first}`);
        for (const line of more) add(further + 2, line);
      }
    } else if (form === "flow") add(depth, `${key}: [${items.join(comments[2] ? ", " : " ,")}] # flow`);
    else if (form === "wide") {
      add(depth, `${key}: [`);
      for (const text of items) add(depth + step, `${text},`);
      add(depth, "]");
    } else add(depth, `${key}: ${form}${comments[3] ? " # none" : ""}`);
  };
  const scalarText = () => {
    const { scalar } = one;
    maybe(depth);
    if (scalar === "two-lines") return add(depth, `hostname: two\n${" ".repeat(column + depth + 1)}lines`);
    add(depth, `hostname: ${scalar}`);
    if (!/^[|>]/.test(scalar)) return;
    add(depth + step, "text");
    add(depth + step, "# no comment");
    if (comments[4]) lines.push("", "");
  };
  for (const part of one.order) parts[part]?.();
  maybe(depth);
  return `${lines.join("\n")}\n`;
}

function podObject({ kind, inits, volumes, order }: Pod, index: number): object {
  const listOf = ({ form, count }: Pod["inits"], item: (n: number) => object) => {
    if (form === "absent") return undefined;
    if (["implicit", "null", "~"].includes(form)) return null;
    return form.startsWith("[") ? [] : Array.from({ length: count }, (_, n) => item(n));
  };
  const parts: [string, unknown][] = [
    ["initContainers", listOf(inits, (n) => ({ name: `init-${n}`, image: "}{" }))],
    ["volumes", listOf(volumes, (n) => ({ name: `v-${n}`, emptyDir: {} }))],
    ["containers", [{ name: "main", image: "m:1" }]],
    ["hostname", 'a"\\'],
  ];
  let spec: object = Object.fromEntries(order.map((part) => parts[part] as [string, unknown]));
  for (const key of [...pathOf[kind]].reverse()) spec = { [key]: key === "template" ? { spec } : spec };
  return { apiVersion: apiVersionOf[kind], kind, metadata: { name: `pod-${index}` }, spec };
}
