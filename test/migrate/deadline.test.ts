import { expect, test } from "bun:test";
import { connect, describeEachMajor, testDatabase } from "../support/postgres.ts";
import { runSluice } from "../support/run.ts";
import { tempDir } from "../support/temp.ts";

describeEachMajor("--deadline", (major) => {
  test("ends a run that waits for a lock, with 3 and the reason; the next one goes on", async () => {
    const db = await testDatabase(major);
    const dir = tempDir({ "1_a.sql": "create table a (id int);", "2_b.sql": "alter table a add b int;" });
    expect(
      (await runSluice(["migrate", "--dir", dir, "--to", "1"], { env: { SLUICE_URL: db.url } })).code,
    ).toBe(0);
    const holder = await connect(db.url);
    await holder.query("begin; lock table a");
    const options = ["--dir", dir, "--deadline", "3s", "--grace", "200ms"];
    const { code, stderr, ms } = await runSluice(["migrate", ...options], { env: { SLUICE_URL: db.url } });
    expect([code, stderr]).toEqual([3, expect.stringContaining("SL4007: not done within 3s (--deadline)")]);
    expect(ms).toBeLessThan(30_000);
    await holder.query("rollback");
    const next = await runSluice(["migrate", "--dir", dir, "--deadline", "1m"], {
      env: { SLUICE_URL: db.url },
    });
    expect([next.code, next.stdout]).toEqual([0, expect.stringContaining("Applied 1 migration")]);
  });

  test("ends the command of run with it", async () => {
    const db = await testDatabase(major);
    const command = ["--id", "1", "--deadline", "2s", "--grace", "500ms", "--", "sleep", "60"];
    const { code, stderr, ms } = await runSluice(["run", ...command], { env: { SLUICE_URL: db.url } });
    expect([code, stderr]).toEqual([3, expect.stringContaining("SL4007")]);
    expect(ms).toBeLessThan(30_000);
  });
});
