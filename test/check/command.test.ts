import { beforeAll, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { RULES } from "../../src/databases/postgres/accounts/rules.ts";
import { executable, repository } from "../support/executable.ts";
import { runSluice } from "../support/run.ts";
import { tempDir } from "../support/temp.ts";
import { type Shop, wellMade } from "./fixture.ts";

beforeAll(() => void executable(), 120_000);

function check(s: Shop, args: string[], cwd?: string) {
  const options = { executable: true, env: { SLUICE_URL: s.url("app") }, ...(cwd !== undefined && { cwd }) };
  return runSluice(["check", "--database", ...args], options);
}

test("without a question, or with two, it says what there is", async () => {
  for (const [args, given] of [
    [[], "nothing is named"],
    [["--database", "-"], "files and --database are two questions"],
    [["deploy.yaml", "--live"], "files and a namespace (--live) are two questions"],
    [["--database", "-n", "shop"], "a namespace (--live) and --database are two questions"],
    [["--database", "--helm-timeout", "5m"], "--helm-timeout is for manifests"],
    [["deploy.yaml", "--schema", "shop"], "--schema is for --database"],
  ] as const) {
    const { code, stderr } = await runSluice(["check", ...args], { executable: true });
    expect([code, stderr]).toEqual([2, expect.stringContaining("SL2070: check looks at manifests")]);
    expect(stderr).toContain(given);
    expect(stderr).toContain("--database");
  }
});

test("no findings: exit 0; findings: exit 1, by rule, with one script at the end", async () => {
  const s = await wellMade(18);
  const clean = await check(s, []);
  expect([clean.code, clean.stdout, clean.stderr]).toEqual([
    0,
    expect.stringMatching(
      /^note: schemas by the search_path of this connection: shop; .*\nnote: .*\n.*: no findings\n$/,
    ),
    "",
  ]);
  const app = s.sql("app");
  await s.query(`grant all on shop.orders to ${app}; set role ${s.sql("owner")}; create table shop.b (n int);
    revoke delete on shop.b from ${app}`);
  const { code, stdout } = await check(s, []);
  expect(code).toBe(1);
  const privileges = "TRUNCATE, TRIGGER, REFERENCES, MAINTAIN";
  // Where a line breaks depends on the length of the names.
  expect(
    stdout.replace(/\n {4}(?=TR)/g, " "),
  ).toStartWith(`SA010 The account has more than reading and writing rows on a table (1)
  table shop.orders
    ${await s.role("app")} may do more than read and write rows: ${app} has TRUNCATE, TRIGGER, REFERENCES, MAINTAIN
  docs: docs/rules/SA010.md

SA023 The account has only some of the rights on a table (1)
  table shop.b
    ${await s.role("app")} lacks DELETE
  docs: docs/rules/SA023.md

These statements settle it. Run them as a superuser, or as the owner as far as it may, then check again:

BEGIN;
SET LOCAL lock_timeout = '2s';
GRANT DELETE ON TABLE shop.b TO ${app};
REVOKE ${privileges} ON TABLE shop.orders FROM ${app};
COMMIT;
`);
  expect(stdout).toEndWith(": 2 findings\n");
  const json = JSON.parse((await check(s, ["-o", "json"])).stdout);
  expect(json).toMatchObject({
    kind: "CheckReport",
    account: await s.role("app"),
    connectedAs: await s.role("app"),
    schemas: ["shop"],
    migrators: [await s.role("owner")],
    findings: [
      { code: "SA010", rule: "destructive-privilege", object: "table shop.orders" },
      { code: "SA023", object: "table shop.b", statements: [`GRANT DELETE ON TABLE shop.b TO ${app}`] },
    ],
  });
});

test("--account, --migrator and --schema: who and where; names that there are not", async () => {
  const s = await wellMade(18, "login");
  const run = (...args: string[]) =>
    runSluice(["check", "--database", "-o", "json", ...args], {
      executable: true,
      env: { SLUICE_URL: s.url("login") },
    });
  const account = ["--account", await s.role("app")];
  const named = JSON.parse(
    (await run(...account, "--migrator", await s.role("login"), "--schema", "shop")).stdout,
  );
  expect(named).toMatchObject({
    account: await s.role("app"),
    connectedAs: await s.role("login"),
    migrators: [await s.role("login")],
    // The next tables of the one that is named count, whoever made those that are there.
    findings: [{ code: "SA025", object: `default privileges of ${s.sql("login")} in schema shop` }],
  });
  for (const [args, code] of [
    [["--account", "No one"], "SL2071"],
    [[...account, "--migrator", "No one"], "SL2071"],
    [[...account, "--schema", "Shop"], "SL2072"],
    [[...account, "--accept", "SA999"], "SL2073"],
    [[...account, "--accept", "shop.orders"], "SL2073"],
  ] as const) {
    const { code: exit, stdout } = await run(...args);
    expect([exit, JSON.parse(stdout).code]).toEqual([2, code]);
  }
});

test("--accept, as a flag and in sluice.yaml: taken out with its statements, and reported when nothing needs it", async () => {
  const s = await wellMade(18);
  const app = s.sql("app");
  await s.query(`set role ${s.sql("owner")}; create table shop.a (n int); create table shop.b (n int);
    revoke delete on shop.a from ${app}; revoke insert on shop.b from ${app}`);
  const one = await check(s, ["--accept", "SA023=shop.a"]);
  expect([one.code, one.stdout]).toEqual([1, expect.stringContaining(": 1 finding, 1 accepted\n")]);
  expect(one.stdout).not.toContain("shop.a");
  const cwd = tempDir({ "sluice.yaml": "accept: [SA023, SA010=shop.a]\n" });
  const all = await check(s, [], cwd);
  expect([all.code, all.stdout]).toEqual([0, expect.stringContaining(": no findings, 2 accepted\n")]);
  expect(all.stdout).toContain("note: --accept SA010=shop.a: there is no such finding any more");
});

test("the rules are filled in, each with a code of its own", () => {
  const texts = RULES.map(({ find, ...texts }) => texts);
  expect(new Set(texts.map(({ code }) => code)).size).toBe(RULES.length);
  expect(new Set(texts.map(({ name }) => name)).size).toBe(RULES.length);
  for (const rule of texts) {
    expect(rule.code).toMatch(/^SA0\d\d$/);
    expect(rule.name).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(rule.title).toMatch(/^[A-Z].*[^.]$/);
    for (const text of [rule.what, rule.why, rule.fix]) expect(text).toMatch(/^[A-Z`][\s\S]{8,}[.)`]$/);
    expect(rule.example).toMatch(/^(ALTER|GRANT|REVOKE) .*[^;]$/);
    const page = readFileSync(join(repository, `docs/rules/${rule.code}.md`), "utf8");
    expect(page).toStartWith(`# ${rule.code}: ${rule.title}\n`);
  }
});
