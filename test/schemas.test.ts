import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv/dist/2020.js";
import { repository } from "./support/executable.ts";
import { failureOf } from "./support/failure.ts";
import { connect, testDatabase } from "./support/postgres.ts";
import { runSluice } from "./support/run.ts";
import { tempDir } from "./support/temp.ts";

setDefaultTimeout(60_000);

const folder = join(repository, "schemas");
const kinds = readdirSync(folder).map((name) => name.replace(/\.json$/, ""));
const ajv = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true });
const schemas = new Map(
  kinds.map((kind) => {
    const schema = JSON.parse(readFileSync(join(folder, `${kind}.json`), "utf8"));
    return [kind, { schema, validate: ajv.compile(schema) }];
  }),
);

/** Kinds of which this file has seen real output. */
const seen = new Set<string>();

/** Runs Sluice with `-o json`, validates what it prints by the schema of its kind, and returns it. */
async function document(kind: string, code: number, args: string[], url?: string) {
  const finished = await runSluice([...args, "-o", "json"], {
    env: url === undefined ? {} : { SLUICE_URL: url },
  });
  expect([finished.code, finished.code === code ? "" : finished.stderr]).toEqual([code, ""]);
  const json = JSON.parse(finished.stdout);
  expect([json.apiVersion, json.kind]).toEqual(["cli.sluice.dev/v1", kind]);
  const validate = schemas.get(kind)?.validate;
  expect(validate).toBeDefined();
  validate?.(json);
  expect(validate?.errors ?? []).toEqual([]);
  seen.add(kind);
  return json;
}

const FILES = {
  "1_a.sql": "create table a (id int);",
  "2_b.sql": "-- sluice: phase=contract\nalter table a add b int;\nselect 1",
  "3_c.sql": "create index concurrently i on a (id);",
};

let url: string;
beforeAll(async () => {
  url = (await testDatabase()).url;
});

describe("real output fits its schema", () => {
  test("Version, NewResult, InstallResult", async () => {
    await document("Version", 0, ["--version"]);
    await document("NewResult", 0, ["new", "a", "--phase", "contract"]);
    await document("InstallResult", 0, ["install", tempDir()]);
  });

  test("Plan, MigrateResult, Status and WaitResult, from an empty database to a complete one", async () => {
    const dir = ["--dir", tempDir(FILES)];
    expect((await document("Plan", 0, ["migrate", "--dry-run", ...dir], url)).migrations).toHaveLength(3);
    expect((await document("Status", 0, ["status", ...dir], url)).pending).toBe(3);
    expect((await document("MigrateResult", 0, ["migrate", ...dir], url)).applied).toHaveLength(3);
    await document("MigrateResult", 0, ["migrate", ...dir], url);
    await document("Plan", 0, ["migrate", "--dry-run", ...dir], url);
    await document("Status", 0, ["status", "--check", ...dir], url);
    await document("WaitResult", 0, ["wait", "schema", ...dir], url);
  });

  test("the same with everything odd: ahead, changed, failed, half-applied", async () => {
    const half = "-- sluice: transaction=off\ncreate table d ();\nselect nonsense;";
    const dir = ["--dir", tempDir({ "2_b.sql": FILES["2_b.sql"], "4_d.sql": half })];
    const error = await document("Error", 4, ["migrate", ...dir], url);
    expect(error).toMatchObject({
      migration: "4",
      line: 3,
      column: expect.any(Number),
      notes: expect.any(Array),
    });
    const changed = ["--dir", tempDir({ "1_a.sql": "select 2;", "4_d.sql": half, "5_e.sql": "select 1;" })];
    const status = await document("Status", 1, ["status", "--check", ...changed], url);
    const keys = new Set(status.migrations.flatMap(Object.keys));
    for (const key of ["ahead", "changed", "error", "statementsDone", "statementsTotal"])
      expect(keys).toContain(key);
    const plan = await document("Plan", 0, ["migrate", "--dry-run", ...dir], url);
    expect(plan.ahead).toEqual(["1", "3"]);
    await document("Error", 5, ["migrate", ...changed], url);
    await document("Error", 5, ["wait", "schema", "--fail-fast", ...changed], url);
    await document("Error", 124, ["wait", "schema", "--timeout", "200ms", ...dir], url);
  });

  test("Error, for each way to fail", async () => {
    const dir = ["--dir", tempDir(FILES)];
    await document("Error", 2, ["nonsense"]);
    await document("Error", 2, ["migrate", "--nonsense"]);
    await document("Error", 2, ["migrate", ...dir]);
    await document("Error", 2, ["status", "--dir", "/nowhere"], url);
    await document("Error", 2, ["wait", "schema", "--dir", tempDir()], url);
    await document("Error", 2, ["migrate", "--dir", tempDir({ "1_a.sql": "-- sluice: nonsense\n" })], url);
    await document("Error", 3, ["migrate", "--dir", tempDir({ "9_a.sql": "nonsense" })], url);
    await document("Error", 69, ["status", ...dir], "postgres://a@127.0.0.1:1/a");
    const fresh = await testDatabase();
    const locker = await connect(fresh.url);
    const key = `('x' || substr(encode(sha256('sluice:public.sluice_history'), 'hex'), 1, 16))::bit(64)::bigint`;
    await locker.query(`select pg_advisory_lock(${key})`);
    await document("Error", 75, ["migrate", "--lock-wait", "200ms", ...dir], fresh.url);
  });

  test("DownPlan, DownResult, BaselineResult and RepairResult, and the Status of a half-reverted file", async () => {
    const { url, query } = await testDatabase();
    const half = "-- sluice: transaction=off\nselect 1;\n-- sluice:down\nselect 1;\nselect nonsense;";
    const files = { "1_a.sql": "select 1;", "2_b.sql": "create table b ();\n-- sluice:down\ndrop table b;" };
    const dir = ["--dir", tempDir({ ...files, "3_c.sql": half })];
    await document("BaselineResult", 0, ["baseline", "1", ...dir], url);
    await document("BaselineResult", 0, ["baseline", "1", ...dir], url);
    await document("MigrateResult", 0, ["migrate", "--one-transaction", "--to", "2", ...dir], url);
    await document("MigrateResult", 0, ["migrate", ...dir], url);
    await document("DownPlan", 0, ["down", "--steps", "2", "--dry-run", ...dir], url);
    await document("Error", 4, ["down", "--to", "1", ...dir], url);
    const status = await document("Status", 0, ["status", ...dir], url);
    expect(status.migrations[2]).toMatchObject({ reverting: true, statementsDone: 1, statementsTotal: 2 });
    const older = ["--dir", tempDir({ "1_a.sql": files["1_a.sql"] })];
    await document("DownPlan", 0, ["down", "--to", "1", "--dry-run", ...older], url);
    await document("RepairResult", 0, ["repair", "applied", "3", "--yes", ...older], url);
    await document("RepairResult", 0, ["repair", "applied", "3", "--yes", ...dir], url);
    await document("RepairResult", 0, ["repair", "pending", "3", "--yes", ...dir], url);
    await document("DownResult", 0, ["down", "--to", "1", ...older], url);
    await document("RepairResult", 0, ["repair", "applied", "2", "--yes", ...dir], url);
    await document("Error", 2, ["repair", "pending", "2", ...dir], url);
    await query("create table t (a int); insert into t values (1), (1)");
    expect((await failureOf(query("create unique index concurrently t_a on t (a)"))).message).toContain(
      "unique",
    );
    await query("truncate t");
    await document("RepairResult", 0, ["repair", "index", "t_a", "--yes"], url);
  });

  test("InjectResult and EjectResult, with what is skipped, removed and warned of", async () => {
    const metadata = { name: "a", namespace: "shop" };
    const spec = { containers: [{ name: "a", image: "a:1" }] };
    const pod = { apiVersion: "v1", kind: "Pod", metadata, spec };
    const folder = tempDir({ "a.json": JSON.stringify(pod), "b.yaml": "kind: Job\nmetadata: {name: b}\n" });
    const result = await document("InjectResult", 0, ["inject", folder]);
    expect(result.objects).toMatchObject([
      {
        kind: "Pod",
        name: "a",
        namespace: "shop",
        action: "added",
        warnings: [expect.any(String), expect.any(String)],
      },
      { kind: "Job", name: "b", action: "skipped", reason: expect.any(String), warnings: [] },
    ]);
    expect(result.manifests).toContain("sluice-gate");
    expect((await document("InjectResult", 0, ["inject", "-w", folder])).manifests).toBeUndefined();
    const again = await document("InjectResult", 0, ["inject", folder, "--skip", "pod"]);
    expect(again.objects[0].action).toBe("removed");
    const ejected = await document("EjectResult", 0, ["eject", folder]);
    expect(ejected.objects.map(({ action }: { action: string }) => action)).toEqual(["removed", "none"]);
    await document("Error", 2, ["inject", "/nowhere"]);
  });

  test("CheckReport", async () => {
    const { url, server, name, query } = await testDatabase();
    await query(
      `create role ${name} login password 'secret'; create table t (n int); grant truncate on t to ${name}`,
    );
    const app = server.url(name, name, "secret");
    expect((await document("CheckReport", 1, ["check", "--database"], app)).findings.length).toBeGreaterThan(
      2,
    );
    const accept = ["SA010", "SA022", "SA023", "SA025", "SA099"].flatMap((code) => ["--accept", code]);
    await document("Error", 2, ["check", "--database", ...accept], app);
    await document("Error", 2, ["check"], app);
    await query("revoke select on pg_default_acl from public");
    const report = await document("CheckReport", 1, ["check", "--database", ...accept.slice(0, 2)], app);
    expect([report.accepted.length, report.unchecked.length]).toEqual([1, 2]);
    await document("CheckReport", 1, ["check", "--database", "--account", "postgres"], url);
    await query(`drop owned by ${name}; drop role ${name}`);
    const examples = join(repository, "src/manifests/rules");
    const [bad, ignored] = ["recreate-behind-gate.bad.yaml", "bad-ignore.good.yaml"];
    const manifests = await document("CheckReport", 1, [
      "check",
      join(examples, bad),
      join(examples, ignored),
    ]);
    expect([manifests.findings.length, manifests.ignored.length]).toEqual([1, 1]);
    await document("CheckReport", 0, ["check", join(examples, bad), "--accept", "SM001"]);
    await document("Error", 2, ["check", "/nowhere.yaml"]);
  });

  test("DemoResult", async () => {
    const { releases } = await document("DemoResult", 0, ["demo"]);
    expect(releases.length).toBeGreaterThan(1);
  }, 90_000);

  test("RunResult", async () => {
    await document("RunResult", 0, ["run", "--id", "release-1", "true"], url);
    await document("RunResult", 0, ["run", "--id", "release-1", "true"], url);
    await document("RunResult", 0, ["run", "--no-record", "true"], url);
  });

  test("and every schema has been tried", () => {
    expect([...seen].sort()).toEqual([...kinds].sort());
  });
});

test("every kind that the code can print has a schema", () => {
  const source = join(repository, "src");
  const printed = new Set(["Error"]);
  for (const entry of readdirSync(source, { recursive: true, withFileTypes: true })) {
    if (
      !entry.isFile() ||
      !entry.name.endsWith(".ts") ||
      /\.test\.ts$|testing/.test(join(entry.parentPath, entry.name))
    )
      continue;
    const text = readFileSync(join(entry.parentPath, entry.name), "utf8");
    for (const [, kind] of text.matchAll(/reporter\.result\(\s*"(\w+)"/g)) printed.add(kind as string);
    // A kind that is no literal would be missed.
    expect(text.match(/reporter\.result\(/g)?.length ?? 0).toBe(
      text.match(/reporter\.result\(\s*"/g)?.length ?? 0,
    );
  }
  expect([...printed].sort()).toEqual([...kinds].sort());
});

test.each(kinds)("the schema %s is closed, of the right kind, and refuses another document", (kind) => {
  const { schema, validate } = schemas.get(kind) as NonNullable<ReturnType<typeof schemas.get>>;
  expect(schema.$schema).toBe("https://json-schema.org/draft/2020-12/schema");
  expect(schema.properties.kind).toEqual({ const: kind });
  expect(validate({ apiVersion: "cli.sluice.dev/v1", kind })).toBe(false);
  expect(openObjects(schema)).toEqual([]);
});

/** Paths of the object schemas that let unknown properties through. */
function openObjects(schema: unknown, path = "$"): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  const open = "properties" in schema && (schema as Record<string, unknown>).additionalProperties !== false;
  const inner = Object.entries(schema).flatMap(([key, value]) => openObjects(value, `${path}.${key}`));
  return open && path.split(".").at(-1) !== "properties" ? [path, ...inner] : inner;
}
