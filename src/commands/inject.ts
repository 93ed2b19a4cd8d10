import { defineCommand } from "../cli/command.ts";
import { parseCommand } from "../cli/parse.ts";
import { readIdentities } from "../gate/identity.ts";
import { readTargets } from "../gate/targets.ts";
import { readWanted } from "../gate/wanted.ts";
import { injectText } from "../manifests/inject.ts";
import { isContainerName } from "../manifests/references.ts";
import { wrongSetting } from "../manifests/settings.ts";
import { checkSelection, selects } from "../manifests/skip.ts";
import type { GateTarget } from "../manifests/targets.ts";
import { injectOptions } from "./inject-options.ts";
import { manifestArguments, manifestExits, transformInputs } from "./manifest-options.ts";
import { waitOptions } from "./wait-options.ts";

export const command = defineCommand({
  name: "inject",
  summary: "put a gate into the pods of manifests",
  usage: "inject [FILE|DIR|URL|-...] [--wait TARGET]",
  description:
    "Reads YAML or JSON and writes it to standard output with a gate (an init container that runs `sluice wait`) in the pods of each Deployment, StatefulSet, DaemonSet, ReplicaSet, ReplicationController, Job, CronJob, Pod and Argo Rollout, in lists too. Comments, order, anchors, quotes and line ends stay as they are; a gate that is there is replaced. One line for each object goes to standard error. Left alone are what runs the migrations, hooks of Helm and Argo CD, and what has the annotation `sluice.dev/inject: disabled`. The annotations `sluice.dev/wait`, `/job`, `/args`, `/image`, `/pull-policy`, `/command`, `/user`, `/position`, `/url-secret`, `/env`, `/env-from`, `/env-of`, `/files-from` and `/service-account-token` of a workload or its pod template win over the options. Works as Helm's post-renderer and as a function of Kustomize (a ResourceList on standard input). More in docs/guides/inject.md.",
  arguments: manifestArguments,
  options: injectOptions,
  examples: [
    "sluice inject deployment.yaml --url-secret app-database:url --files-from configmap/app-migrations",
    "sluice inject k8s --job app-migrate-42 -w",
    "sluice inject --position after:fetch-config --wait schema --wait tcp://queue:5672",
  ],
  exits: manifestExits,
  async run(context) {
    const { options, program, reporter } = context;
    if (!isContainerName(options.containerName))
      throw wrongSetting("--container-name", `no container can have the name "${options.containerName}"`);
    const selection = { only: options.only, skip: options.skip };
    checkSelection(selection);
    const { targets: wait, job, image, pullPolicy, command, user, position, env, envFrom, envOf } = options;
    const { urlSecret, filesFrom, serviceAccountToken } = options;
    const settings = {
      ...{ wait, job, args: options.arg, image, pullPolicy, command, user, position, env, envFrom, envOf },
      ...{ urlSecret, filesFrom, serviceAccountToken },
    };
    const objects = await transformInputs(
      context,
      (text, file) =>
        injectText(text, file, {
          settings,
          name: options.containerName,
          selection,
          readTargets: (words, args) => readGate(words, args, program),
        }),
      (json) => reporter.result("InjectResult", json, ""),
    );
    for (const word of options.only)
      if (!objects.some((one) => selects(word, one)))
        reporter.warn(`--only ${word} names nothing that was read`);
    return 0;
  },
});

/** Reads targets and arguments as `sluice wait` will read them in the pod. */
function readGate(words: readonly string[], args: readonly string[], program: string): GateTarget[] {
  const wait = {
    name: "wait",
    usage: "wait TARGET...",
    arguments: [{ name: "target", many: true, summary: "what to wait for" }] as const,
    options: waitOptions,
  };
  const parsed = parseCommand(wait, [...words, ...args], { env: {}, program });
  const { options } = parsed;
  return readTargets(parsed.args["target"] as string[], {
    selectors: options.selector,
    identities: readIdentities(options.identity),
    wanted: options.for === undefined ? undefined : readWanted(options.for),
  });
}
