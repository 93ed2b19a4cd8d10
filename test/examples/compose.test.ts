import { beforeAll, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { executable, repository } from "../support/executable.ts";
import { runSluice } from "../support/run.ts";
import { makeBlog, migrationsFolder } from "./blog.ts";

const folder = join(repository, "examples", "compose");
const { services, volumes } = parse(readFileSync(join(folder, "compose.yaml"), "utf8"), { merge: true });

beforeAll(() => void executable(), 120_000);

test("the application starts when the migration is done, and that when the server is there", () => {
  const order = (name: string) =>
    Object.entries<{ condition: string }>(services[name].depends_on ?? {}).map(([on, { condition }]) => [
      on,
      condition,
    ]);
  expect(Object.keys(services).sort()).toEqual(["api", "migrate", "postgres", "service"]);
  expect(order("api")).toEqual([["migrate", "service_completed_successfully"]]);
  expect(order("service")).toEqual([["migrate", "service_completed_successfully"]]);
  expect(order("migrate")).toEqual([["postgres", "service_healthy"]]);
  expect(services.postgres.healthcheck.test[1]).toBe("pg_isready");
});

test("what is mounted and built is there", () => {
  for (const [source = ""] of services.postgres.volumes.map((mount: string) => mount.split(":")))
    expect([source, source in volumes || existsSync(join(folder, source))]).toEqual([source, true]);
  expect(existsSync(join(folder, services.api.build.context, "Dockerfile"))).toBe(true);
});

test("each part has its own account, with the password of database.sql", async () => {
  const account = (url: string) => [new URL(url).username, new URL(url).password, new URL(url).pathname];
  const blog = await makeBlog();
  expect(account(services.migrate.environment.SLUICE_URL)).toEqual(account(blog.migrator));
  expect(account(services.api.environment.DATABASE_URL)).toEqual(account(blog.application));
  for (const part of ["api", "service", "postgres"])
    expect(JSON.stringify(services[part])).not.toContain("blog_migrator");

  const args: string[] = services.migrate.command;
  const here = args.map((arg) => (arg === "/migrations" ? migrationsFolder("v3") : arg));
  expect(await runSluice(here, { env: { SLUICE_URL: blog.migrator } })).toMatchObject({ code: 0 });
  expect(await blog.versions()).toHaveLength(4);
}, 60_000);
