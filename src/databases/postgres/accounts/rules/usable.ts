import type { Look } from "../look.ts";
import type { Need } from "../needs.ts";
import { type Found, fix, type Rule } from "../rule.ts";

/** Findings of what the account lacks today, one for each object. */
async function lacking(
  look: Look,
  which: (need: Need) => boolean,
  message: (need: Need, account: string) => string,
): Promise<Found[]> {
  const needs = (await look.needs()).filter((need) => need.lacking.length > 0 && which(need));
  return needs.map((need) => ({
    object: needObject(need),
    message: message(need, look.roles.account.name),
    fixes: need.grants.map((sql) => fix("grant", sql)),
  }));
}

export function needObject(need: Need): string {
  return `${need.kind === "history" ? "table" : need.kind} ${need.object}`;
}

export const schemaUnusable: Rule = {
  code: "SA021",
  name: "schema-unusable",
  title: "The account may not use a schema that it works in",
  what: "A schema of the account's search_path, or of `--schema`, does not grant USAGE to the account, to a role whose rights it inherits, or to PUBLIC.",
  why: "Without USAGE none of its tables is found. With a bare name the server passes over the schema without a word and says that the table does not exist.",
  fix: "Grant USAGE.",
  example: "GRANT USAGE ON SCHEMA shop TO shop_app",
  find: (look) =>
    lacking(
      look,
      ({ kind }) => kind === "schema",
      (_, account) => `${account} lacks USAGE`,
    ),
};

export const tableUnusable: Rule = {
  code: "SA022",
  name: "table-unusable",
  title: "The account has no right on a table or view",
  what: "A table, view or foreign table in a schema that the application works in grants nothing to the account: neither SELECT nor INSERT, UPDATE or DELETE, not even on a column. Partitions are used through their table, so they are passed over, as are the history tables of migration tools and what belongs to extensions.",
  why: "The first query on it fails with `permission denied for table`. That is the table that a migration created and nobody granted.",
  fix: "Grant what the application does with it; of a view it is SELECT. Where the table is none of the application's, accept the finding: `--accept SA022=public.audit`.",
  example: "GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE public.orders TO shop_app",
  find: (look) =>
    lacking(
      look,
      ({ kind, lacking, wanted }) =>
        (kind === "table" || kind === "view") && lacking.length === wanted.length,
      (_, account) => `${account} can neither read nor write it`,
    ).then((found) =>
      found.map((one) =>
        one.object.startsWith("view ")
          ? { ...one, message: `${look.roles.account.name} cannot read it` }
          : one,
      ),
    ),
};

export const tablePartlyUsable: Rule = {
  code: "SA023",
  name: "table-partly-usable",
  title: "The account has only some of the rights on a table",
  what: "The account has at least one of SELECT, INSERT, UPDATE and DELETE on a table, and lacks others. A right on single columns counts.",
  why: "The statement that needs the missing right fails in production, where the accounts are separate, and nowhere before.",
  fix: "Grant it. Where it is meant so (a table that is only read, a log that is only written), accept the finding: `--accept SA023=public.countries`.",
  example: "GRANT DELETE ON TABLE public.orders TO shop_app",
  find: (look) =>
    lacking(
      look,
      ({ kind, lacking, wanted }) => kind === "table" && lacking.length < wanted.length,
      ({ lacking }, account) => `${account} lacks ${lacking.join(", ")}`,
    ),
};

export const sequenceUnusable: Rule = {
  code: "SA024",
  name: "sequence-unusable",
  title: "The account may not draw from a sequence",
  what: "A sequence in a schema that the application works in, of a `serial` column or on its own, grants neither USAGE nor UPDATE to the account. The sequence of an identity column needs no right and is passed over.",
  why: "INSERT into a table with a `serial` column fails with `permission denied for sequence`, although INSERT is granted.",
  fix: "Grant USAGE; or make the column an identity column, which needs no grant.",
  example: "GRANT USAGE ON SEQUENCE public.orders_id_seq TO shop_app",
  find: (look) =>
    lacking(
      look,
      ({ kind }) => kind === "sequence",
      (_, account) => `${account} lacks USAGE`,
    ),
};

export const historyUnreadable: Rule = {
  code: "SA026",
  name: "history-unreadable",
  title: "The account may not read the history",
  what: "The history table exists, and the account lacks USAGE on its schema or SELECT on the columns that a gate reads.",
  why: "`sluice wait schema` in the application's pods runs with the application's account. It stays closed with [SL3053](../errors/SL3053.md), so the roll-out stands still.",
  fix: "Let the runner grant it, `sluice migrate --grant ROLE` (`readers` in sluice.yaml), which also does it for a history that is made later; or run the statements. Where no gate asks the history, accept the finding: `--accept SA026`.",
  example: "GRANT SELECT (kind, id, name, ...) ON TABLE public.sluice_history TO shop_app",
  find: (look) =>
    lacking(
      look,
      ({ kind }) => kind === "history",
      (_, account) => `a gate that runs as ${account} cannot read the history`,
    ),
};
