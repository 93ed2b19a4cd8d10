import { beforeAll, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { migrateReaders } from "../../src/library/migrate-readers.ts";
import { repository } from "../support/executable.ts";
import { testDatabase } from "../support/postgres.ts";
import { startProgram } from "../support/run.ts";
import { writeFiles } from "../support/temp.ts";
import { application } from "./fixture.ts";

beforeAll(async () => void (await application()), 180_000);

const page = (name: string): string => readFileSync(join(repository, name), "utf8");
const blocks = (name: string): string[] =>
  [...page(name).matchAll(/^```js\n([\s\S]*?)^```$/gm)].map(([, text]) => text ?? "");

test.each(["README.md", "docs/guides/library.md"])(
  "%s: the application starts as it says",
  async (name) => {
    const [code = ""] = blocks(name);
    expect(code.trim().split("\n").length).toBeLessThanOrEqual(11);
    const db = await testDatabase();
    const { folder } = await application();
    const place = `shop-${name.length}`;
    writeFiles(folder, {
      [`${place}/app.js`]: `const server = { listen: (port) => console.log("listening on", port) };\n${code}`,
      [`${place}/migrations/1_orders.sql`]: "create table orders (n int);",
      [`${place}/migrations/2_drop.sql`]: "-- sluice: phase=contract\ndrop table orders;",
    });
    const env = { DATABASE_URL: db.url };
    // Ended by SIGTERM or by itself: nothing that the call left behind keeps it alive.
    const done = await (await startProgram("node", [`${place}/app.js`], { cwd: folder, env })).done;
    expect(done).toMatchObject({ code: 0, stdout: "listening on 8080\n" });
    expect(done.stderr).toContain("applied 1 orders");
    expect(await db.query("select id from sluice_history")).toEqual([{ id: "1" }]);
  },
  30_000,
);

test("the guide's error handling prints what to do", async () => {
  const [, code = ""] = blocks("docs/guides/library.md");
  const { folder } = await application();
  writeFiles(folder, { "errors/app.js": code, "errors/migrations/1_a.sql": "create table a (n int);" });
  const done = await (await startProgram("node", ["app.js"], { cwd: join(folder, "errors") })).done;
  expect(done).toMatchObject({ code: 2, stderr: expect.stringContaining("SL3001 nothing says where") });
});

test("the guide lists every option of migrate and every event", () => {
  const guide = page("docs/guides/library.md");
  const listed = [...guide.matchAll(/^\| (`\w+`(?:, `\w+`)*) \| (?:all|.*`migrate`)/gm)].flatMap(
    ([, names]) => [...(names ?? "").matchAll(/`(\w+)`/g)].map(([, one]) => one),
  );
  expect(Object.keys(migrateReaders).filter((option) => !listed.includes(option))).toEqual([]);
  const types = [...page("src/library/events.ts").matchAll(/^ {2}type: "([\w-]+)";$/gm)].map(
    ([, one]) => one,
  );
  expect(types.length).toBeGreaterThan(10);
  const rows = [...guide.matchAll(/^\| `([\w-]+)` \| (?:all|`)/gm)].map(([, one]) => one);
  expect(types.filter((type) => !rows.includes(type))).toEqual([]);
});
