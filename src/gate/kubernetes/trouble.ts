import { ApiError } from "../../kubernetes/api-error.ts";
import type { Closed, Verdict } from "../condition.ts";
import { type Need, refusedUser, roleFor } from "./forbidden.ts";
import { oneLine } from "./states.ts";

/** What a target needs of the API server, for the Role that is printed where it is refused. */
export interface Rights {
  needs: readonly Need[];
  namespace: string;
  /** The target as a name: "sluice-wait-job-app-migrate". */
  role: string;
}

/** Why the API server's last word is not known any more. */
export function judgeTrouble(error: Error, rights: Rights): Closed {
  const message = oneLine(error.message);
  if (!(error instanceof ApiError))
    return { open: false, reason: `the API server cannot be reached: ${message}`, topic: "unreachable" };
  if (error.status === 401)
    return {
      open: false,
      reason: `the API server does not accept the credentials: ${message}`,
      topic: "401",
      hint: "Check the token or certificate: of the pod's ServiceAccount, or of the kubeconfig's user.",
    };
  if (error.status === 403) {
    const advice = roleFor(rights.needs, rights.namespace, rights.role, refusedUser(error.message));
    const hint = "Apply the Role above with an account that may, or ask who has one.";
    return { open: false, reason: `the API server refuses it: ${message}`, topic: "403", advice, hint };
  }
  const word = [String(error.status), error.reason].filter((part) => part !== "" && part !== "0").join(" ");
  return { open: false, reason: `the API server answers ${word}: ${message}`, topic: `${error.status}` };
}

/** A cut that is mended sooner is not worth a line. Milliseconds. */
const PATIENCE = 1500;

/** Passes verdicts on, and troubles with a little patience. */
export interface Teller {
  verdict(verdict: Verdict): void;
  trouble(verdict: Closed): void;
}

/**
 * While the API server does not answer, what it said before is not known to hold any more, so a condition that was
 * open is closed at once: it may only count where all conditions hold at the same moment. One that was closed stays
 * so either way; then the trouble is told only if it lasts.
 */
export function createTeller(report: (verdict: Verdict) => void, signal: AbortSignal): Teller {
  let last: "nothing" | "open" | "closed" | "trouble" = "nothing";
  let pending: Closed | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const forget = () => {
    clearTimeout(timer);
    timer = undefined;
    pending = undefined;
  };
  const tell = () => {
    const verdict = pending;
    forget();
    if (verdict === undefined || signal.aborted) return;
    last = "trouble";
    report(verdict);
  };
  signal.addEventListener("abort", forget, { once: true });
  return {
    verdict(verdict) {
      forget();
      last = verdict.open ? "open" : "closed";
      report(verdict);
    },
    trouble(verdict) {
      pending = verdict;
      if (last !== "closed" || verdict.advice !== undefined) tell();
      else timer ??= setTimeout(tell, PATIENCE);
    },
  };
}
