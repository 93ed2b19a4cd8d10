import pg from "pg";

/**
 * Opens the pool. A connection that the server ends (restart, fail-over) is not an error of the process: the pool makes
 * another one for the next query.
 */
export function openPool(url: string, more: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, connectionTimeoutMillis: 2_000, ...more });
  pool.on("error", (error) => console.error(`database: ${error.message}`));
  return pool;
}

/** Errors with which a statement surely did nothing, or did not arrive: class 57P (restart), refused, lost, pool busy. */
function passes(error: unknown): boolean {
  const { code = "", message = "" } = error as { code?: string; message?: string };
  if (code.startsWith("57P") || ["ECONNREFUSED", "ECONNRESET", "EPIPE"].includes(code)) return true;
  return /Connection terminated|not queryable|timeout exceeded when trying to connect|connection timeout/i.test(
    message,
  );
}

/**
 * Runs `work`, and again while the database is away, for some seconds: a restart of it is a pause and no error. What is
 * written may be written twice where the answer was lost; a post is worth that, an invoice would need a key of its own.
 */
export async function withDatabase<T>(work: () => Promise<T>, patienceMs = 20_000): Promise<T> {
  const until = Date.now() + patienceMs;
  for (let pauseMs = 50; ; pauseMs = Math.min(pauseMs * 2, 500)) {
    try {
      return await work();
    } catch (error) {
      if (!passes(error) || Date.now() + pauseMs > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}
