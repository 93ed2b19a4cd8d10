import { SluiceError } from "../errors.ts";
import { nearest } from "../text/nearest.ts";
import { type JsonMap, mapAt } from "./json.ts";
import { marksOf } from "./metadata.ts";
import type { Workload } from "./workloads.ts";

/** How a gate is to be, as it was written: by flags, by annotations, by the configuration of a Kustomize function. */
export interface GateSettings {
  readonly wait: readonly string[];
  /** The same as `job/NAME` among `wait`. */
  readonly job: string | undefined;
  readonly args: readonly string[];
  readonly image: string;
  readonly pullPolicy: string | undefined;
  /** The program in an image whose entrypoint it is not. */
  readonly command: string | undefined;
  readonly user: string | undefined;
  readonly position: string;
  readonly env: readonly string[];
  readonly envFrom: readonly string[];
  /** Container whose variables say where the database is; `none`: of none. */
  readonly envOf: string | undefined;
  readonly urlSecret: string | undefined;
  readonly filesFrom: string | undefined;
  readonly serviceAccountToken: boolean;
}

type Key = keyof GateSettings;
type Form = "text" | "list" | "words" | "switch";

/** Each setting by the name that its flag, its annotation (`sluice.dev/NAME`) and its key have. */
export const SETTINGS: Record<string, { key: Key; form: Form }> = {
  wait: { key: "wait", form: "list" },
  job: { key: "job", form: "text" },
  args: { key: "args", form: "words" },
  image: { key: "image", form: "text" },
  "pull-policy": { key: "pullPolicy", form: "text" },
  command: { key: "command", form: "text" },
  user: { key: "user", form: "text" },
  position: { key: "position", form: "text" },
  env: { key: "env", form: "list" },
  "env-from": { key: "envFrom", form: "list" },
  "env-of": { key: "envOf", form: "text" },
  "url-secret": { key: "urlSecret", form: "text" },
  "files-from": { key: "filesFrom", form: "text" },
  "service-account-token": { key: "serviceAccountToken", form: "switch" },
};

const prefix = "sluice.dev/";
/** Annotations of ours that are no settings. */
const others = ["inject", "role", "release", "run", "downtime", "held"];

/** The settings that hold for one object, and where each came from. */
export interface OwnSettings extends GateSettings {
  /** The workload: "deployment/api". */
  readonly label: string;
  /** As an error names it: "the annotation sluice.dev/image of deployment/api (k8s/api.yaml:12)". */
  source(key: Key): string;
  /** Whether it was said for this object alone, so that it must fit. */
  isOwn(key: Key): boolean;
  readonly warnings: readonly string[];
}

/**
 * Takes a workload's annotations over the settings for all. Targets replace targets: `wait` or `job` in an annotation
 * leaves none of those for all.
 * @param where the workload stands, for errors: "k8s/api.yaml:12".
 * @throws SluiceError SL8003 (exit 2) for a value that cannot be meant.
 */
export function settingsOf(workload: Workload, base: GateSettings, where: string): OwnSettings {
  const given: Partial<Record<Key, unknown>> = {};
  const sources = new Map<Key, string>();
  const warnings: string[] = [];
  for (const [name, value] of Object.entries(marksOf(workload, "annotations"))) {
    if (!name.startsWith(prefix)) continue;
    const word = name.slice(prefix.length);
    const setting = Object.hasOwn(SETTINGS, word) ? SETTINGS[word] : undefined;
    const source = annotationSource(name, workload, where);
    if (setting !== undefined) {
      given[setting.key] = readSetting(setting.form, value, source);
      sources.set(setting.key, source);
    } else if (!others.includes(word)) {
      const meant = nearest(word, [...Object.keys(SETTINGS), "inject"]);
      if (meant !== undefined)
        warnings.push(`the annotation ${name} is unknown: is ${prefix}${meant} meant?`);
    }
  }
  const hasTargets = given.wait !== undefined || given.job !== undefined;
  const cleared: Partial<GateSettings> = hasTargets ? { wait: [], job: undefined } : {};
  return {
    ...base,
    ...cleared,
    ...(given as Partial<GateSettings>),
    label: workload.label,
    source: (key) => sources.get(key) ?? flagOf(key),
    isOwn: (key) => sources.has(key),
    warnings,
  };
}

/** How errors name an annotation. */
export function annotationSource(name: string, { label }: Workload, where: string): string {
  return `the annotation ${name} of ${label} (${where})`;
}

/** The settings in the configuration of a Kustomize function: `data` of a ConfigMap, or `spec` of anything. */
export function settingsFrom(config: JsonMap, base: GateSettings): GateSettings {
  const given: Partial<Record<Key, unknown>> = {};
  for (const [name, value] of Object.entries({ ...mapAt(config, "spec"), ...mapAt(config, "data") })) {
    const source = `the key ${name} of functionConfig`;
    const setting = Object.hasOwn(SETTINGS, name) ? SETTINGS[name] : undefined;
    if (setting === undefined) {
      const meant = nearest(name, Object.keys(SETTINGS));
      throw wrongSetting(source, "there is no such setting", meant && `Did you mean ${meant}?`);
    }
    given[setting.key] = readSetting(setting.form, value, source);
  }
  return { ...base, ...(given as Partial<GateSettings>) };
}

function readSetting(form: Form, value: unknown, source: string): unknown {
  const texts = Array.isArray(value) ? value.map(String) : undefined;
  const text = texts === undefined ? String(value ?? "").trim() : texts.join("\n");
  if (text === "") throw wrongSetting(source, "it is empty");
  if (form === "text") return text;
  if (form === "words") return text.split(/\s+/);
  if (form === "switch") {
    if (text === "true" || text === "false") return text === "true";
    throw wrongSetting(source, `"${text}" is neither true nor false`);
  }
  // A URL may hold a comma: one target a line, then.
  const parts = text.includes("\n") ? text.split("\n") : text.split(",");
  return parts.map((part) => part.trim()).filter((part) => part !== "");
}

/** SL8003, with what would be right where that is known. */
export function wrongSetting(source: string, problem: string, hint?: string): SluiceError {
  return new SluiceError("SL8003", { params: { source, problem }, ...(hint === undefined ? {} : { hint }) });
}

function flagOf(key: Key): string {
  const [name = key] = Object.entries(SETTINGS).find(([, setting]) => setting.key === key) ?? [];
  return name === "args" ? "--arg" : `--${name}`;
}
