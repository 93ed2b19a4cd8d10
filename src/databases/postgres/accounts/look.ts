import { SluiceError } from "../../../errors.ts";
import type { AccountQuestion } from "../../accounts.ts";
import type { HistoryPlace } from "../../database.ts";
import type { Session } from "../session.ts";
import { type Owner, readOwners } from "./migrators.ts";
import { type Need, readNeeds } from "./needs.ts";
import { type Roles, readRoles } from "./roles.ts";
import { findSchemas, type Schema } from "./schemas.ts";

/** What all rules start from. */
export interface Look {
  session: Session;
  /** server_version_num. */
  version: number;
  /** As SQL writes it. */
  database: string;
  connectedAs: string;
  roles: Roles;
  /** Schemas that the application works in. */
  schemas: Schema[];
  /** Roles that own its tables or will; undefined where there is no sign of one. */
  migrators: Owner[];
  /** Who gets what the account owns. */
  owner: Owner;
  place: HistoryPlace;
  notes: string[];
  /** What the account needs to use, and what it lacks; read once. */
  needs(): Promise<Need[]>;
}

/**
 * Reads who the account is, where it works and who migrates.
 * @throws SluiceError SL2071 or SL2072 for a role or schema that does not exist.
 */
export async function lookAround(
  session: Session,
  place: HistoryPlace,
  question: AccountQuestion,
): Promise<Look> {
  const [rows] = await session.query(
    "select current_setting('server_version_num'), session_user, quote_ident(current_database())",
  );
  const [version, connectedAs, database] = rows?.[0] ?? [];
  const name = question.account ?? connectedAs ?? "";
  const roles = await readRoles(session, Number(version), name);
  if (roles === undefined) throw new SluiceError("SL2071", { params: { role: name, option: "--account" } });
  const notes: string[] = [];
  const itself = name === connectedAs;
  const schemas = await findSchemas(session, roles.account, itself, question.schemas, notes);
  const { migrators, owner } = await readOwners(session, roles, schemas, place, question.migrator, notes);
  let needs: Promise<Need[]> | undefined;
  return {
    session,
    version: Number(version),
    database: database ?? "",
    connectedAs: connectedAs ?? "",
    roles,
    schemas,
    migrators,
    owner,
    place,
    notes,
    needs: () => {
      needs ??= readNeeds(session, roles, schemas, place);
      return needs;
    },
  };
}
