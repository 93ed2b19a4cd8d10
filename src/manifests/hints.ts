import { defaultImage } from "./default-image.ts";
import { type Gate, needs } from "./gate.ts";
import { isOff, isOn, type JsonMap, mapsAt, textAt } from "./json.ts";
import { MESHES } from "./meshes.ts";
import { acceptsDowntime, downtimeAnnotation, marksOf } from "./metadata.ts";
import { holdsPassword, isPasswordName } from "./passwords.ts";
import { isProxy } from "./proxies.ts";
import type { OwnSettings } from "./settings.ts";
import type { GateTarget } from "./targets.ts";
import type { Workload } from "./workloads.ts";

export interface Look {
  readonly workload: Workload;
  readonly settings: OwnSettings;
  readonly targets: readonly GateTarget[];
  readonly gate: Gate;
  /** Index of the gate among the init containers. */
  readonly index: number;
  /** The pods' spec without the gate. */
  readonly spec: JsonMap;
}

/** What will probably go wrong with this gate in this pod; one sentence each, with what to do. */
export function hintsFor(look: Look): string[] {
  return [...database(look), ...order(look), ...access(look), ...passwords(look), ...rollout(look)];
}

function database({ settings, targets, gate }: Look): string[] {
  const hints: string[] = [];
  if (needs(targets).needsDatabase && !gate.hasDatabase)
    hints.push(
      "nothing says where the database is: give --url-secret NAME:KEY, --env-from secret/NAME, or --env-of CONTAINER",
    );
  const hasFiles = settings.filesFrom !== undefined || settings.image !== defaultImage;
  const isNamed = settings.args.some((arg) => /^--(require|dir)\b/.test(arg));
  if (targets.some(({ word }) => word === "schema") && !hasFiles && !isNamed)
    hints.push(
      "`schema` compares with migration files, and the default image has none: give --files-from configmap/NAME, an --image with the files, or --arg=--require=VERSION",
    );
  return hints;
}

function order({ workload, spec, index, targets, gate }: Look): string[] {
  const hints: string[] = [];
  const inits = mapsAt(spec, "initContainers");
  if (needs(targets).needsDatabase) {
    for (const one of inits.slice(index))
      if (one["restartPolicy"] === "Always" && isProxy(one))
        hints.push(
          `the gate starts before ${textAt(one, "name")}: if it reaches the database through that, use --position after:${textAt(one, "name")}`,
        );
    for (const one of mapsAt(spec, "containers"))
      if (isProxy(one))
        hints.push(
          `${textAt(one, "name")} starts after all init containers: if the database is reached through it, make it an init container with restartPolicy: Always, and use --position after:${textAt(one, "name")}`,
        );
  }
  const empty = mapsAt(spec, "volumes").filter((one) => one["emptyDir"] !== undefined);
  const mounted = mapsAt(gate.container(""), "volumeMounts").map((mount) => textAt(mount, "name"));
  for (const volume of empty)
    if (index === 0 && mounted.includes(textAt(volume, "name")) && inits.length > 0)
      hints.push(
        `the gate reads from the volume ${textAt(volume, "name")}, which is empty when the pod starts: use --position after:NAME with the init container that fills it`,
      );
  const mesh = meshOf(workload);
  if (mesh !== undefined && index > 0)
    hints.push(
      `${mesh}: an init container that stands behind the mesh's own has no network; put the gate first`,
    );
  return hints;
}

function meshOf(workload: Workload): string | undefined {
  const marks = { ...marksOf(workload, "labels"), ...marksOf(workload, "annotations") };
  const mesh = MESHES.find(({ key, on }) => on.includes(String(marks[key])));
  return mesh && `${mesh.name}'s proxy is injected`;
}

function access({ spec, targets, settings }: Look): string[] {
  const hints: string[] = [];
  const target = targets.find(({ kind }) => kind !== undefined);
  if (target !== undefined && isOff(spec["automountServiceAccountToken"]) && !settings.serviceAccountToken)
    hints.push(
      `automountServiceAccountToken is false, and ${target.target} is asked of the API server: give --service-account-token, which mounts a token in the gate only`,
    );
  if (isOn(spec["hostNetwork"]) && spec["dnsPolicy"] === undefined)
    hints.push(
      "hostNetwork without dnsPolicy: ClusterFirstWithHostNet: the gate does not find Services by their names",
    );
  return hints;
}

function passwords({ settings }: Look): string[] {
  const hints = settings.env.flatMap((text) => {
    const [, name = "", value = ""] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
    const isNamed =
      (isPasswordName(name) || /(SECRET|TOKEN)$/i.test(name)) && value !== "" && !value.startsWith("$(");
    if (!isNamed && !holdsPassword(value)) return [];
    return [
      `the value of ${name} holds a password in plain text: give --url-secret NAME:KEY or --env-from secret/NAME`,
    ];
  });
  if (settings.wait.some(holdsPassword)) hints.push("the address of a target holds a password in plain text");
  return hints;
}

function rollout({ workload }: Look): string[] {
  const { kind, object } = workload;
  const isRecreate = textAt(object, "spec", "strategy", "type") === "Recreate";
  if (kind === "Deployment" && isRecreate && !acceptsDowntime(workload))
    return [
      `strategy Recreate ends the old pods first: nothing serves while the new ones wait at the gate; where that may be, annotate it with ${downtimeAnnotation}: accepted`,
    ];
  return [];
}
