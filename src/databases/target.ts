import { readFileSync } from "node:fs";
import { SluiceError } from "../errors.ts";

export type Environment = Record<string, string | undefined>;

/** Where the description of the database was found, as messages name it. */
export type Origin =
  | "--url"
  | "the option url"
  | "SLUICE_URL"
  | "SLUICE_URL_FILE"
  | "DATABASE_URL"
  | "DATABASE_URL_FILE"
  | "sluice.yaml"
  | "PG*";

export interface ResolvedSource {
  /** A PostgreSQL URL or a libpq keyword string; absent where the PG* variables say everything. */
  url?: string;
  origin: Origin;
  /** The file that SLUICE_URL_FILE or DATABASE_URL_FILE named. */
  file?: string;
  warnings: string[];
}

export interface UrlInputs {
  /** Value of --url. */
  flag?: string | undefined;
  /** `url` in a call of the library. */
  option?: string | undefined;
  env: Environment;
  /** `url` in sluice.yaml. */
  configUrl?: string | undefined;
}

/** Any one of these alone says which database is meant. PGPASSWORD or PGSSLMODE do not: they only say how. */
const DESCRIBING_VARIABLES = ["PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE", "PGUSER", "PGSERVICE"];

const OTHER_DATABASES = new Set([
  ...["mysql", "mysql2", "mysqlx", "mariadb", "sqlite", "sqlite3", "libsql", "sqlserver", "mssql"],
  ...["oracle", "cockroach", "cockroachdb", "crdb-postgres", "redshift", "clickhouse", "snowflake"],
  ...["spanner", "bigquery", "cassandra", "mongodb", "db2", "firebird", "trino", "duckdb", "ydb", "vertica"],
]);

/**
 * Finds where the database is: --url, SLUICE_URL, SLUICE_URL_FILE, DATABASE_URL, DATABASE_URL_FILE, `url` of
 * sluice.yaml, PG*, in this order. An empty variable counts as not set; an empty --url is an error, for it stands for
 * a shell variable that was not set, and the next source might be another database.
 *
 * @returns the value and where it came from; for PG* no value.
 * @throws SluiceError SL3001 (nothing given), SL3002 (a *_FILE cannot be used), SL3003 (another kind of database),
 * SL3004 (not a database URL). None of them repeats the value, which may hold a password.
 */
export function resolveUrl(inputs: UrlInputs): ResolvedSource {
  const { flag, option, env, configUrl } = inputs;
  if (option !== undefined) return accept({ url: option, origin: "the option url", warnings: [] });
  if (flag !== undefined) {
    const warnings = holdsPassword(flag)
      ? [
          "the password in --url stands in the process list, where every user of this machine can read it; " +
            "SLUICE_URL or SLUICE_URL_FILE keeps it out of there",
        ]
      : [];
    return accept({ url: flag, origin: "--url", warnings });
  }
  for (const name of ["SLUICE_URL", "DATABASE_URL"] as const) {
    const url = env[name];
    if (url) return accept({ url, origin: name, warnings: [] });
    const file = env[`${name}_FILE`];
    if (file) return accept(readUrlFile(`${name}_FILE`, file));
  }
  if (configUrl) return accept({ url: configUrl, origin: "sluice.yaml", warnings: [] });
  if (DESCRIBING_VARIABLES.some((name) => env[name])) return { origin: "PG*", warnings: [] };
  throw new SluiceError("SL3001", {
    notes: [
      "--url postgres://USER@HOST:PORT/DATABASE",
      "SLUICE_URL, or DATABASE_URL: the URL in an environment variable",
      "SLUICE_URL_FILE, or DATABASE_URL_FILE: the path of a file that holds the URL (a mounted Secret)",
      "`url:` in sluice.yaml",
      "PGHOST, PGPORT, PGDATABASE, PGUSER, PGPASSWORD or PGSERVICE, as for psql",
    ],
  });
}

function readUrlFile(variable: "SLUICE_URL_FILE" | "DATABASE_URL_FILE", file: string): ResolvedSource {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? "unreadable";
    throw new SluiceError("SL3002", { params: { variable, file, reason }, cause });
  }
  const url = text.replace(/^\uFEFF/, "").replace(/[\r\n]+$/, "");
  if (url.trim() === "")
    throw new SluiceError("SL3002", { params: { variable, file, reason: "it is empty" } });
  return { url, origin: variable, file, warnings: [] };
}

/** Lets PostgreSQL through, and says what is wrong with everything else without repeating it. */
function accept(source: ResolvedSource): ResolvedSource {
  const url = (source.url ?? "").trim();
  const { origin } = source;
  if (isPostgresUrl(url) || isKeywordString(url)) return { ...source, url };
  const scheme = /^([a-z][a-z0-9]*(?:-[a-z]+)?)(?:\+[a-z0-9]+)?:/i.exec(url)?.[1]?.toLowerCase();
  if (scheme !== undefined && OTHER_DATABASES.has(scheme)) {
    throw new SluiceError("SL3003", { params: { origin, scheme } });
  }
  if (/^jdbc:/i.test(url)) {
    throw new SluiceError("SL3004", {
      params: { origin },
      hint: "a JDBC URL is not read: drop `jdbc:` and write postgres://USER:PASSWORD@HOST:PORT/DATABASE",
    });
  }
  throw new SluiceError("SL3004", { params: { origin } });
}

/** `postgresql+psycopg://` and the like are what SQLAlchemy calls a URL; the driver's name is passed over. */
export function isPostgresUrl(text: string): boolean {
  return /^postgres(ql)?(\+[a-z0-9_]+)?:\/\//i.test(text);
}

/** libpq's other form: `host=db.example dbname=app`. */
export function isKeywordString(text: string): boolean {
  return /^[a-z_]+\s*=/i.test(text);
}

function holdsPassword(url: string): boolean {
  return /:\/\/[^@/]*:[^@/]+@/.test(url) || /(^|[?&\s])(ssl)?password\s*=\s*[^&\s]/i.test(url);
}
