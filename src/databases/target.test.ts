import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { tempDir } from "../../test/support/temp.ts";
import { SluiceError } from "../errors.ts";
import { resolveUrl, type UrlInputs } from "./target.ts";

const url = (host: string) => `postgres://app@${host}/app`;

function failure(inputs: UrlInputs): SluiceError {
  try {
    resolveUrl(inputs);
  } catch (error) {
    if (error instanceof SluiceError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("where the URL is looked for", () => {
  const folder = tempDir({ sluice: `${url("file1")}\n`, database: `\uFEFF${url("file2")}\r\n\n` }, "run");
  const env = {
    SLUICE_URL: url("env1"),
    SLUICE_URL_FILE: join(folder, "sluice"),
    DATABASE_URL: url("env2"),
    DATABASE_URL_FILE: join(folder, "database"),
    PGHOST: "env3",
  };

  test("in this order, the first that is set and not empty", () => {
    const left: Record<string, string> = { ...env };
    const found: string[] = [];
    const look = (flag?: string, configUrl?: string) => {
      const source = resolveUrl({ flag, env: left, configUrl });
      found.push(`${source.origin} ${source.url}`);
    };
    look(url("flag"), url("yaml"));
    for (const name of Object.keys(env)) {
      look(undefined, url("yaml"));
      left[name] = "";
    }
    expect(found).toEqual([
      `--url ${url("flag")}`,
      `SLUICE_URL ${url("env1")}`,
      `SLUICE_URL_FILE ${url("file1")}`,
      `DATABASE_URL ${url("env2")}`,
      `DATABASE_URL_FILE ${url("file2")}`,
      `sluice.yaml ${url("yaml")}`,
    ]);
  });

  test("PG* come last, and one that says where is enough", () => {
    for (const name of ["PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE", "PGUSER", "PGSERVICE"]) {
      expect(resolveUrl({ env: { [name]: "x" } })).toEqual({ origin: "PG*", warnings: [] });
    }
  });

  test("nothing at all lists the ways, also where only a password is set", () => {
    const error = failure({ env: { PGPASSWORD: "geheim", SLUICE_URL: "" } });
    expect(error.code).toBe("SL3001");
    expect(error.exit).toBe(2);
    for (const way of ["--url", "SLUICE_URL", "DATABASE_URL_FILE", "sluice.yaml", "PGSERVICE"]) {
      expect(error.notes.join("\n")).toContain(way);
    }
  });

  test("a file that is missing, empty or a folder is named", () => {
    const broken = tempDir({ empty: "\n" });
    for (const file of [join(broken, "none"), join(broken, "empty"), broken]) {
      const error = failure({ env: { SLUICE_URL_FILE: file } });
      expect(error.code).toBe("SL3002");
      expect(error.message).toContain(file);
      expect(error.message).toContain("SLUICE_URL_FILE");
    }
  });

  test("an empty --url is not passed over", () => {
    expect(failure({ flag: "", env }).code).toBe("SL3004");
  });
});

describe("what is taken for a URL", () => {
  test.each([
    "postgres://h/d",
    "postgresql://h/d",
    "POSTGRES://h/d",
    "postgresql+psycopg2://h/d",
    "host=h dbname=d",
    "  postgres://h/d\n",
  ])("%s", (text) => {
    expect(resolveUrl({ env: { DATABASE_URL: text } }).url).toBe(text.trim());
  });

  test.each(["mysql", "mariadb", "sqlite", "sqlserver", "mongodb", "mysql+pymysql"])(
    "%s is for later",
    (scheme) => {
      const error = failure({ env: { DATABASE_URL: `${scheme}://root:geheim@h/d` } });
      expect(error.code).toBe("SL3003");
      expect(error.message).toContain(`'${scheme.replace(/\+.*/, "")}'`);
      expect(`${error.message} ${error.hint} ${error.notes}`).not.toContain("geheim");
    },
  );

  test.each([
    "geheim",
    "geheim:geheim@h/d",
    "postgres:geheim",
    "//u:geheim@h",
    "jdbc:postgresql://h/d?password=geheim",
  ])("%s is an error that does not repeat it", (text) => {
    const error = failure({ env: {}, configUrl: text });
    expect(error.code).toBe("SL3004");
    expect(`${error.message} ${error.hint} ${error.notes}`).not.toContain("geheim");
  });

  test("a password in --url is warned of, without it there is no warning", () => {
    for (const text of [
      "postgres://u:geheim@h/d",
      "postgres://h/d?password=geheim",
      "host=h password=geheim",
    ]) {
      const { warnings } = resolveUrl({ flag: text, env: {} });
      expect(warnings.join()).toContain("process list");
      expect(warnings.join()).not.toContain("geheim");
      expect(resolveUrl({ env: { SLUICE_URL: text } }).warnings).toEqual([]);
    }
    for (const text of ["postgres://u@h:5432/d", "postgres://h:5432/d", "postgres://u:@h/d", "host=h"]) {
      expect(resolveUrl({ flag: text, env: {} }).warnings).toEqual([]);
    }
  });
});
