import { isIP } from "node:net";
import { SluiceError } from "../errors.ts";
import { inRange, normal, parseRange, type Range } from "./ip-range.ts";

export type Env = Readonly<Record<string, string | undefined>>;

/**
 * The proxy that the environment names for an address, as Go programs (kubectl) choose it: HTTPS_PROXY or HTTP_PROXY by
 * the scheme of the address, unless NO_PROXY or being this machine excepts it; upper case before lower case
 * (golang.org/x/net/http/httpproxy).
 * @throws SluiceError SL7010 for a proxy that cannot be used.
 */
export function proxyFromEnv(address: URL, env: Env): string | undefined {
  const names = address.protocol === "https:" ? ["HTTPS_PROXY", "https_proxy"] : ["HTTP_PROXY", "http_proxy"];
  const name = names.find((one) => (env[one] ?? "") !== "");
  if (name === undefined || excepted(address, env["NO_PROXY"] || env["no_proxy"] || "")) return undefined;
  return checkProxy(env[name] ?? "", name);
}

/** A proxy's URL; a host without a scheme counts as http. @throws SluiceError SL7010, without the value. */
export function checkProxy(text: string, key: string): string {
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || url.hostname === "")
    throw new SluiceError("SL7010", { params: { key, reason: "it is not the URL of a proxy" } });
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw new SluiceError("SL7010", {
      params: { key, reason: `${url.protocol}// is not supported, only proxies of http:// and https://` },
    });
  return url.href;
}

/** Whether NO_PROXY, or being this machine, excepts an address. */
export function excepted(address: URL, list: string): boolean {
  const host = address.hostname
    .replace(/^\[|\]$/g, "")
    .replace(/\.$/, "")
    .toLowerCase();
  const port = address.port || (address.protocol === "https:" ? "443" : "80");
  const ip = isIP(host) > 0;
  if (host === "localhost" || (ip && LOOPBACK.some((range) => inRange(host, range)))) return true;
  return list.split(",").some((part) => {
    const entry = part.trim().toLowerCase();
    return entry === "*" || (entry !== "" && matches(entry, host, port, ip));
  });
}

const LOOPBACK = ["127.0.0.0/8", "::1/128"]
  .map(parseRange)
  .filter((range): range is Range => range !== undefined);

function matches(entry: string, host: string, port: string, ip: boolean): boolean {
  const range = parseRange(entry);
  if (range !== undefined) return ip && inRange(host, range);
  const [, bracketed, plain, wanted] = /^(?:\[([^\]]*)\]|([^:]*|.*:.*:.*?))(?::(\d+))?$/.exec(entry) ?? [];
  const name = bracketed ?? (isIP(entry) === 6 ? entry : plain) ?? "";
  if (isIP(entry) !== 6 && wanted !== undefined && wanted !== port) return false;
  if (isIP(name) > 0) return ip && normal(name) === normal(host);
  if (name === "" || ip) return false;
  // "example.com" is itself and what is below it; ".example.com" and "*.example.com" only what is below.
  const suffix = name.startsWith("*.") ? name.slice(1) : name;
  return suffix.startsWith(".") ? host.endsWith(suffix) : host === suffix || host.endsWith(`.${suffix}`);
}
