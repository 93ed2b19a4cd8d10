import { expect, test } from "bun:test";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { repository } from "../support/executable.ts";
import { place } from "./fixture.ts";

test("every byte is passed on: lines, pieces of lines, what is no text, and a last line without an end", async () => {
  const p = await place();
  const script = `
    process.stdout.write(Buffer.from([0, 255, 254, 10, 195]));
    process.stderr.write("e1\\n");
    setTimeout(() => {
      process.stdout.write(Buffer.from([188, 13, 10]));
      process.stdout.write("x".repeat(300000) + "\\n");
      for (let i = 0; i < 2000; i++) process.stdout.write("line " + i + "\\n");
      process.stdout.write("no end", () => process.exit(0));
    }, 300);`;
  const main = join(repository, "src", "main.ts");
  const child = spawn(process.execPath, [main, "run", "--id", "r", "--", process.execPath, "-e", script], {
    cwd: p.dir,
    env: { PATH: process.env.PATH, SLUICE_URL: p.db.url },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const chunks: Uint8Array[] = [];
  let stderr = "";
  child.stdout.on("data", (chunk: Uint8Array) => chunks.push(chunk));
  child.stderr.on("data", (chunk: Uint8Array) => {
    stderr += String(chunk);
  });
  const [code] = await once(child, "close");
  expect([code, stderr]).toEqual([0, expect.stringContaining("\ne1\n")]);
  const lines = Array.from({ length: 2000 }, (_, i) => `line ${i}\n`).join("");
  const expected = Buffer.concat([
    Buffer.from([0, 255, 254, 10, 195, 188, 13, 10]),
    Buffer.from(`${"x".repeat(300_000)}\n${lines}no end`),
  ]);
  expect(Buffer.concat(chunks).equals(expected)).toBe(true);
  // The end of it, in whole characters and without NUL, which PostgreSQL cannot keep.
  const output = String((await p.row("r"))?.output);
  expect(Buffer.byteLength(output)).toBe(64 * 1024);
  expect(output).toEndWith(`${lines}no end`);
});

test("a line that is not finished shows before the command ends", async () => {
  const p = await place();
  const running = await p.start([
    "--id",
    "r",
    "--",
    "sh",
    "-c",
    "printf 'half a line'; while [ ! -e go ]; do sleep 0.05; done",
  ]);
  await running.waitForOutput(/half a line$/);
  running.kill("SIGTERM");
  await running.done;
});

test("the history holds no secrets, neither in the command nor in the output", async () => {
  const p = await place(18, { "token.txt": "t0k3n-from-a-file\n" });
  const url = new URL(p.db.url);
  await p.db.query(`create role "app_${p.db.name}" login superuser password 'p%ss/w:rd@1'`);
  url.username = `app_${p.db.name}`;
  url.password = encodeURIComponent("p%ss/w:rd@1");
  const secrets = {
    PGPASSWORD: "pg-secret-1",
    DATABASE_URL: "mysql://u:my-secret-2@db/x",
    RAILS_MASTER_KEY: "key-secret-3",
    GITHUB_TOKEN: "ghp_secret4",
    CLIENT_SECRET: "multi\nline-secret-of-two",
  };
  const env = {
    SLUICE_URL: url.href,
    ...secrets,
    API_TOKEN_FILE: join(p.dir, "token.txt"),
    COLOUR: "blue-not-secret",
  };
  const script =
    "env; echo t0k3n-from-a-file; echo see https://x:in-an-address@h/ https://ghp_only@h/ password=by-form; echo p%ss/w:rd@1; exit 3";
  const end = await p.run(
    ["--id", "r", "--", "sh", "-c", script, "--token", "on-the-line", "--db=postgres://a:on-the-line-2@h/d"],
    { env },
  );
  expect(end.code).toBe(4);
  // What it wrote itself is passed on as it is.
  expect(end.stdout).toContain("ghp_secret4");
  const row = JSON.stringify(await p.row("r"));
  for (const secret of [
    ...[
      "pg-secret-1",
      "my-secret-2",
      "key-secret-3",
      "ghp_secret4",
      "line-secret-of-two",
      "t0k3n-from-a-file",
    ],
    ...["in-an-address", "ghp_only", "by-form", "p%ss/w:rd@1", "p%25ss", "on-the-line"],
  ])
    expect([secret, row.includes(secret)]).toEqual([secret, false]);
  expect(row).toContain("blue-not-secret");
  expect(row).toContain("DATABASE_URL=mysql://u:***@db/x");
  expect((await p.row("r"))?.name).toContain("--token *** --db=postgres://a:***@h/d");
  expect(end.stderr).not.toContain("on-the-line");
});
