import { expect, test } from "bun:test";
import { eventually } from "../support/eventually.ts";
import { connect, testDatabase } from "../support/postgres.ts";
import { runSluice, startProgram } from "../support/run.ts";
import { alembicTool, dbmateTool } from "./tools.ts";

/** The second statement waits for the test, so that all copies are in the middle of it at the same time. */
const statements = ["create table t (n int)", "insert into t select 1 from barrier"];
const COPIES = 5;

const waiting = `select count(*)::int n from pg_stat_activity
  where wait_event_type = 'Lock' and datname = current_database()`;

test.each([dbmateTool, alembicTool])(
  "$name: five bare copies crash, under sluice run one does the work and five succeed",
  async (tool) => {
    const bare = await testDatabase();
    await bare.query("create table barrier (n int); insert into barrier values (1)");
    const project = tool.project(bare.url, statements);
    const holder = await connect(bare.url);
    await holder.query("begin; lock table barrier");
    const [program = "", ...args] = project.command;
    const copies = await Promise.all(
      Array.from({ length: COPIES }, () =>
        startProgram(program, args, { cwd: project.dir, env: project.env }),
      ),
    );
    let ended = 0;
    for (const copy of copies) void copy.done.then(() => ended++);
    // One waits at the barrier, the others for its table or its lock; or they have crashed already.
    const arrived = async () =>
      ((await bare.query(waiting))[0]?.n ?? 0) + ended >= COPIES ? true : undefined;
    await eventually(arrived, "all copies in the middle of the migration", 60_000);
    await holder.query("rollback");
    const codes = (await Promise.all(copies.map((copy) => copy.done))).map(({ code }) => code);
    expect(codes.filter((code) => code !== 0).length).toBeGreaterThan(0);

    const db = await testDatabase();
    await db.query("create table barrier (n int); insert into barrier values (1)");
    const { command, dir, env } = tool.project(db.url, statements);
    const ends = await Promise.all(
      Array.from({ length: COPIES }, () =>
        runSluice(["run", "--id", "release-1", "--", ...command], {
          cwd: dir,
          env: { ...env, SLUICE_URL: db.url },
        }),
      ),
    );
    expect(ends.map((end) => [end.code, end.code === 0 ? "" : end.stderr])).toEqual(
      Array(COPIES).fill([0, ""]),
    );
    expect(ends.filter((end) => end.stderr.includes("starting "))).toHaveLength(1);
    expect(await db.query("select n from t")).toEqual([{ n: 1 }]);
  },
  120_000,
);
