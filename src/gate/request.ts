import { readFile } from "node:fs/promises";
import { SluiceError } from "../errors.ts";
import { type HttpOptions, readHeaders } from "./http.ts";
import { readStatuses } from "./http-status.ts";
import { readIdentities } from "./identity.ts";
import { type ReadTarget, readTargets } from "./targets.ts";
import { readWanted } from "./wanted.ts";

/** The options of `sluice wait` that say more about its targets, as they were written. */
export interface RequestOptions {
  selector: readonly string[];
  identity: readonly string[];
  for: string | undefined;
  status: string | undefined;
  header: readonly string[];
  caFile: string | undefined;
  insecureSkipTlsVerify: boolean;
}

/** Also options that are read elsewhere. */
type Key = keyof RequestOptions | "require" | "namespace" | "context" | "kubeconfig" | "logs";

/** What was asked for, read and checked. */
export interface Request {
  targets: ReadTarget[];
  http: HttpOptions;
}

/**
 * Reads targets and options together; asks nobody.
 * @param isFlag whether an option was written on the command line: there one that fits no target is a mistake. A
 * variable may be meant for another gate.
 * @throws SluiceError (exit 2) with the nearest right form.
 */
export async function readRequest(
  words: readonly string[],
  options: RequestOptions,
  isFlag: (key: Key) => boolean,
  warn: (text: string) => void,
): Promise<Request> {
  const wanted = options.for === undefined ? undefined : readWanted(options.for);
  const identities = readIdentities(options.identity);
  const targets = readTargets(words, { selectors: options.selector, identities, wanted });
  const objects = targets.filter(({ kind }) => kind !== undefined);
  const misfit = (key: Key, name: string, fits: boolean, whose: string) => {
    if (isFlag(key) && !fits)
      throw new SluiceError("SL5007", { params: { problem: `${name} is for ${whose}, and there is none` } });
  };
  // `database` for `schema` would let a pod through before its migration.
  misfit(
    "require",
    "--require",
    targets.some(({ word }) => word === "schema"),
    "the target `schema`",
  );
  for (const key of ["namespace", "context", "kubeconfig"] as const)
    misfit(key, `--${key}`, objects.length > 0, "targets of Kubernetes");
  const named = objects.some(({ kind, name }) => kind === "job" && name !== undefined);
  misfit("logs", "--logs", named && wanted?.kind !== "delete", "job/NAME");
  misfit("for", "--for", objects.length > 0, "targets of Kubernetes");
  const marked = objects.some(({ kind }) => kind !== "service" || wanted !== undefined);
  misfit("identity", "--identity", marked, "jobs, pods, deployments, statefulsets and daemonsets");
  if (wanted?.kind === "delete" && identities.length > 0 && isFlag("identity"))
    throw new SluiceError("SL5007", {
      params: { problem: "--identity and --for=delete do not go together" },
      hint: "Leave --identity away: --for=delete waits until what was there at the beginning is gone.",
    });
  const isHttp = targets.some(({ word }) => /^https?$/i.test(word));
  misfit("status", "--status", isHttp, "http(s)://");
  misfit("header", "--header", isHttp, "http(s)://");
  misfit("caFile", "--ca-file", isHttp, "https://");
  misfit("insecureSkipTlsVerify", "--insecure-skip-tls-verify", isHttp, "https://");
  const http: HttpOptions = {
    statuses: options.status === undefined ? undefined : readStatuses(options.status),
    headers: readHeaders(options.header),
    ca: options.caFile === undefined || !isHttp ? undefined : await readAuthorities(options.caFile),
    insecure: options.insecureSkipTlsVerify,
  };
  if (options.insecureSkipTlsVerify && isHttp)
    warn("--insecure-skip-tls-verify: whoever answers in the place of the server can open this gate");
  return { targets, http };
}

async function readAuthorities(file: string): Promise<string> {
  const fail = (reason: string) => new SluiceError("SL5010", { params: { file, reason } });
  const text = await readFile(file, "utf8").catch((error: Error) => {
    throw fail(error.message);
  });
  if (!text.includes("-----BEGIN CERTIFICATE-----")) throw fail("it holds no certificate");
  return text;
}
