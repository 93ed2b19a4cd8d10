import { SluiceError } from "../../errors.ts";
import { createEndpoint } from "../create-endpoint.ts";
import { createReader, type Source } from "../credentials/files.ts";
import type { Endpoint } from "../endpoint.ts";
import { environmentProxy } from "../env-proxy.ts";
import type { Env } from "../proxy.ts";
import type { Chosen } from "./choose.ts";
import { type Entry, flagAt, textAt } from "./entries.ts";
import { sourceAt } from "./source.ts";
import { userCredentials, userHeaders } from "./user.ts";

/**
 * The API server of a context, and who we are there. Sends nothing and starts nothing.
 * @throws SluiceError SL7003, SL7005, SL7006, SL7009, SL7010.
 */
export async function kubeconfigEndpoint(
  { cluster, user }: Chosen,
  env: Env,
  warn: (text: string) => void,
): Promise<Endpoint> {
  const address = serverOf(cluster);
  const base = `${address.protocol}//${address.host}${address.pathname.replace(/\/+$/, "")}`;
  const insecure = flagAt(cluster, "insecure-skip-tls-verify");
  const authority = sourceAt(cluster, "certificate-authority");
  const serverName = textAt(cluster, "tls-server-name");
  if (insecure && authority !== undefined)
    throw new SluiceError("SL7010", {
      params: { key: "insecure-skip-tls-verify", reason: "it cannot stand beside a certificate-authority" },
      place: cluster.place(["insecure-skip-tls-verify"]),
    });
  if (insecure)
    warn(
      `insecure-skip-tls-verify: the certificate of ${base} is not verified, anybody in between can read the credentials`,
    );
  const ca = authority === undefined ? undefined : await authorityReader(authority, warn);
  ca?.();
  const proxyUrl = textAt(cluster, "proxy-url");
  const proxy = proxyUrl === undefined ? await environmentProxy(base, env) : await configuredProxy(proxyUrl);
  const tls = () => ({
    ...(ca === undefined ? {} : { ca: ca() }),
    ...(serverName === undefined ? {} : { serverName }),
    ...(insecure ? { rejectUnauthorized: false } : {}),
  });
  const info = () => ({
    server: base,
    ...(serverName === undefined ? {} : { "tls-server-name": serverName }),
    ...(insecure ? { "insecure-skip-tls-verify": true } : {}),
    ...(ca === undefined ? {} : { "certificate-authority-data": Buffer.from(ca()).toString("base64") }),
    ...(proxyUrl === undefined ? {} : { "proxy-url": proxyUrl }),
  });
  return createEndpoint({
    base,
    proxy,
    credentials: await userCredentials(user, cluster, info, env, warn),
    tls,
    headers: userHeaders(user),
  });
}

/** Also looks into the certificates; the memory for it is there, since this is mostly no pod. */
async function authorityReader(source: Source, warn: (text: string) => void): Promise<() => string> {
  const { authorityProblem } = await import("../credentials/x509.ts");
  return createReader(source, { problem: authorityProblem, warn });
}

function serverOf(cluster: Entry): URL {
  const server = textAt(cluster, "server");
  const url = server !== undefined && URL.canParse(server) ? new URL(server) : undefined;
  if (url !== undefined && (url.protocol === "https:" || url.protocol === "http:") && url.hostname !== "")
    return url;
  const reason =
    server === undefined ? "the cluster has none" : "it is not an address that begins with https://";
  throw new SluiceError("SL7010", { params: { key: "server", reason }, place: cluster.place(["server"]) });
}

async function configuredProxy(text: string): Promise<string> {
  const { checkProxy } = await import("../proxy.ts");
  return checkProxy(text, "proxy-url");
}
