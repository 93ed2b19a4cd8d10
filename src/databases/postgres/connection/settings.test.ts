import { describe, expect, test } from "bun:test";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { tempDir } from "../../../../test/support/temp.ts";
import { SluiceError } from "../../../errors.ts";
import type { Environment } from "../../target.ts";
import { describeTarget, secretsOf } from "./describe.ts";
import { findPassword } from "./passfile.ts";
import { connectionSettings, type Settings } from "./settings.ts";

const home = tempDir({}, "run");

function settings(url: string | undefined, env: Environment = {}): Settings {
  const source = { origin: "DATABASE_URL" as const, warnings: [], ...(url === undefined ? {} : { url }) };
  return connectionSettings(source, { HOME: home, PGUSER: "pguser", PGSYSCONFDIR: home, ...env });
}

function failure(url: string | undefined, env: Environment = {}): SluiceError {
  try {
    settings(url, env);
  } catch (error) {
    if (error instanceof SluiceError) return error;
    throw error;
  }
  throw new Error(`nothing was thrown for ${url}`);
}

/** What a message shows of the settings: all but the password, which is looked at by itself. */
const short = (url: string | undefined, env: Environment = {}) => {
  const all = settings(url, env);
  return [describeTarget(all), ...secretsOf(all)].join(" ");
};

describe("URL", () => {
  // Compared with libpq 18's PQconninfoParse.
  test.each([
    ["postgres://u:p@h:5433/db", "u@h:5433/db p"],
    ["postgresql://h", "pguser@h:5432/pguser"],
    ["postgresql://u@h/", "u@h:5432/u"],
    ["postgresql://:p@h/db", "pguser@h:5432/db p"],
    ["postgresql://u:p:q@h/db", "u@h:5432/db p:q"],
    ["postgresql://u:p#w@h/db", "u@h:5432/db p#w"],
    ["postgresql://u:p?w@h/db", "u@h:5432/db p?w"],
    ["postgresql://h1:1,h2:2/db", "pguser@h1:1,h2:2/db"],
    ["postgresql://h1,h2:2/db", "pguser@h1:5432,h2:2/db"],
    ["postgresql://h1,h2/db?port=7", "pguser@h1:7,h2:7/db"],
    ["postgresql://[2001:db8::1]:5433/db", "pguser@[2001:db8::1]:5433/db"],
    ["postgresql://%2Fvar%2Frun/db", "pguser@/var/run:5432/db"],
    ["postgresql:///db?host=/srv/socket", "pguser@/srv/socket:5432/db"],
    ["postgresql://h/db?user=x&password=y%26", "x@h:5432/db y&"],
    ["postgresql://u%40x:p%2F%3A%25@h/d%20b", "u@x@h:5432/d b p/:%"],
    ["postgresql://u:ü@h/db", "u@h:5432/db ü"],
    ["postgresql+asyncpg://u@h/db", "u@h:5432/db"],
    ["host=h dbname=db user=u", "u@h:5432/db"],
    ["host = h  dbname='my db' password='it\\'s'", "pguser@h:5432/my db it's"],
    ["host=h\tpassword=a\\ b\\\\ ", "pguser@h:5432/pguser a b\\"],
    ["user=a=b host=h dbname=''", "a=b@h:5432/a=b"],
  ])("%s", (url, expected) => expect(short(url)).toBe(expected));

  test.each([
    ["postgres://u:geheim@w@h/db", "'@'"],
    ["postgres://u:geheim/w@h/db", "'/'"],
    ["postgres://u:1/geheim@h/db", "'/'"],
    ["postgres://u:geheim%zz@h/db", "its password holds a '%'"],
    ["postgres://u:geheim%00@h/db", "%00"],
    ["postgres://u:geheim%ff@h/db", "UTF-8"],
    ["postgres://h:geheim/db", "port is not a number"],
    ["postgres://[geheim/db", "IPv6"],
    ["postgres://[]/db", "IPv6"],
    ["postgres://h/db?geheim", "NAME=VALUE"],
    ["host=h geheim", "NAME=VALUE"],
    ["password='geheim", "NAME=VALUE"],
  ])("%s is an error that says what is wrong and repeats nothing", (url, problem) => {
    const error = failure(url);
    expect(error.code).toBe("SL3005");
    expect(error.message).toContain(problem);
    expect(error.message).toContain("DATABASE_URL");
    expect(`${error.message} ${error.hint} ${error.notes}`).not.toContain("geheim");
  });

  test("a piece of a password is not repeated as the name or value of a parameter", () => {
    for (const url of [
      "postgres://u:1/p?geheim=x@h/db",
      "postgres://h/db?sslmode=geheim",
      "host=h port=geheim",
    ]) {
      expect(`${failure(url).message} ${failure(url).hint}`).not.toContain("geheim");
    }
  });
});

describe("parameters", () => {
  test("a misspelt one is an error with the nearest right one", () => {
    const error = failure("postgres://h/db?sslmod=require");
    expect([error.code, error.exit, error.hint]).toEqual(["SL3006", 2, "did you mean 'sslmode'?"]);
    expect(error.message).toContain("'sslmod'");
    expect(failure("postgres://h/db?sslmode=requir").hint).toBe("did you mean sslmode=require?");
  });

  test("those of other programs are passed over with a warning", () => {
    const { warnings } = settings(
      "postgres://h/db?pgbouncer=true&connection_limit=1&schema=public&x-table=v",
    );
    expect(warnings.map((text) => /'(.*?)'/.exec(text)?.[1])).toEqual([
      "pgbouncer",
      "connection_limit",
      "x-table",
    ]);
  });

  test("a search path is not passed over, since the tables would be created elsewhere", () => {
    expect(settings("postgres://h/db?search_path=a,b").options).toBe("-c search_path=a,b");
    expect(settings("postgres://h/db?options=-c%20x%3D1&schema=my%20app").options).toBe(
      "-c search_path=my\\ app -c x=1",
    );
    expect(settings("postgres://h/db?schema=public").options).toBeUndefined();
  });

  test("what would weaken the connection is refused", () => {
    for (const query of ["require_auth=scram-sha-256", "requirepeer=postgres", "gssencmode=require"]) {
      expect(failure(`postgres://h/db?${query}`).code).toBe("SL3010");
    }
    expect(failure("postgres://h", { PGREQUIREAUTH: "md5" }).message).toContain("PGREQUIREAUTH");
  });

  test("numbers and lists are checked", () => {
    expect(settings("postgres://h/db?connect_timeout=3").connectTimeoutMs).toBe(3000);
    expect(settings("postgres://h/db?connect_timeout=0").connectTimeoutMs).toBe(0);
    expect(settings("postgres://h/db").connectTimeoutMs).toBe(10_000);
    for (const query of [
      "connect_timeout=soon",
      "port=0",
      "port=65536",
      "port=1,2",
      "hostaddr=1.2.3.4,1.2.3.5",
    ]) {
      expect(failure(`postgres://h/db?${query}`).code).toBe("SL3007");
    }
    expect(settings("postgres://h/db?target_session_attrs=read-write").targetSessionAttrs).toBe("read-write");
    expect(failure("postgres://h/db?target_session_attrs=readwrite").hint).toContain("read-write");
  });
});

describe("TLS", () => {
  test.each([
    ["postgres://h", {}, "prefer"],
    ["postgres://h", { PGSSLMODE: "require" }, "require"],
    ["postgres://h?sslmode=disable", { PGSSLMODE: "require" }, "disable"],
    ["postgres://h?ssl=true", {}, "require"],
    ["postgres://h", { PGREQUIRESSL: "1" }, "require"],
    ["postgres://h?sslrootcert=system", {}, "verify-full"],
  ] as const)("%s %p is %s", (url, env, mode) => expect(settings(url, env).sslmode).toBe(mode));

  test("verification without roots is an error, and ~/.postgresql is looked into", () => {
    expect(failure("postgres://h?sslmode=verify-full").code).toBe("SL3013");
    expect(settings("postgres:///d?host=/tmp&sslmode=verify-full").hosts[0]?.host).toBe("/tmp");
    expect(failure("postgres://h?sslmode=require&sslrootcert=system").code).toBe("SL3007");
    const HOME = tempDir({ ".postgresql/root.crt": "", ".postgresql/postgresql.crt": "" });
    const found = settings("postgres://h?sslmode=verify-full", { HOME });
    expect(found.sslrootcert).toBe(join(HOME, ".postgresql/root.crt"));
    expect(found.sslkey).toBe(join(HOME, ".postgresql/postgresql.key"));
    expect(settings("postgres://h?sslcertmode=disable", { HOME }).sslcert).toBeUndefined();
  });
});

describe("service file and environment", () => {
  const file = tempDir(
    { services: "# ours\n[one]\nhost=a\nport=1\n\n[two]\nhost = b\nuser=s\npassword=w\n" },
    "run",
  );
  const env = { PGSERVICEFILE: join(file, "services"), PGHOST: "c", PGDATABASE: "d" };

  test("the URL goes before the service, the service before PG*, PG* before the defaults", () => {
    expect(short(undefined, env)).toBe("pguser@c:5432/d");
    expect(short(undefined, { ...env, PGSERVICE: "two" })).toBe("s@b:5432/d w");
    expect(short("postgres://x@/?service=two", { ...env, PGSERVICE: "one" })).toBe("x@b:5432/d w");
    expect(short("postgres://h/e", { ...env, PGPASSWORD: "p", PGPORT: "6" })).toBe("pguser@h:6/e p");
    expect(settings(undefined, { ...env, PGSERVICE: "two" }).passwordSource).toContain("service 'two'");
  });

  test("an unknown service and a bad line are errors with their place", () => {
    expect(failure(undefined, { PGSERVICE: "none", PGSERVICEFILE: env.PGSERVICEFILE }).code).toBe("SL3008");
    const bad = join(tempDir({ s: "[one]\nhost=a\nsslmoed=require\n" }), "s");
    const error = failure(undefined, { PGSERVICE: "one", PGSERVICEFILE: bad });
    expect([error.code, error.place]).toEqual(["SL3009", { file: bad, line: 3 }]);
    expect(error.message).toContain("sslmode");
  });
});

describe("password file", () => {
  const query = { host: "h", port: 5432, database: "db", user: "u" };
  test.each([
    ["h:5432:db:u:pw", "pw"],
    ["# c\n\nx:5432:db:u:no\n*:*:*:*:pw\nh:5432:db:u:late", "pw"],
    ["h:5433:db:u:no", undefined],
    ["*:*:*:u:a\\:b\\\\c\r\n", "a:b\\c"],
    ["*:*:*:u:a:rest", "a"],
    ["*:*:*:u:", undefined],
    ["*:*:u:pw", undefined],
  ])("%j", (text, password) => expect(findPassword(text, query)).toBe(password));

  test("each host gets its own, a socket is localhost, and others may not read it", () => {
    const folder = tempDir({ ".pgpass": "a:*:*:*:one\nb:*:*:*:two\nlocalhost:*:*:*:three\n" });
    const passfile = join(folder, ".pgpass");
    chmodSync(passfile, 0o600);
    const of = (url: string, env: Environment) =>
      settings(url, env).hosts.map((host) => host.password?.reveal());
    expect(of("postgres://a,b,c/d", { HOME: folder })).toEqual(["one", "two", undefined]);
    expect(of("postgres:///d?host=/tmp", { PGPASSFILE: passfile })).toEqual(["three"]);
    expect(of("postgres://a,b/d", { PGPASSFILE: passfile, PGPASSWORD: "p" })).toEqual(["p", "p"]);
    chmodSync(passfile, 0o640);
    const open = settings("postgres://a/d", { HOME: folder });
    expect(open.passwordSource).toBeUndefined();
    expect(open.warnings.join()).toContain("0640");
  });

  test("a password is not printed by accident", () => {
    const all = settings("postgres://u:geheim@h?sslpassword=heimlich");
    for (const text of [JSON.stringify(all), inspect(all, { depth: 9 }), `${all.hosts[0]?.password}`]) {
      expect(text).toContain("[hidden]");
      expect(text).not.toMatch(/geheim|heimlich/);
    }
  });
});
