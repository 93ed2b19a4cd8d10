import type { JsonMap } from "./json.ts";
import { markVariable } from "./mark.ts";
import { wrongSetting } from "./settings.ts";

/** Where a gate stands among the init containers. */
export type Position =
  | { readonly kind: "first" | "last" }
  | { readonly kind: "after"; readonly name: string };

/** `first`, `last` or `after:NAME`. @param source where it was written, for the error. */
export function readPosition(text: string, source: string): Position {
  if (text === "first" || text === "last") return { kind: text };
  const name = /^after:(.+)$/.exec(text)?.[1];
  if (name === undefined)
    throw wrongSetting(source, `"${text}" is no position`, "Write first, last or after:NAME.");
  return { kind: "after", name };
}

/** `secret/NAME` or `configmap/NAME` as an entry of `envFrom`. */
export function readEnvFrom(text: string, source: string): JsonMap {
  const [kind, name] = readReference(text, ["secret", "configmap"], source);
  return kind === "secret" ? { secretRef: { name } } : { configMapRef: { name } };
}

/** `NAME:KEY` as the variable that holds the database's URL. */
export function readUrlSecret(text: string, source: string): JsonMap {
  const [, name, key] = /^([^:/]+):([-._a-zA-Z0-9]+)$/.exec(text) ?? [];
  if (name === undefined || key === undefined || !isObjectName(name))
    throw wrongSetting(source, `"${text}" is no key of a Secret`, "Write NAME:KEY, as in app-database:url.");
  return { name: "SLUICE_URL", valueFrom: { secretKeyRef: { name, key } } };
}

/** `KEY=VALUE` as a variable. */
export function readEnv(text: string, source: string): JsonMap {
  const [, name, value = ""] = /^([-._a-zA-Z][-._a-zA-Z0-9]*)=(.*)$/s.exec(text) ?? [];
  if (name === undefined) throw wrongSetting(source, "a variable is written KEY=VALUE", "Write KEY=VALUE.");
  if (name === markVariable) throw wrongSetting(source, `${markVariable} is how eject knows a gate`);
  return { name, value };
}

/** Where the migration files come from: a ConfigMap, a Secret, or a volume that the pod has. */
export type Files = { readonly kind: "configmap" | "secret" | "volume"; readonly name: string };

export function readFiles(text: string, source: string): Files {
  const [kind, name] = readReference(text, ["configmap", "secret", "volume"], source);
  return { kind, name };
}

function readReference<K extends string>(text: string, kinds: readonly K[], source: string): [K, string] {
  const slash = text.indexOf("/");
  const kind = kinds.find((one) => one === text.slice(0, Math.max(slash, 0)).toLowerCase());
  const name = text.slice(slash + 1);
  const forms = kinds.map((one) => `${one}/NAME`);
  const hint = `Write ${forms.slice(0, -1).join(", ")} or ${forms.at(-1)}.`;
  if (kind === undefined || !isObjectName(name))
    throw wrongSetting(source, `"${text}" names no object`, hint);
  return [kind, name];
}

/** Kubernetes documentation, "Object Names and IDs": a DNS subdomain. */
function isObjectName(name: string): boolean {
  const label = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
  return name.length <= 253 && new RegExp(`^${label}(\\.${label})*$`).test(name);
}

/** Kubernetes documentation, "Object Names and IDs": a container's name is a DNS label. */
export function isContainerName(name: string): boolean {
  return /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name);
}
