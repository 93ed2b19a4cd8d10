/** SQL of a relation's grants, also on single columns; `c` is its row of pg_class. */
export const GRANTS = `(
  select x.grantor, x.grantee, x.privilege_type from pg_catalog.aclexplode(c.relacl) x
  union select x.grantor, x.grantee, x.privilege_type
    from pg_catalog.pg_attribute a cross join lateral pg_catalog.aclexplode(a.attacl) x
   where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped)`;

/** Schemas of the system; `n` is the row of pg_namespace. */
export const OWN_SCHEMA = "n.nspname !~ '^pg_' and n.nspname <> 'information_schema'";

/** SQL of an array of oids. */
export function oids(list: Iterable<string>): string {
  return `'{${[...list].join(",")}}'::oid[]`;
}

/** Whether an object belongs to an extension, which brings and drops it. */
export function ofExtension(catalogue: string, oid: string): string {
  return `exists (select from pg_catalog.pg_depend e where e.classid = 'pg_catalog.${catalogue}'::regclass
    and e.objid = ${oid} and e.deptype = 'e')`;
}

/** The columns of a row that is text, or null for a list: "a,b" as a list. */
export function list(text: string | null | undefined): string[] {
  return text ? text.split(",") : [];
}
