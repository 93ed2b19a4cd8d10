import { SluiceError } from "../errors.ts";
import { readAcceptance } from "../text/acceptance.ts";
import type { ManifestRule } from "./checking/rule.ts";
import { type CheckQuestion, type ManifestReport, runRules } from "./checking/run.ts";
import type { DocumentSource } from "./checking/subjects.ts";
import type { Input } from "./input.ts";
import { piecesOf } from "./pieces.ts";
import { readSource } from "./rewrite.ts";
import { badIgnore } from "./rules/bad-ignore.ts";
import { blindGate } from "./rules/blind-gate.ts";
import { gateBeforeProxy } from "./rules/gate-before-proxy.ts";
import { gateLacksRights } from "./rules/gate-lacks-rights.ts";
import { gateWithoutToken } from "./rules/gate-without-token.ts";
import { hookInTheWay } from "./rules/hook-in-the-way.ts";
import { initWithoutSurge } from "./rules/init-without-surge.ts";
import { jobSidecar } from "./rules/job-sidecar.ts";
import { keptJob } from "./rules/kept-job.ts";
import { movingTag } from "./rules/moving-tag.ts";
import { noResources } from "./rules/no-resources.ts";
import { passwordInEnv } from "./rules/password-in-env.ts";
import { postHookDeadlock } from "./rules/post-hook-deadlock.ts";
import { privilegedSecret } from "./rules/privileged-secret.ts";
import { recreateBehindGate } from "./rules/recreate-behind-gate.ts";
import { revisionUnderGitops } from "./rules/revision-under-gitops.ts";
import { sharedServiceAccount } from "./rules/shared-service-account.ts";
import { shortHelmTimeout } from "./rules/short-helm-timeout.ts";
import { shortProgressDeadline } from "./rules/short-progress-deadline.ts";
import { ttlOnAwaitedJob } from "./rules/ttl-on-awaited-job.ts";
import { unavailableBehindGate } from "./rules/unavailable-behind-gate.ts";

/** All rules for manifests, in the order of their codes, which is that of the report. A new one is a line here. */
export const MANIFEST_RULES: readonly ManifestRule[] = [
  recreateBehindGate,
  unavailableBehindGate,
  initWithoutSurge,
  shortProgressDeadline,
  shortHelmTimeout,
  ttlOnAwaitedJob,
  postHookDeadlock,
  revisionUnderGitops,
  gateLacksRights,
  gateWithoutToken,
  privilegedSecret,
  sharedServiceAccount,
  passwordInEnv,
  jobSidecar,
  gateBeforeProxy,
  movingTag,
  noResources,
  badIgnore,
  blindGate,
  keptJob,
  hookInTheWay,
];

/**
 * Looks at manifests; all that is read is one whole, as a release is. Changes nothing.
 * @param accept `CODE` or `CODE=KIND/NAME`: findings that are meant to be so.
 * @throws SluiceError SL8001 for what cannot be read, SL2073 (exit 2) for an unknown code in `accept`.
 */
export function checkManifests(
  inputs: readonly Input[],
  question: CheckQuestion,
  accept: readonly string[],
): ManifestReport {
  const accepts = accept.map((text) => {
    const one = readAcceptance(text);
    if (MANIFEST_RULES.some(({ code }) => code === one.code)) return one;
    throw new SluiceError("SL2073", {
      params: { text, code: one.code },
      hint: "Write CODE or CODE=KIND/NAME, as in --accept SM001=deployment/messages.",
    });
  });
  return runRules(MANIFEST_RULES, inputs.flatMap(documentsOf), question, accepts);
}

function documentsOf({ text, name }: Input): DocumentSource[] {
  return piecesOf(text).flatMap((piece) => {
    const { stream, values } = readSource(piece.text, name, piece.firstLine);
    return stream.documents.map((document, index) => ({ document, stream, value: values[index] }));
  });
}
