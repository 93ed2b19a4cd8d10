import { checkManifests } from "../manifests/check.ts";
import { readInputs } from "../manifests/input.ts";
import { readNamespace } from "../manifests/live.ts";
import { manifestsJson, manifestsText } from "../report/check-manifests.ts";
import type { CheckContext } from "./check-accounts.ts";

/** `check FILE...` and `check --live`. */
export async function checkGivenManifests(context: CheckContext, isLive: boolean): Promise<number> {
  const { args, options, reporter, env, signal } = context;
  const { namespace, context: name, kubeconfig, helmTimeout } = options;
  const warn = (text: string) => reporter.warn(text);
  const live = isLive
    ? await readNamespace({ env, namespace, context: name, kubeconfig, warn }, signal)
    : undefined;
  const inputs = live === undefined ? await readInputs(args.input, signal) : [live.input];
  // Codes of accounts stand in the same list of sluice.yaml.
  const accept = options.accept.filter((text) => !/^SA\d/.test(text));
  const report = checkManifests(inputs, { helmTimeout, isLive, noRights: live?.noRights }, accept);
  if (report.workloads === 0) reporter.warn("nothing with pods in it was found");
  const sources = inputs.map((input) => input.name);
  reporter.result(
    "CheckReport",
    manifestsJson(report, sources),
    manifestsText(report, sources, reporter.style),
  );
  return report.findings.length > 0 ? 1 : 0;
}
