import { SluiceError } from "../../../errors.ts";
import type { Parameters } from "./parameters.ts";

/** A parameter of the URL's query in the order it stands there; its name is not checked here. */
export interface UrlParts {
  parameters: Parameters;
  query: { name: string; value: string }[];
  /** An '@' stands where no user and password were found, so the names in the query may be a piece of a password. */
  doubtful: boolean;
}

/**
 * Takes a `postgres://` URL apart as libpq does (PostgreSQL manual 34.1.1.2), which the WHATWG parser cannot: several
 * hosts, sockets, empty parts. Error messages name the part that is wrong and never repeat anything of the URL.
 *
 * @param from where the URL stands, for messages: "the URL in DATABASE_URL".
 * @throws SluiceError SL3005.
 */
export function parseUrl(url: string, from: string): UrlParts {
  const fail = (problem: string, hint?: string): never => {
    throw new SluiceError("SL3005", { params: { from, problem }, ...(hint === undefined ? {} : { hint }) });
  };
  const decode = (text: string, part: string): string => {
    if (/%(?![0-9a-f]{2})/i.test(text)) {
      fail(`its ${part} holds a '%' that is not followed by two hexadecimal digits`, ENCODE_PERCENT);
    }
    if (/%00/.test(text)) fail(`its ${part} holds %00, which PostgreSQL cannot take`);
    try {
      return decodeURIComponent(text);
    } catch {
      return fail(`its ${part} holds percent escapes that are not UTF-8`);
    }
  };

  const parameters: Parameters = new Map();
  const set = (name: string, value: string) => {
    if (value !== "") parameters.set(name, { value, from });
  };

  let rest = url.slice(url.indexOf("://") + 3);
  // As libpq: user and password end at the first '@', if that comes before any '/'.
  const credentials = /^[^@/]*@/.exec(rest)?.[0];
  if (credentials !== undefined) {
    rest = rest.slice(credentials.length);
    const [, user = "", password = ""] = /^([^:]*):?(.*)@$/s.exec(credentials) ?? [];
    set("user", decode(user, "user"));
    set("password", decode(password, "password"));
  }

  const authority = /^[^/?]*/.exec(rest)![0];
  rest = rest.slice(authority.length);
  // An '@' left here, or one behind a port that is no number, comes from a password.
  if (authority.includes("@")) fail("its user or password holds an '@' that is not escaped", ENCODE);
  const hosts: string[] = [];
  const ports: string[] = [];
  for (const entry of authority.split(",")) {
    const match = /^(\[[^\]]*\]|[^:[\]]*)(?::(.*))?$/s.exec(entry);
    if (match === null) fail("a host in it is neither a name nor an IPv6 address in brackets", IPV6);
    const host = match![1]!;
    const port = match![2] ?? "";
    if (host === "[]") fail("the brackets in it hold no IPv6 address", IPV6);
    if (port !== "" && !/^\d+$/.test(decode(port, "port"))) {
      const spilt = /^[^?]*@/.test(rest);
      fail(
        spilt ? "its user or password holds a '/' that is not escaped" : "its port is not a number",
        spilt ? ENCODE : `${ENCODE}; an IPv6 address stands in brackets`,
      );
    }
    hosts.push(decode(host.replace(/^\[|\]$/g, ""), "host"));
    ports.push(port);
  }
  set("host", hosts.every((host) => host === "") ? "" : hosts.join(","));
  set("port", ports.every((port) => port === "") ? "" : ports.join(","));

  const question = rest.indexOf("?");
  const path = question < 0 ? rest : rest.slice(0, question);
  if (credentials === undefined && path.includes("@")) {
    // libpq would take all of it as the name of the database, which messages show.
    fail("its user or password holds a '/' that is not escaped", ENCODE);
  }
  if (path.startsWith("/")) set("dbname", decode(path.slice(1), "database name"));
  return {
    parameters,
    query: question < 0 ? [] : parseQuery(rest.slice(question + 1), decode, fail),
    doubtful: credentials === undefined && rest.includes("@"),
  };
}

const ENCODE =
  "percent-encode what is special in user and password: '@' as %40, '/' as %2F, ':' as %3A, '?' as %3F, '#' as %23";
const ENCODE_PERCENT = `write %25 for a '%'; ${ENCODE}`;
const IPV6 = "write an IPv6 address in brackets: postgres://USER@[2001:db8::1]:5432/DATABASE";

function parseQuery(
  text: string,
  decode: (text: string, part: string) => string,
  fail: (problem: string) => never,
): UrlParts["query"] {
  const query: UrlParts["query"] = [];
  for (const pair of text.split("&")) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    if (equals <= 0) fail("a parameter behind its '?' is not of the form NAME=VALUE");
    const name = decode(pair.slice(0, equals), "parameters");
    query.push({ name, value: decode(pair.slice(equals + 1), "parameters") });
  }
  return query;
}
