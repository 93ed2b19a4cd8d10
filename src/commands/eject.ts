import { defineCommand } from "../cli/command.ts";
import { ejectText } from "../manifests/eject.ts";
import { manifestArguments, manifestExits, transformInputs, writeOption } from "./manifest-options.ts";

export const command = defineCommand({
  name: "eject",
  summary: "take the gates of `inject` out of manifests",
  usage: "eject [FILE|DIR|URL|-...]",
  description:
    "Gives back what `sluice inject` was given, byte for byte, where nothing rewrote the text in between. A gate is known by the variable SLUICE_INJECTED of its container, so it is also found in what Helm or Kustomize wrote and in objects that were read back from the API server. Gates that were written by hand stay.",
  arguments: manifestArguments,
  options: [writeOption],
  examples: [
    "sluice inject app.yaml | sluice eject | diff app.yaml -",
    "sluice eject k8s -w",
    "kubectl get deployment api -o yaml | sluice eject",
  ],
  exits: manifestExits,
  async run(context) {
    const { reporter } = context;
    await transformInputs(context, ejectText, (json) => reporter.result("EjectResult", json, ""));
    return 0;
  },
});
