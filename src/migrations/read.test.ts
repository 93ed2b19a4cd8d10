import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Migration } from "./migration.ts";
import { downStatementsOf, readMigrations, statementsOf } from "./read.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "sluice-read-"));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

/** Writes files below the temporary directory; a name may have folders. */
function write(files: Record<string, string | Uint8Array>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(dir, name, ".."), { recursive: true });
    writeFileSync(join(dir, name), content);
  }
}

async function read(...dirs: string[]): Promise<Migration[]> {
  return (await readMigrations(dirs.length === 0 ? [dir] : dirs)).migrations;
}

async function only(content: string | Uint8Array): Promise<Migration> {
  write({ "1_a.sql": content });
  return (await read())[0]!;
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

describe("the list", () => {
  test("is ordered by number, over several directories", async () => {
    write({
      "a/10_ten.sql": "SELECT 1",
      "a/9_nine.sql": "SELECT 1",
      "b/0009223372036854775808_big.sql": "SELECT 1",
    });
    write({
      "b/011_eleven.sql": "SELECT 1",
      "b/9223372036854775807_less.sql": "SELECT 1",
      "a/000_zero.sql": "SELECT 1",
    });
    const found = await read(join(dir, "a"), join(dir, "b"));
    expect(found.map(({ version, name }) => `${version} ${name}`)).toEqual([
      "0 zero",
      "9 nine",
      "10 ten",
      "11 eleven",
      "9223372036854775807 less",
      "9223372036854775808 big",
    ]);
    expect(found[1]!.file).toBe(join(dir, "a", "9_nine.sql"));
  });

  test("passes over what is no migration", async () => {
    write({
      "1_a.sql": "SELECT 1",
      "README.md": "",
      "1_b.sql.bak": "",
      "1_c.sql~": "",
      ".1_d.sql": "",
      "sub/1_e.sql": "",
    });
    write({ "..2026/1_f.sql": "", ".git/1_g.sql": "" });
    expect((await read()).map(({ name }) => name)).toEqual(["a"]);
  });

  test("of an empty directory is empty", async () => {
    expect(await readMigrations([dir])).toEqual({ migrations: [], warnings: [] });
  });

  test("has each directory once, however it is written", async () => {
    write({ "1_a.sql": "SELECT 1" });
    symlinkSync(dir, join(dir, "link"));
    expect(await read(dir, `${dir}/`, join(dir, "link"))).toHaveLength(1);
  });

  test("takes non-ASCII names as they are, composed or not", async () => {
    write({ "1_größe.sql": "SELECT 1", "2_gro\u0308ße.sql": "SELECT 1", "3_日本 語😀.sql": "SELECT 1" });
    expect((await read()).map(({ name }) => name)).toEqual(["größe", "gro\u0308ße", "日本 語😀"]);
  });

  test("reads a ConfigMap as kubelet mounts it", async () => {
    const version = "..2026_01_01_12_00_00.1234567890";
    write({
      [`${version}/001_a.sql`]: "SELECT 1",
      [`${version}/002_b.sql`]: "SELECT 2",
      [`${version}/notes.txt`]: "",
    });
    symlinkSync(version, join(dir, "..data"));
    for (const name of ["001_a.sql", "002_b.sql", "notes.txt"])
      symlinkSync(`..data/${name}`, join(dir, name));
    const found = await read();
    expect(found.map(({ version, up }) => [version, up])).toEqual([
      ["1", "SELECT 1"],
      ["2", "SELECT 2"],
    ]);
    expect(found[0]!.file).toBe(join(dir, "001_a.sql"));
  });
});

describe("a migration", () => {
  test("has all that its file says", async () => {
    const up = "-- sluice: phase=contract\nSELECT 1;\n";
    write({ "007_bond.sql": `${up}-- sluice:down\nSELECT 2;\n\nSELECT 3;` });
    const [migration] = await read();
    expect(migration).toMatchObject({
      version: "7",
      name: "bond",
      file: join(dir, "007_bond.sql"),
      checksum: sha256(up),
      up,
      upLine: 1,
      down: "SELECT 2;\n\nSELECT 3;",
      downLine: 4,
      directives: { phase: "contract" },
    });
    expect(statementsOf(migration!)).toEqual([{ text: "SELECT 1", line: 2 }]);
    expect(downStatementsOf(migration!)).toEqual([
      { text: "SELECT 2", line: 4 },
      { text: "SELECT 3", line: 6 },
    ]);
  });

  test("without a down part has no statements to go back with", async () => {
    const migration = await only("SELECT 1");
    expect(migration).not.toHaveProperty("downLine");
    expect(downStatementsOf(migration)).toEqual([]);
  });

  test("has errors of its statements with file and line, in both parts, when they are asked for", async () => {
    const migration = await only("SELECT 1;\n\\i x\n-- sluice:down\nSELECT 1;\n\nSELECT 'a");
    const place = (line: number) => ({ place: { file: join(dir, "1_a.sql"), line } });
    expect(() => statementsOf(migration)).toThrow(expect.objectContaining({ code: "SL1003", ...place(2) }));
    expect(() => downStatementsOf(migration)).toThrow(
      expect.objectContaining({ code: "SL1001", ...place(6) }),
    );
  });

  test("has one checksum with and without BOM, with LF and CRLF, whatever the down part", async () => {
    const text = "-- a comment, größer\nSELECT '1\n2';\n";
    for (const same of [
      text,
      `\ufeff${text}`,
      text.replaceAll("\n", "\r\n"),
      `${text}-- sluice:down\nSELECT 2`,
    ])
      expect(await only(same)).toMatchObject({ checksum: sha256(text), up: text });
    for (const other of [text.replace("comment", "remark"), ` ${text}`, `${text}\n`])
      expect((await only(other)).checksum).not.toBe(sha256(text));
  });

  test("with CRLF has its directives and its down part", async () => {
    const migration = await only("\ufeff-- sluice: breaking\r\nSELECT 1;\r\n-- sluice:down\r\nSELECT 2;\r\n");
    expect(migration).toMatchObject({ directives: { breaking: true }, down: "SELECT 2;\n", downLine: 4 });
  });

  test.each(["", "\ufeff", "-- nothing\n/* yet */\n", "-- sluice:down\nSELECT 1"])(
    "that is empty (%p) warns",
    async (text) => {
      write({ "1_a.sql": text });
      const { migrations, warnings } = await readMigrations([dir]);
      expect(migrations).toHaveLength(1);
      expect(warnings).toEqual([{ text: "the up part holds no statement", file: join(dir, "1_a.sql") }]);
    },
  );
});
