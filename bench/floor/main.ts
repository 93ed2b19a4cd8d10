import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

// The least that a runner can do: read the history in one round trip, then send each file together with its history
// row in one round trip, which is one implicit transaction, hence one commit. No lock, no checksum, no parsing.
const [argument = ""] = process.argv.slice(2);
if (argument === "--version") console.log("floor");
else await migrate(argument, process.env.FLOOR_URL ?? "");

async function migrate(folder: string, connectionString: string): Promise<void> {
  const { default: pg } = await import("pg");
  const client = new pg.Client({ connectionString });
  await client.connect();
  const applied = await readHistory(client);
  for (const name of readdirSync(folder).sort()) {
    const version = name.slice(0, name.indexOf("_"));
    if (applied.has(version)) continue;
    const sql = readFileSync(join(folder, name), "utf8");
    await client.query(`INSERT INTO floor_history VALUES ('${version}', now()); ${sql}`);
  }
  await client.end();
}

async function readHistory(client: import("pg").Client): Promise<Set<string>> {
  try {
    const { rows } = await client.query<{ version: string }>("SELECT version FROM floor_history");
    return new Set(rows.map(({ version }) => version));
  } catch (error) {
    if ((error as { code?: string }).code !== "42P01") throw error; // undefined_table: the first run
    await client.query(
      "CREATE TABLE floor_history (version text PRIMARY KEY, applied_at timestamptz NOT NULL)",
    );
    return new Set();
  }
}
