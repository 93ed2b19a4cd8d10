import type pg from "pg";
import { withDatabase } from "./database.ts";
import { page } from "./page.ts";
import { postOf, type Release, releaseOf } from "./releases.ts";
import type { Handler, Reply } from "./server.ts";
import type { Settings } from "./settings.ts";

export const notFound: Reply = { status: 404, body: { error: "not found" } };

/** The blog: a page for people, /posts for programs. */
export function api(pool: pg.Pool, settings: Settings): Handler {
  const release = releaseOf(settings.release);
  return async (method, path, body) => {
    if (settings.debug) console.log(`${method} ${path}`);
    if (path === "/version") return { status: 200, body: { version: settings.release } };
    if (method === "POST" && path === "/posts") return create(pool, release, body);
    if (method !== "GET") return notFound;
    if (path === "/" || path === "/posts") {
      const { rows } = await withDatabase(() =>
        pool.query(`${release.selectPosts} ORDER BY id DESC LIMIT 20`),
      );
      return { status: 200, body: path === "/" ? page(settings, rows) : { posts: rows } };
    }
    const id = /^\/posts\/(\d{1,18})$/.exec(path)?.[1];
    if (id === undefined) return notFound;
    const { rows } = await withDatabase(() =>
      pool.query(`${release.selectPosts} WHERE blog_posts.id = $1`, [id]),
    );
    return rows[0] === undefined ? notFound : { status: 200, body: rows[0] };
  };
}

/** Inserts the post and its event in one transaction, so that the message handler sees each post exactly once. */
async function create(pool: pg.Pool, release: Release, body: string): Promise<Reply> {
  const post = parse(body);
  if (post === undefined) return { status: 400, body: { error: "a post has a title and a body" } };
  const row = await withDatabase(async () => {
    const client = await pool.connect();
    let failed: Error | undefined;
    try {
      await client.query("BEGIN");
      const { rows } = await client.query(
        release.insertPost,
        postOf(release, post.title, post.body, post.category ?? null),
      );
      await client.query("INSERT INTO post_events (post_id) VALUES ($1)", [rows[0].id]);
      await client.query("COMMIT");
      return rows[0];
    } catch (error) {
      failed = error as Error;
      await client.query("ROLLBACK").catch(() => {});
      throw error;
    } finally {
      // A connection that has failed is not used again.
      client.release(failed);
    }
  });
  return { status: 201, body: row };
}

function parse(body: string): { title: string; body: string; category?: string } | undefined {
  try {
    const post = JSON.parse(body);
    return typeof post?.title === "string" && typeof post?.body === "string" ? post : undefined;
  } catch {
    return undefined;
  }
}
