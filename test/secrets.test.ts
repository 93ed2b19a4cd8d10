import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, existsSync, readFileSync } from "node:fs";
import { run } from "../src/cli/run.ts";
import { commands } from "../src/commands/index.ts";
import { describeEachMajor, majors, query, type TestDatabase, testDatabase } from "./support/postgres.ts";
import { runSluice, startSluice } from "./support/run.ts";
import { tempDir } from "./support/temp.ts";

setDefaultTimeout(60_000);

/** Two unusual passwords: one that may stand in a URL as it is, and one that may not. */
const PLAIN = "Zx9-Plainword_77";
const ODD = "Qw!%41:Od/d@p#w?ö &x=";

/** Every spelling in which a password could come out. */
function spellings(password: string): string[] {
  const encoded = encodeURIComponent(password);
  const json = JSON.stringify(password).slice(1, -1);
  const base64 = Buffer.from(password).toString("base64").replace(/=+$/, "");
  return [...new Set([password, encoded, encoded.toLowerCase(), json, encodeURI(password), base64])];
}

const ALL = [...spellings(PLAIN), ...spellings(ODD)];

function expectNoSecret(where: string, text: string): void {
  const found = ALL.filter((secret) => text.includes(secret));
  expect([where, found.length === 0 ? "" : text]).toEqual([where, ""]);
}

interface Case {
  args: string[];
  env?: Record<string, string>;
  files?: Record<string, string>;
  /** Exit status. */
  code: number;
  /** In this process: there are many, and nothing of a process matters to them. */
  inProcess?: boolean;
}

type Output = { code: number | null; stdout: string; stderr: string };

async function runHere(args: string[], cwd: string, env: Record<string, string>): Promise<Output> {
  const before = process.cwd();
  const output = { stdout: "", stderr: "" };
  const collect = (name: "stdout" | "stderr") => ({
    write(text: string) {
      output[name] += text;
    },
  });
  process.chdir(cwd);
  try {
    const code = await run(args, { env, stdout: collect("stdout"), stderr: collect("stderr"), commands });
    return { code, ...output };
  } finally {
    process.chdir(before);
  }
}

/** Runs one command line with all that it could write to, and searches all of it. Returns what it wrote. */
async function search({ args, env = {}, files = {}, code, inProcess }: Case): Promise<string> {
  const cwd = tempDir({ "termination.log": "", ...files });
  for (const name of Object.keys(files)) if (name.startsWith(".")) chmodSync(`${cwd}/${name}`, 0o600);
  const variables = { SLUICE_TERMINATION_LOG: `${cwd}/termination.log`, HOME: cwd, ...env };
  const finished: Output = inProcess
    ? await runHere(args, cwd, variables)
    : await runSluice(args, { cwd, env: variables });
  const termination = existsSync(`${cwd}/termination.log`)
    ? readFileSync(`${cwd}/termination.log`, "utf8")
    : "";
  const what = args.join(" ");
  expect([what, finished.code, finished.code === code ? "" : finished.stderr]).toEqual([what, code, ""]);
  expectNoSecret(`${what}: standard output`, finished.stdout);
  expectNoSecret(`${what}: standard error`, finished.stderr);
  expectNoSecret(`${what}: termination message`, termination);
  return finished.stdout + finished.stderr;
}

let roles = 0;

/** A database owned by a role of its own with the password. */
async function owned(
  major: number,
  password: string,
): Promise<{ db: TestDatabase; role: string; url: string }> {
  const db = await testDatabase(major);
  const role = `secretive_${process.pid}_${++roles}`;
  await db.query(
    `create role ${role} login password '${password}'; alter database ${db.name} owner to ${role}`,
  );
  await db.query(`grant all on schema public to ${role}`);
  return { db, role, url: db.server.url(db.name, role, password) };
}

const GOOD = { "migrations/1_a.sql": "create table a (id int);" };
const BAD = { "migrations/1_a.sql": "create table a (\n  id nonsense\n);" };
const FORMS = [[], ["-v"], ["-v", "-o", "json", "--log-format", "json"]];

describeEachMajor("no password in any output", (major) => {
  test.each([
    ["plain", PLAIN],
    ["odd", ODD],
  ])("of the commands, with a password that is %s", async (_, password) => {
    const { db, url } = await owned(major, password);
    const env = { SLUICE_URL: url };
    for (const form of major === majors.at(-1) ? FORMS : FORMS.slice(-1)) {
      await db.query("drop table if exists a, sluice_history");
      await search({ args: ["new", "x", ...form], env, code: 0 });
      await search({ args: ["migrate", "--dry-run", ...form], env, files: GOOD, code: 0 });
      await search({ args: ["status", "--check", ...form], env, files: GOOD, code: 1 });
      await search({ args: ["migrate", ...form], env, files: BAD, code: 3 });
      expectNoSecret("history", JSON.stringify(await db.query("select * from sluice_history")));
      await search({ args: ["wait", "schema", "--fail-fast", ...form], env, files: BAD, code: 3 });
      await search({ args: ["wait", "schema", "--timeout", "100ms", ...form], env, files: BAD, code: 124 });
      await search({ args: ["status", ...form], env, files: BAD, code: 0 });
      await search({ args: ["migrate", ...form], env, files: GOOD, code: 0 });
      await search({ args: ["migrate", ...form], env, files: GOOD, code: 0 });
      await search({ args: ["wait", "schema", ...form], env, files: GOOD, code: 0 });
      expectNoSecret("history", JSON.stringify(await db.query("select * from sluice_history")));
    }
  });

  test.each([
    ["plain", PLAIN],
    ["odd", ODD],
  ])("from each place where it can stand, when it is wrong, %s", async (_, password) => {
    const { db, role } = await owned(major, "another");
    const url = db.server.url(db.name, role, password);
    const { port } = db.server;
    const parts = { PGHOST: "127.0.0.1", PGPORT: String(port), PGUSER: role, PGDATABASE: db.name };
    const pgpass = `127.0.0.1:${port}:*:${role}:${password.replace(/[\\:]/g, "\\$&")}\n`;
    const service = `[s]\nhost=127.0.0.1\nport=${port}\nuser=${role}\ndbname=${db.name}\npassword=${password}\n`;
    const keywords = `host=127.0.0.1 port=${port} user=${role} dbname=${db.name} password='${password}'`;
    const places: [Record<string, string>, Record<string, string>, string[]?][] = [
      [{ SLUICE_URL: url }, {}],
      [{ DATABASE_URL: url }, {}],
      [{ SLUICE_URL: keywords }, {}],
      [{ SLUICE_URL_FILE: "secret" }, { secret: `${url}\n` }],
      [{}, { "sluice.yaml": `url: ${JSON.stringify(url)}\n` }],
      [{}, { "prod.env": `SLUICE_URL='${url}'\n` }, ["--env-file", "prod.env"]],
      [{ ...parts, PGPASSWORD: password }, {}],
      [parts, { ".pgpass": pgpass }],
      [{ PGSERVICE: "s" }, { ".pg_service.conf": service }],
      [{}, {}, ["--url", url]],
      [
        {
          SLUICE_URL: `postgres://${role}@127.0.0.1:${port}/${db.name}?password=${encodeURIComponent(password)}`,
        },
        {},
      ],
    ];
    for (const [index, [env, files, more = []]] of places.entries()) {
      const form = FORMS[index % FORMS.length] as string[];
      const said = await search({
        args: ["migrate", ...more, ...form],
        env,
        files: { ...GOOD, ...files },
        code: 2,
      });
      expect([index, said]).toEqual([index, expect.stringContaining("SL3030")]);
    }
    const gate = ["wait", "schema", "--timeout", "300ms"];
    await search({ args: gate, env: { SLUICE_URL: url }, files: GOOD, code: 124 });
  });

  test("of the server's list of sessions, nor in the command lines of children", async () => {
    const { db, url } = await owned(major, PLAIN);
    const cwd = tempDir({ "migrations/1_a.sql": "select pg_sleep(60);" });
    const options = { cwd, env: { SLUICE_URL: url } };
    const runner = await startSluice(["migrate", "--grace", "0"], options);
    const gate = await startSluice(["wait", "schema"], options);
    await gate.waitForOutput(/waiting for schema/);
    const sessions =
      "select application_name, query from pg_stat_activity where application_name like 'sluice:%' and datname = $1";
    while ((await query(db.server.url(), sessions, [db.name])).length < 2) await Bun.sleep(20);
    expectNoSecret(
      "sessions",
      JSON.stringify(await query(db.server.url(), "select * from pg_stat_activity")),
    );
    for (const pid of [runner.pid, gate.pid]) {
      for (const one of [pid, ...childrenOf(pid)])
        expectNoSecret("process list", readFileSync(`/proc/${one}/cmdline`, "utf8"));
    }
    runner.kill();
    gate.kill();
    const ended = [await runner.done, await gate.done];
    for (const { stdout, stderr } of ended) expectNoSecret("output", stdout + stderr);
  });
});

function childrenOf(pid: number): number[] {
  const path = `/proc/${pid}/task/${pid}/children`;
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  return text.split(" ").filter(Boolean).map(Number);
}

/** URLs that cannot be used, with the passwords in them as a careless user would write them. */
const BROKEN: [string, number][] = [
  [`postgres://u:${PLAIN}@127.0.0.1:1/db`, 69],
  [`postgres://u:${PLAIN}@no-such-host.invalid/db`, 69],
  [`postgres://u:${PLAIN}@127.0.0.1:port/db`, 2],
  [`postgres://u:${PLAIN}@127.0.0.1:99999/db`, 2],
  [`postgres://u:${PLAIN}%zz@h/db`, 2],
  [`postgres://u:${PLAIN}%ff@h/db`, 2],
  [`postgres://u:${PLAIN}@h/db?no_such=1`, 2],
  [`postgres://u:${PLAIN}@h/db?sslmode=no_such`, 2],
  [`postgres://u:${PLAIN}@h/db?password`, 2],
  [`postgres://u:a/b${PLAIN}@h/db`, 2],
  [`postgres://u:${PLAIN}/b@h/db`, 2],
  [`postgres://u:a@${PLAIN}@h/db`, 2],
  [`postgres://u:a?${PLAIN}=1@127.0.0.1:1/db`, 69],
  [`postgres://u:a?b&${PLAIN}@127.0.0.1:1/db`, 69],
  [`postgres://u:a#${PLAIN}@127.0.0.1:1/db`, 69],
  [`postgres://u:${ODD}@h/db`, 2],
  [`postgres//u:${PLAIN}@h/db`, 2],
  [`postgres:u:${PLAIN}@h/db`, 2],
  [`mysql://u:${PLAIN}@h/db`, 2],
  [`jdbc:postgresql://h/db?user=u&password=${PLAIN}`, 2],
  [`https://u:${PLAIN}@h/db`, 2],
  [`host=h password=${PLAIN} no_such=1`, 2],
  [`host=h password='${PLAIN}`, 2],
  [`host=h password = ${PLAIN} x`, 2],
  [PLAIN, 2],
];

describe("no password in the complaint about a broken address", () => {
  test.each(BROKEN)("%s", async (url, code) => {
    const sources: Omit<Case, "code">[] = [
      { args: ["migrate", "-v"], env: { SLUICE_URL: url } },
      { args: ["migrate", "-o", "json", "--log-format", "json"], env: { DATABASE_URL: url } },
      { args: ["status"], files: { "sluice.yaml": `url: ${JSON.stringify(url)}\n` } },
      { args: ["migrate", "-v", "--url", url] },
    ];
    for (const source of sources)
      await search({ ...source, files: { ...GOOD, ...source.files }, code, inProcess: true });
    // A gate stays closed on what may pass, and ends on what is wrong usage.
    const gate = { args: ["wait", "schema", "--timeout", "100ms"], env: { SLUICE_URL: url } };
    await search({ ...gate, files: GOOD, code: code === 69 ? 124 : 2, inProcess: true });
  });
});

const URL = `postgres://u:${PLAIN}@h/db`;

test.each<[string, Omit<Case, "code">]>([
  ["as an argument", { args: ["migrate", URL] }],
  ["as the command", { args: [URL] }],
  ["behind a misspelt flag", { args: ["migrate", "--ulr", URL] }],
  ["in a misspelt flag", { args: ["migrate", `--ulr=${URL}`] }],
  ["in a flag that takes none", { args: ["migrate", `--dry-run=${URL}`] }],
  ["in another flag", { args: ["migrate", "--lock-wait", URL] }],
  ["as a version", { args: ["migrate", "--to", URL], env: { SLUICE_URL: "postgres://a@h/db" } }],
  ["as a folder", { args: ["migrate", "--dir", URL], env: { SLUICE_URL: "postgres://a@h/db" } }],
  ["as a target", { args: ["wait", URL] }],
  ["as the configuration file", { args: ["migrate", "--config", URL] }],
  ["as the environment file", { args: ["migrate", "--env-file", URL] }],
  ["as the name of a file with the URL", { args: ["migrate"], env: { SLUICE_URL_FILE: URL } }],
  ["in a key of the configuration", { args: ["migrate"], files: { "sluice.yaml": `${URL}\n` } }],
  ["under a wrong key", { args: ["migrate"], files: { "sluice.yaml": `urll: ${URL}\n` } }],
  ["as a list", { args: ["migrate"], files: { "sluice.yaml": `url: [a, "${URL}"]\n` } }],
  ["as a mapping", { args: ["migrate"], files: { "sluice.yaml": `url: {a: "${URL}"}\n` } }],
  ["in broken YAML", { args: ["migrate"], files: { "sluice.yaml": `url: "${URL}\n` } }],
  ["in YAML without quotes", { args: ["migrate"], files: { "sluice.yaml": `url: 'x' ${URL}\n` } }],
  [
    "in a broken environment file",
    { args: ["migrate", "--env-file", "e"], files: { e: `SLUICE_URL ${URL}\n` } },
  ],
  ["as a name", { args: ["new", URL] }],
  ["as a role", { args: ["migrate", "--phase", URL] }],
])("no password in the complaint about a URL %s", async (_, given) => {
  await search({ ...given, files: { ...GOOD, ...given.files }, code: 2, inProcess: true });
  const json = { ...given, args: [...given.args, "-o", "json", "--log-format", "json"] };
  await search({ ...json, files: { ...GOOD, ...given.files }, code: 2, inProcess: true });
});

test("a password in --url works, with a warning", async () => {
  const { url } = await owned(18, ODD);
  const said = await search({ args: ["migrate", "--url", url], files: GOOD, code: 0 });
  expect(said).toMatch(/warning: the password in --url stands in the process list/);
});
