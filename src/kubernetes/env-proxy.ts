import type { Env } from "./proxy.ts";

const NAMES = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"];

/**
 * As `proxyFromEnv`, which is loaded only where a proxy is set: addresses and ranges need node:net, and that memory.
 * @throws SluiceError SL7010 for a proxy that cannot be used.
 */
export async function environmentProxy(address: string, env: Env): Promise<string | undefined> {
  if (NAMES.every((name) => (env[name] ?? "") === "")) return undefined;
  const { proxyFromEnv } = await import("./proxy.ts");
  return proxyFromEnv(new URL(address), env);
}
