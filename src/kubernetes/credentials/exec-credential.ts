import { SluiceError } from "../../errors.ts";
import type { Identity } from "../endpoint.ts";
import { certificateProblem, keyProblem } from "./pem.ts";
import { tokenProblem } from "./static.ts";

export interface Parsed {
  identity: Identity;
  /** Wall clock, milliseconds; undefined: as long as the server takes it. */
  expires: number | undefined;
}

/**
 * What a plugin printed (Kubernetes API reference, "client authentication"). Nothing of it gets into a message.
 * @throws SluiceError SL7008
 */
export function parseExecCredential(output: string, plugin: { apiVersion: string; command: string }): Parsed {
  const refuse = (reason: string) =>
    new SluiceError("SL7008", { params: { command: plugin.command, reason } });
  let answer: { kind?: unknown; apiVersion?: unknown; status?: Record<string, unknown> | null } | null;
  try {
    answer = JSON.parse(output);
  } catch {
    throw refuse(output.trim() === "" ? "it is empty" : "it is no JSON");
  }
  if (answer?.kind !== "ExecCredential") throw refuse("it is no ExecCredential");
  if (answer.apiVersion !== plugin.apiVersion)
    throw refuse(
      `it is of ${String(answer.apiVersion).slice(0, 80)}, the kubeconfig asks for ${plugin.apiVersion}`,
    );
  const status = answer.status ?? {};
  const text = (key: string) =>
    typeof status[key] === "string" && status[key] !== "" ? status[key] : undefined;
  const [token, cert, key] = [text("token"), text("clientCertificateData"), text("clientKeyData")];
  if ((cert === undefined) !== (key === undefined)) throw refuse("it has only one of certificate and key");
  if (token === undefined && cert === undefined) throw refuse("it has neither a token nor a certificate");
  const wrongToken = token === undefined ? undefined : tokenProblem(token);
  if (wrongToken !== undefined) throw refuse(`token: ${wrongToken}`);
  const problem = cert === undefined || key === undefined ? undefined : problemOf(cert, key);
  if (problem !== undefined) throw refuse(problem);
  const until = text("expirationTimestamp");
  const expires = until === undefined ? undefined : Date.parse(until);
  if (Number.isNaN(expires)) throw refuse("its expirationTimestamp is no time");
  const authorization = token === undefined ? undefined : `Bearer ${token.trim()}`;
  return { identity: { authorization, cert, key }, expires };
}

function problemOf(cert: string, key: string): string | undefined {
  const [own, its] = [certificateProblem(cert), keyProblem(key)];
  if (own !== undefined) return `clientCertificateData: ${own}`;
  return its === undefined ? undefined : `clientKeyData: ${its}`;
}
