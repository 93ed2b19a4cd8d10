import { existsSync } from "node:fs";
import { join } from "node:path";
import { SluiceError } from "../../../errors.ts";
import type { Parameters } from "./parameters.ts";
import type { Secret } from "./secret.ts";

/** One server to try. */
export interface Host {
  /** A name, an address, or, with a leading `/`, the folder of a Unix socket. */
  host: string;
  /** The address to connect to in place of `host`, which then only names the server to TLS and the password file. */
  hostaddr?: string;
  port: number;
  password?: Secret;
  /** A socket in one of the default folders: the password file calls it `localhost`. */
  defaultSocket: boolean;
}

/** Where Debian's packages and PostgreSQL's own build put the socket. */
const SOCKET_FOLDERS = ["/var/run/postgresql", "/tmp"];
const DEFAULT_PORT = 5432;

/**
 * The hosts to try, from the comma lists in host, hostaddr and port (PostgreSQL manual 34.1.1.3): one port serves all
 * hosts, otherwise there must be as many ports as hosts.
 *
 * @throws SluiceError SL3007.
 */
export function listHosts(parameters: Parameters): Host[] {
  const names = list(parameters, "host");
  const addresses = list(parameters, "hostaddr");
  const ports = list(parameters, "port");
  const count = Math.max(names.length, addresses.length, 1);
  const wrong = (name: string, expected: string): never => {
    throw new SluiceError("SL3007", {
      params: { name, from: parameters.get(name)?.from ?? "", expected },
    });
  };
  if (names.length > 0 && addresses.length > 0 && names.length !== addresses.length) {
    wrong("hostaddr", `a list of ${names.length}, as many as there are hosts`);
  }
  if (ports.length > 1 && ports.length !== count) {
    wrong("port", `one number, or a list of ${count}, as many as there are hosts`);
  }
  return Array.from({ length: count }, (_, index) => {
    const text = (ports.length === 1 ? ports[0] : ports[index]) ?? "";
    const port = text === "" ? DEFAULT_PORT : Number(text);
    if (!/^\s*\d*\s*$/.test(text) || port < 1 || port > 65535) wrong("port", "a number from 1 to 65535");
    const name = names[index] ?? "";
    const hostaddr = addresses[index] ?? "";
    if (/[@\s]/.test(name)) wrong("host", "a name, an address or the folder of a Unix socket");
    const host = name || hostaddr || defaultHost(port);
    return {
      host,
      ...(hostaddr === "" || hostaddr === host ? {} : { hostaddr }),
      port,
      defaultSocket: SOCKET_FOLDERS.includes(host),
    };
  });
}

function list(parameters: Parameters, name: string): string[] {
  const value = parameters.get(name)?.value ?? "";
  return value === "" ? [] : value.split(",");
}

/** libpq tries the folder that it was built with; it is not known here which, so the one with a socket in it. */
function defaultHost(port: number): string {
  const folder = SOCKET_FOLDERS.find((one) => existsSync(join(one, `.s.PGSQL.${port}`)));
  return folder ?? "localhost";
}

/** True where the host is reached over a Unix socket, on which there is no TLS. */
export function isSocket(host: Host): boolean {
  return host.hostaddr === undefined && host.host.startsWith("/");
}

/** "db.example:5432", "[::1]:5432", "/var/run/postgresql:5432". */
export function describeHost(host: Host): string {
  return `${host.host.includes(":") ? `[${host.host}]` : host.host}:${host.port}`;
}
