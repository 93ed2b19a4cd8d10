import { databaseEnv } from "./database-env.ts";
import { type Json, type JsonMap, mapAt, mapsAt, textAt } from "./json.ts";
import { markVariable, volumePrefix } from "./mark.ts";
import { readEnv, readEnvFrom, readFiles, readUrlSecret } from "./references.ts";
import { type OwnSettings, wrongSetting } from "./settings.ts";
import type { GateTarget } from "./targets.ts";

/** An init container and its volumes; the mark comes when their places are known. */
export interface Gate {
  readonly volumes: readonly JsonMap[];
  readonly warnings: readonly string[];
  /** What it takes over from the pod's own containers, or was given, says where the database is. */
  readonly hasDatabase: boolean;
  container(mark: string): JsonMap;
}

/** Where the migration files are mounted. */
export const filesPath = "/migrations";
/** Where client libraries look for a pod's token (Kubernetes documentation, "Configure Service Accounts for Pods"). */
export const tokenPath = "/var/run/secrets/kubernetes.io/serviceaccount";

/**
 * Makes the gate of a pod.
 * @param spec of the pod, without a gate.
 * @throws SluiceError SL8003 (exit 2) for a setting that cannot be meant.
 */
export function makeGate(
  name: string,
  settings: OwnSettings,
  targets: readonly GateTarget[],
  spec: JsonMap,
): Gate {
  const warnings: string[] = [];
  const { needsDatabase, needsApi } = needs(targets);
  const env: JsonMap[] = [];
  const envFrom = settings.envFrom.map((text) => readEnvFrom(text, settings.source("envFrom")));
  const mounts: JsonMap[] = [];
  const volumes: JsonMap[] = [];

  const isGiven = settings.urlSecret !== undefined || settings.env.length > 0 || envFrom.length > 0;
  if (needsDatabase && settings.envOf !== "none" && (settings.envOf !== undefined || !isGiven)) {
    const taken = databaseEnv(containerFor(spec, settings, warnings));
    env.push(...taken.env);
    envFrom.push(...taken.envFrom);
    mounts.push(...taken.volumeMounts);
  }
  const hasDatabase = isGiven || env.length > 0 || envFrom.length > 0;
  if (settings.urlSecret !== undefined)
    env.push(readUrlSecret(settings.urlSecret, settings.source("urlSecret")));
  env.push(...settings.env.map((text) => readEnv(text, settings.source("env"))));

  const files = settings.filesFrom === undefined ? undefined : filesVolume(settings, spec);
  if (files !== undefined) {
    mounts.push({ name: files.name, mountPath: filesPath, readOnly: true });
    if (files.volume !== undefined) volumes.push(files.volume);
  }
  if (needsApi && settings.serviceAccountToken) {
    volumes.push(tokenVolume);
    mounts.push({ name: tokenVolume.name, mountPath: tokenPath, readOnly: true });
  }
  const user = userOf(settings, spec);
  return {
    volumes,
    warnings,
    hasDatabase,
    container: (mark) =>
      withoutGaps({
        name,
        image: settings.image,
        imagePullPolicy: settings.pullPolicy,
        command: settings.command === undefined ? undefined : settings.command.split(/\s+/),
        args: [
          "wait",
          ...wordsOf(settings),
          ...settings.args,
          ...(files === undefined ? [] : ["--dir", filesPath]),
        ],
        env: [{ name: markVariable, value: mark }, ...latest(env)],
        envFrom: envFrom.length === 0 ? undefined : envFrom,
        resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "64Mi" } },
        securityContext: {
          runAsNonRoot: true,
          runAsUser: user,
          readOnlyRootFilesystem: true,
          allowPrivilegeEscalation: false,
          capabilities: { drop: ["ALL"] },
          seccompProfile: { type: "RuntimeDefault" },
        },
        volumeMounts: mounts.length === 0 ? undefined : mounts,
      }),
  };
}

/** All targets, as words of `sluice wait`; `schema` where none is said. */
export function wordsOf({ wait, job }: Pick<OwnSettings, "wait" | "job">): string[] {
  const words = [...wait, ...(job === undefined ? [] : [`job/${job}`])];
  return words.length === 0 ? ["schema"] : words;
}

/** What targets ask: the database, the API server. */
export function needs(targets: readonly GateTarget[]): { needsDatabase: boolean; needsApi: boolean } {
  return {
    needsDatabase: targets.some(({ word }) => ["schema", "run", "database"].includes(word)),
    needsApi: targets.some(({ kind }) => kind !== undefined),
  };
}

function containerFor(spec: JsonMap, settings: OwnSettings, warnings: string[]): JsonMap {
  const all = mapsAt(spec, "containers");
  if (settings.envOf === undefined) return all[0] ?? {};
  const found = [...all, ...mapsAt(spec, "initContainers")].find(
    (one) => textAt(one, "name") === settings.envOf,
  );
  if (found !== undefined) return found;
  const problem = `there is no container ${settings.envOf}`;
  if (settings.isOwn("envOf")) throw wrongSetting(settings.source("envOf"), problem);
  warnings.push(`${settings.source("envOf")}: ${problem}, so nothing is taken over from it`);
  return {};
}

function filesVolume(settings: OwnSettings, spec: JsonMap): { name: string; volume?: JsonMap } {
  const source = settings.source("filesFrom");
  const { kind, name } = readFiles(settings.filesFrom as string, source);
  if (kind === "volume") {
    if (!mapsAt(spec, "volumes").some((one) => textAt(one, "name") === name))
      throw wrongSetting(
        source,
        `${settings.label} has no volume ${name}`,
        "Name one of its volumes, or configmap/NAME.",
      );
    return { name };
  }
  const own = `${volumePrefix}files`;
  const from: JsonMap = kind === "configmap" ? { configMap: { name } } : { secret: { secretName: name } };
  return { name: own, volume: { name: own, ...from } };
}

/** What the kubelet would mount by itself, in this container only. Read by the API's own user, so no group is needed. */
const tokenVolume = {
  name: `${volumePrefix}token`,
  projected: {
    sources: [
      { serviceAccountToken: { path: "token", expirationSeconds: 3607 } },
      { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
      { downwardAPI: { items: [{ path: "namespace", fieldRef: { fieldPath: "metadata.namespace" } }] } },
    ],
  },
};

/** A pod that runs as root would hand that down to the gate, which must not: the kubelet would not start it. */
function userOf(settings: OwnSettings, spec: JsonMap): number | undefined {
  if (settings.user !== undefined) {
    if (/^[1-9]\d{0,8}$/.test(settings.user)) return Number(settings.user);
    throw wrongSetting(
      settings.source("user"),
      `"${settings.user}" is no number above 0`,
      "Write the user's number.",
    );
  }
  return mapAt(spec, "securityContext")["runAsUser"] === 0 ? 65532 : undefined;
}

/** Of variables with the same name the last one, in its place: the API server warns of two. */
function latest(env: readonly JsonMap[]): JsonMap[] {
  return env.filter(({ name }, index) => !env.slice(index + 1).some((later) => later["name"] === name));
}

function withoutGaps(map: Record<string, unknown>): JsonMap {
  const kept = Object.entries(map).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    kept.map(([key, value]) => {
      const isMap = typeof value === "object" && value !== null && !Array.isArray(value);
      return [key, isMap ? withoutGaps(value as Record<string, unknown>) : (value as Json)];
    }),
  );
}
