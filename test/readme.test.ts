import { beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { commands } from "../src/commands/index.ts";
import { exitMeanings } from "../src/report/exits.ts";
import { blocksOf } from "./support/blocks.ts";
import { executable, repository } from "./support/executable.ts";
import { failureOf } from "./support/failure.ts";
import { describeEachMajor, query, type TestDatabase, testDatabase } from "./support/postgres.ts";
import { runSluice, startProgram } from "./support/run.ts";
import { tempDir } from "./support/temp.ts";

const page = (name: string): string => readFileSync(join(repository, name), "utf8");

/** Output with what differs from run to run replaced; versions by their order of appearance. */
function normalise(output: string): string {
  const versions = [...new Set(output.match(/(?<!\d)20\d{12}(?!\d)/g))];
  return output
    .replace(/(?<!\d)20\d{12}(?!\d)/g, (version) => `<version ${versions.indexOf(version) + 1}>`)
    .replace(/[\w.-]+@[\w.-]+:\d+\/\w+/g, "<database>")
    .replace(/\b(in|after) \d+(\.\d+)?(ms|s)\b/g, "$1 <time>")
    .replace(/[ \t]+$/gm, "")
    .trim();
}

/** A database as another tool leaves it: an owner that is no superuser, and tables with data. */
async function foreignDatabase(
  major: number,
): Promise<{ db: TestDatabase; owner: string; app: string; url: string }> {
  const db = await testDatabase(major);
  const [owner, app] = [`shop_${db.name}`, `shop_app_${db.name}`];
  await db.query(`create role ${owner} login password 'secret'; create role ${app} login password 'secret';
    alter database ${db.name} owner to ${owner}; grant create on schema public to ${owner}`);
  const url = db.server.url(db.name, owner, "secret");
  await query(url, "create table orders (id int primary key); insert into orders values (1), (2)");
  return { db, owner, app, url };
}

describeEachMajor("the README", (major) => {
  const blocks = blocksOf("README.md");
  beforeAll(() => void executable(), 120_000);

  test("quick start: does and prints what it says", async () => {
    const { url } = await foreignDatabase(major);
    const folder = tempDir();
    mkdirSync(join(folder, "dist"));
    copyFileSync(executable(), join(folder, "dist", "sluice"));
    chmodSync(join(folder, "dist", "sluice"), 0o755);
    const end = "-- end of the block --";
    const steps = blocks.filter(({ words }) => words.has("test"));
    const script = steps.map(({ text }) => `${text}echo '${end}'\n`).join("");
    const running = await startProgram("bash", ["-e", "-c", `exec 2>&1\n${script}`], {
      cwd: folder,
      env: { SLUICE_URL: url },
    });
    const { code, stdout } = await running.done;
    const shown = steps.map((step) => {
      const next = blocks[blocks.indexOf(step) + 1];
      return next?.language === "text" && next.follows ? normalise(next.text) : "";
    });
    expect(shown.filter((text) => text !== "")).toHaveLength(2);
    expect(stdout.split(`${end}\n`).slice(0, -1).map(normalise)).toEqual(shown);
    expect(code).toBe(0);
    const tables = await query(
      url,
      "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1",
    );
    expect(tables.map(({ relname }) => relname)).toEqual(["category", "orders", "sluice_history"]);
    expect(
      await query(url, "select indisvalid from pg_index where indexrelid = 'category_name'::regclass"),
    ).toEqual([{ indisvalid: true }]);
    expect(await query(url, "select id from orders order by id")).toEqual([{ id: 1 }, { id: 2 }]);
  }, 60_000);

  test("deployment: the Job's account migrates, the application's may wait and no more", async () => {
    const { db, app, url } = await foreignDatabase(major);
    const [migrate, wait] = ["migrate.yaml", "api.yaml"].map((name) => commandOf(name, app));
    const cwd = tempDir({
      "migrations/1_a.sql": "create table a (n int);",
      "migrations/2_b.sql": "-- sluice: phase=contract\ndrop table a;",
    });
    const asOwner = { cwd, executable: true, env: { SLUICE_URL: url } };
    const appUrl = db.server.url(db.name, app, "secret");
    const asApp = { cwd, executable: true, env: { SLUICE_URL: appUrl } };
    const early = await runSluice([...(wait as string[]), "--timeout", "200ms"], asApp);
    expect(early.code).toBe(124);
    expect(await runSluice(migrate as string[], asOwner)).toMatchObject({ code: 0 });
    expect(await runSluice(wait as string[], asApp)).toMatchObject({ code: 0 });
    expect(await query(appUrl, "select id from public.sluice_history")).toEqual([{ id: "1" }]);
    for (const refused of [
      "select down from public.sluice_history",
      "delete from public.sluice_history",
      "select * from a",
    ])
      expect((await failureOf(query(appUrl, refused))).message).toContain("permission denied");
  }, 60_000);
});

/** What Sluice is given by a file of examples/kubectl, for an application's role, with the folder of the files in the working directory. */
function commandOf(name: string, role: string): string[] {
  const documents = parseAllDocuments(page(join("examples", "kubectl", name))).map((one) => one.toJS());
  const pods = documents.flatMap((document) => document?.spec?.template?.spec ?? []);
  const containers = pods.flatMap((pod) => [...(pod.initContainers ?? []), ...pod.containers]);
  const { args } = containers.find(({ command }) => command?.[0] === "/usr/local/bin/sluice");
  return args.map((arg: string) => ({ blog_app: role, "/migrations": "migrations" })[arg] ?? arg);
}

describe("the pages", () => {
  test("name only scripts and commands that exist", () => {
    const { scripts } = JSON.parse(page("package.json")) as { scripts: Record<string, string> };
    const documents = ["README.md", "CONTRIBUTING.md", "docs/concepts/gate.md", "docs/concepts/phases.md"]
      .concat([
        "docs/concepts/history.md",
        "docs/reference/migration-files.md",
        "docs/reference/exit-codes.md",
      ])
      .map((name) => ({ name, text: page(name) }));
    for (const { name, text } of documents) {
      const npm = [...text.matchAll(/npm run ([\w:-]+)/g)].map((match) => match[1] ?? "");
      const sluice = [...text.matchAll(/(?:`|dist\/)sluice ([a-z]+)/g)].map((match) => match[1] ?? "");
      expect({ name, unknown: npm.filter((script) => !(script in scripts)) }).toEqual({ name, unknown: [] });
      expect({ name, unknown: sluice.filter((word) => !(word in commands)) }).toEqual({ name, unknown: [] });
    }
  });

  test("list every exit status, and a Job's policy the ones that trying again cannot help", () => {
    const all = Object.keys(exitMeanings).map(Number);
    for (const name of ["README.md", "docs/reference/exit-codes.md"]) {
      const rows = [...page(name).matchAll(/^\| ([\d, ]+) \|/gm)];
      expect(rows.flatMap((row) => (row[1] ?? "").split(",").map(Number))).toEqual(all);
    }
    for (const name of ["examples/kubectl/migrate.yaml", "docs/reference/exit-codes.md"])
      expect(page(name)).toContain("operator: In, values: [2, 3, 4, 5] }");
  });

  test.each(["README.md", "ARCHITECTURE.md"])("%s links to tests by their names", (name) => {
    const links = [...page(name).matchAll(/\[([^\]]+)\]\(([^)]+\.test\.ts)\)/g)];
    expect(links.length).toBeGreaterThan(5);
    for (const [, title = "", path = ""] of links) {
      const found = page(path).includes(`"${title}"`);
      expect({ path, title, found }).toEqual({ path, title, found: true });
    }
  });
});
