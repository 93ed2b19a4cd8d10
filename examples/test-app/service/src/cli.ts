import type pg from "pg";
import { postOf, type Release } from "./releases.ts";

/** One-off commands of a team, run as Jobs or by hand. @returns the exit status. */
export async function cli(pool: pg.Pool, release: Release, [command, ...args]: string[]): Promise<number> {
  if (command === "seed" && /^\d{1,6}$/.test(args[0] ?? "")) {
    const count = Number(args[0]);
    for (let n = 1; n <= count; n++)
      await pool.query(release.insertPost, postOf(release, `Post ${n}`, "seeded", null));
    console.log(`${count} posts`);
    return 0;
  }
  if (command === "stats") {
    const { rows } = await pool.query(
      "SELECT count(*)::int AS posts, count(words)::int AS counted, (SELECT count(*)::int FROM post_events) AS waiting FROM blog_posts",
    );
    console.log(JSON.stringify(rows[0]));
    return 0;
  }
  console.error("usage: test-app cli seed N | stats");
  return 2;
}
