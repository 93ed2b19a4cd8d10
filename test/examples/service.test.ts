import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { executable } from "../support/executable.ts";
import { failureOf } from "../support/failure.ts";
import { query } from "../support/postgres.ts";
import { runSluice, startProgram } from "../support/run.ts";
import { type Blog, example, makeBlog, migrationsFolder, type Release, releases } from "./blog.ts";

setDefaultTimeout(60_000);
beforeAll(() => void executable(), 120_000);

const main = join(example, "service", "src", "main.ts");

async function migrate(blog: Blog, release: Release, ...args: string[]) {
  const dir = migrationsFolder(release);
  return runSluice(["migrate", "--dir", dir, "--grant", "blog_app", ...args], {
    env: { SLUICE_URL: blog.migrator },
  });
}

/** Starts a part of a release, on a free port. */
async function start(blog: Blog, release: Release, part: "api" | "worker", env: Record<string, string> = {}) {
  const running = await startProgram(process.execPath, [main, part], {
    env: { DATABASE_URL: blog.application, TEST_APP_RELEASE: release, PORT: "0", ...env },
  });
  const [, port] = await running.waitForOutput(/port (\d+)/);
  return { running, url: `http://127.0.0.1:${port}` };
}

async function post(url: string, more: object = {}) {
  const response = await fetch(`${url}/posts`, {
    method: "POST",
    body: JSON.stringify({ title: "Hello", body: "three words here", ...more }),
  });
  return { status: response.status, body: (await response.json()) as { id: string; error?: string } };
}

/** Writes and reads everything that the release can. */
async function works(blog: Blog, release: Release): Promise<void> {
  const { running, url } = await start(blog, release, "api");
  const made = await post(url);
  expect([release, made.status, made.body]).toMatchObject([release, 201, { title: "Hello" }]);
  const one = await fetch(`${url}/posts/${made.body.id}`);
  expect(await one.json()).toMatchObject({ body: "three words here" });
  const list = (await (await fetch(`${url}/posts`)).json()) as { posts: unknown[] };
  expect(list.posts.length).toBeGreaterThan(0);
  expect(await (await fetch(url)).text()).toContain(`release ${release}`);
  expect(await (await fetch(`${url}/version`)).json()).toEqual({ version: release });
  running.kill("SIGTERM");
  expect(await running.done).toMatchObject({ code: 0 });
}

describe("the example application", () => {
  test("each release and the one before it work on each schema on the way", async () => {
    const blog = await makeBlog();
    expect(await migrate(blog, "v1")).toMatchObject({ code: 0 });
    await works(blog, "v1");
    expect(await migrate(blog, "v2")).toMatchObject({ code: 0 });
    await works(blog, "v1");
    await works(blog, "v2");
    expect(await migrate(blog, "v3")).toMatchObject({ code: 0 });
    await works(blog, "v2");
    expect(await migrate(blog, "v3", "--phase", "contract")).toMatchObject({ code: 0 });
    await works(blog, "v2");
    await works(blog, "v3");
    const broken = await migrate(blog, "v4");
    expect(broken.code).toBe(3);
    expect(broken.stderr).toContain("20260401090000_slugs.sql");
    expect(broken.stderr).toContain("could not create unique index");
    await works(blog, "v3");
    expect(await migrate(blog, "v4.1")).toMatchObject({ code: 0 });
    await works(blog, "v3");
    await works(blog, "v4.1");
  });

  test("the old release's INSERT fails where the new column is required at once, which is why v2 leaves it nullable", async () => {
    const blog = await makeBlog();
    await migrate(blog, "v1");
    const { url } = await start(blog, "v1", "api");
    await migrate(blog, "v2");
    expect((await post(url)).status).toBe(201);
    await query(blog.migrator, "UPDATE blog_posts SET category_id = 1");
    await query(blog.migrator, "ALTER TABLE blog_posts ALTER category_id SET NOT NULL");
    const refused = await post(url);
    expect(refused.status).toBe(500);
    expect(refused.body.error).toContain('null value in column "category_id"');
  });

  test("the application's account can neither change the schema nor write the history", async () => {
    const blog = await makeBlog();
    await migrate(blog, "v1");
    for (const sql of [
      "ALTER TABLE blog_posts ADD x int",
      "DROP TABLE post_events",
      "DELETE FROM sluice_history",
    ])
      expect((await failureOf(query(blog.application, sql))).message).toMatch(
        /must be owner|permission denied/,
      );
    const check = await runSluice(["check", "--database"], { env: { SLUICE_URL: blog.application } });
    expect(check).toMatchObject({ code: 0 });
  });

  test("the message handler counts the words of each new post once", async () => {
    const blog = await makeBlog();
    await migrate(blog, "v1");
    const { url } = await start(blog, "v1", "api");
    const { running } = await start(blog, "v1", "worker");
    const { body } = await post(url);
    const words = async () =>
      (await blog.query(`SELECT words FROM blog_posts WHERE id = ${body.id}`))[0]?.words;
    while ((await words()) === null) await Bun.sleep(20);
    expect(await words()).toBe(3);
    expect(await blog.query("SELECT * FROM post_events")).toEqual([]);
    running.kill("SIGTERM");
    expect(await running.done).toMatchObject({ code: 0 });
  });

  test("a restart of the database is a pause for the readers, and no error", async () => {
    const blog = await makeBlog();
    await migrate(blog, "v1");
    const { url } = await start(blog, "v1", "api");
    await blog.server.kill();
    const answers = [post(url), fetch(`${url}/posts`)];
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
    await blog.server.restart();
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([201, 200]);
  });

  test("strategy startup: two replicas, one migration, by the library", async () => {
    const blog = await makeBlog();
    const env = { MIGRATE_AT_START: "true", SLUICE_URL: blog.migrator, SLUICE_DIR: migrationsFolder("v2") };
    const both = await Promise.all([start(blog, "v2", "api", env), start(blog, "v2", "api", env)]);
    for (const { url } of both) expect((await post(url)).status).toBe(201);
    expect(await blog.versions()).toEqual(["20260101090000", "20260201090000"]);
  });

  test("the Dockerfile takes the migrations of the same releases, in the same order", () => {
    const dockerfile = readFileSync(join(example, "Dockerfile"), "utf8");
    expect(/for one in ([^;]+);/.exec(dockerfile)?.[1]?.split(" ")).toEqual([...releases]);
    expect(readdirSync(join(example, "releases")).sort()).toEqual([...releases].sort());
  });

  test("one-off commands", async () => {
    const blog = await makeBlog();
    await migrate(blog, "v2");
    const cli = async (...args: string[]) =>
      (
        await startProgram(process.execPath, [main, "cli", ...args], {
          env: { DATABASE_URL: blog.application, TEST_APP_RELEASE: "v2" },
        })
      ).done;
    expect(await cli("seed", "3")).toMatchObject({ code: 0, stdout: "3 posts\n" });
    expect(JSON.parse((await cli("stats")).stdout)).toEqual({ posts: 5, counted: 0, waiting: 0 });
    expect(await cli("drop")).toMatchObject({ code: 2 });
  });
});
