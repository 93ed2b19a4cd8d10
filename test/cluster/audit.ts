import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** One answered request, from an API server's audit log. */
export interface Request {
  verb: string;
  resource: string;
  /** Milliseconds since 1970, when the API server got it. */
  received: number;
}

/** Who asks an API server what. */
export interface Audit {
  /** For the API server. */
  flags: readonly string[];
  /** The requests of one user so far. */
  requests(user: string): Request[];
}

/** Each request when it was answered; nothing of its body. */
const POLICY = {
  apiVersion: "audit.k8s.io/v1",
  kind: "Policy",
  omitStages: ["RequestReceived", "Panic"],
  rules: [{ level: "Metadata" }],
};

/** Prepares an audit log in a folder. */
export function auditIn(folder: string): Audit {
  mkdirSync(folder, { recursive: true });
  const [policy, log] = [join(folder, "audit.json"), join(folder, "audit.log")];
  writeFileSync(policy, JSON.stringify(POLICY));
  return {
    flags: [`--audit-policy-file=${policy}`, `--audit-log-path=${log}`],
    requests: (user) =>
      existsSync(log)
        ? readFileSync(log, "utf8")
            .split("\n")
            .slice(0, -1) // the last may be half written
            .flatMap((line) => requestOf(line, user))
        : [],
  };
}

function requestOf(line: string, user: string): Request[] {
  if (!line.includes(`"${user}"`)) return [];
  const { user: who, verb, objectRef, stage, requestReceivedTimestamp } = JSON.parse(line);
  // A watch is told twice: when its answer begins, and when it ends.
  if (who?.username !== user || (verb === "watch") !== (stage === "ResponseStarted")) return [];
  return [{ verb, resource: objectRef?.resource ?? "", received: Date.parse(requestReceivedTimestamp) }];
}
