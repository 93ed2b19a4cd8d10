/** The kinds of Kubernetes' objects that a gate can wait for, by the word before the slash. */
export const KINDS = {
  job: { plural: "jobs", group: "batch", short: [], selectable: true, label: "Job" },
  pod: { plural: "pods", group: "", short: ["po"], selectable: true, label: "Pod" },
  service: { plural: "services", group: "", short: ["svc"], selectable: false, label: "Service" },
  deployment: {
    plural: "deployments",
    group: "apps",
    short: ["deploy"],
    selectable: false,
    label: "Deployment",
  },
  statefulset: {
    plural: "statefulsets",
    group: "apps",
    short: ["sts"],
    selectable: false,
    label: "StatefulSet",
  },
  daemonset: { plural: "daemonsets", group: "apps", short: ["ds"], selectable: false, label: "DaemonSet" },
} as const;

export type Kind = keyof typeof KINDS;

/** All kinds, for tables. */
export const kindWords = Object.keys(KINDS) as Kind[];

/** The kind that a word of kubectl means: "job", "jobs", "deploy", "deployment.apps", "jobs.v1.batch". */
export function kindOf(word: string): Kind | undefined {
  const [name = "", ...rest] = word.split(".");
  const group = rest.join(".");
  return kindWords.find((kind) => {
    const { plural, group: own, short } = KINDS[kind];
    const names: readonly string[] = [kind, plural, ...short];
    return names.includes(name) && (group === "" || (own !== "" && (group === own || group === `v1.${own}`)));
  });
}

/**
 * What is wrong with a name, or undefined where an object of that kind can have it: Kubernetes wants a DNS subdomain
 * (RFC 1123), of a Service a DNS label (Kubernetes documentation, "Object Names and IDs"). A name that no object can
 * have would keep a gate closed for ever.
 */
export function nameProblem(kind: Kind, name: string): string | undefined {
  const isLabel = kind === "service";
  const limit = isLabel ? 63 : 253;
  if (name === "") return "the name is missing";
  if (name.includes("/")) return "a name holds no slash";
  if (name.length > limit) return `the name is longer than ${limit} characters`;
  const label = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
  const shape = new RegExp(isLabel ? `^${label}$` : `^${label}(\\.${label})*$`);
  if (shape.test(name)) return undefined;
  return `no ${KINDS[kind].label} can have the name "${name}": lower-case letters, digits${isLabel ? " and" : ","} hyphens${isLabel ? "" : " and dots"}, first and last a letter or a digit`;
}

/** The name that was probably meant, if there is one: "App_Migrate" is "app-migrate". */
export function nearestName(kind: Kind, name: string): string | undefined {
  const meant = name
    .toLowerCase()
    .replace(kind === "service" ? /[^a-z0-9-]+/g : /[^a-z0-9.-]+/g, "-")
    .replace(/^[-.]+|[-.]+$/g, "");
  return nameProblem(kind, meant) === undefined ? meant : undefined;
}
