import { splitStatements } from "../src/migrations/split.ts";

/** How fast the splitter is: about 1 MB of each shape of SQL, best and first of some runs. Goal: under 100 ms. */
const shapes: Record<string, string> = {
  "short statements": "ALTER TABLE public.users ADD COLUMN nickname text DEFAULT 'none'; -- why\n",
  "many strings": "INSERT INTO t (a, b, c) VALUES ('one', E'tw\\'o', 'it''s'), ('x', 'y', 'z');\n",
  functions:
    "CREATE FUNCTION f() RETURNS trigger AS $body$\nBEGIN\n  NEW.x := 'y';\n  RETURN NEW;\nEND;\n$body$ LANGUAGE plpgsql;\n",
  "BEGIN ATOMIC":
    "CREATE FUNCTION g(a int) RETURNS int BEGIN ATOMIC\n  SELECT CASE WHEN a > 1 THEN 2 ELSE 3 END;\nEND;\n",
  comments: "-- a line of a comment, as in generated files\n/* and /* nested */ blocks */ SELECT 1;\n",
  "non-ASCII": "INSERT INTO größe VALUES ('Ünïcödé 😀'), ('日本語');\n",
};

const size = 1_000_000;
console.log("shape              MB   first ms    best ms   statements");
for (const [name, unit] of [...Object.entries(shapes), ["one big string", ""] as const]) {
  const sql =
    unit === ""
      ? `SELECT '${"x".repeat(size)}';`
      : Buffer.from(unit.repeat(Math.ceil(size / unit.length))).toString();
  const times: number[] = [];
  let statements = 0;
  for (let run = 0; run < 7; run++) {
    const start = performance.now();
    statements = splitStatements(sql, 1).length;
    times.push(performance.now() - start);
  }
  const mb = (Buffer.byteLength(sql) / 1e6).toFixed(2);
  const [first, best] = [times[0] ?? 0, Math.min(...times)].map((ms) => ms.toFixed(1).padStart(10));
  console.log(`${name.padEnd(16)} ${mb} ${first} ${best} ${String(statements).padStart(12)}`);
}
