import type pg from "pg";

/**
 * Handles the events that the API wrote: counts the words of each new post. One at a time, in a transaction: an event is
 * handled once, however many handlers there are and whenever they end.
 */
export async function handleEvents(pool: pg.Pool, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const handled = await handleOne(pool).catch((error: Error) => {
      console.error(`event: ${error.message}`);
      return false;
    });
    if (!handled) await pause(250, signal);
  }
}

const next = `WITH event AS (
    DELETE FROM post_events WHERE id = (SELECT id FROM post_events ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING post_id)
  UPDATE blog_posts SET words = cardinality(regexp_split_to_array(trim(body), '\\s+'))
  FROM event WHERE blog_posts.id = event.post_id RETURNING blog_posts.id`;

/** One statement, so one transaction. @returns whether there was an event. */
async function handleOne(pool: pg.Pool): Promise<boolean> {
  const { rowCount } = await pool.query(next);
  return (rowCount ?? 0) > 0;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}
