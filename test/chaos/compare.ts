import { query } from "../support/postgres.ts";

/**
 * What a database looks like to whoever uses it: columns, constraints, indexes with their validity, and a checksum of
 * the rows of each table. Sluice's own table is left out.
 * @returns one line a fact, sorted.
 */
export async function describeDatabase(url: string): Promise<string[]> {
  const facts = await query(
    url,
    `select format('column %s.%s %s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
              pg_get_expr(d.adbin, d.adrelid)) as fact
       from pg_class c join pg_attribute a on a.attrelid = c.oid left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
        and c.relname <> 'sluice_history'
     union all
     select format('constraint %s %s %s', conrelid::regclass, pg_get_constraintdef(oid), convalidated) from pg_constraint
      where connamespace = 'public'::regnamespace and conrelid <> coalesce(to_regclass('sluice_history'), 0)
     union all
     select format('index %s valid %s', pg_get_indexdef(indexrelid), indisvalid) from pg_index i join pg_class c on c.oid = i.indrelid
      where c.relnamespace = 'public'::regnamespace and c.relname <> 'sluice_history'
     union all
     select format('partition %s of %s %s', inhrelid::regclass, inhparent::regclass, to_jsonb(i)->>'inhdetachpending')
       from pg_inherits i join pg_class c on c.oid = inhrelid where c.relkind in ('r', 'p')`,
  );
  const tables = await query(
    url,
    `select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and relname <> 'sluice_history'`,
  );
  const rows = await Promise.all(
    tables.map(async ({ relname }) => {
      const [sum] = await query(
        url,
        `select count(*) as count, md5(string_agg(t::text, ',' order by t::text)) as sum from public.${relname} t`,
      );
      return `rows ${relname} ${sum?.["count"]} ${sum?.["sum"]}`;
    }),
  );
  return [...facts.map(({ fact }) => String(fact)), ...rows].sort();
}

/** Lines that stand on one side only, marked with whose they are. */
export function difference(expected: readonly string[], found: readonly string[]): string[] {
  return [
    ...expected.filter((line) => !found.includes(line)).map((line) => `missing: ${line}`),
    ...found.filter((line) => !expected.includes(line)).map((line) => `unexpected: ${line}`),
  ];
}
