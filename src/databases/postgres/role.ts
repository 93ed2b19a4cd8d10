import { SluiceError } from "../../errors.ts";
import type { Rows, Session } from "./session.ts";
import { identifier, literal } from "./sql.ts";
import { hasState, isServerError, SQLSTATE } from "./sqlstate.ts";

/** SQL for the beginning of a transaction that is to run as a role; empty without one. */
export function asRole(role: string | undefined): string {
  return role === undefined ? "" : `set local role ${identifier(role)}; `;
}

/**
 * Sends one string as a role, in a transaction of its own, so that it works before the session may be changed: behind
 * a pooler in transaction mode a SET would reach other clients. The login itself may be a member without INHERIT, and
 * then has no right on what the role owns.
 * @returns the rows of its statements.
 * @throws SluiceError SL3062, SL3063 where the role cannot be set.
 */
export async function queryAs(session: Session, role: string | undefined, sql: string): Promise<Rows[]> {
  if (role === undefined) return session.query(sql);
  try {
    const results = await session.query(`begin; ${asRole(role)}${sql}; commit`);
    return results.slice(2, -1);
  } catch (error) {
    if (isServerError(error)) await session.query("rollback").catch(() => undefined);
    throw await roleRefused(session, role, error);
  }
}

/** The session as queryAs uses it, for what sends no transactions of its own. */
export function sessionAs(session: Session, role: string | undefined): Session {
  if (role === undefined) return session;
  return { ...session, query: (sql) => queryAs(session, role, sql) };
}

/** Puts a refused SET ROLE into words; any other error is given back as it is. No transaction may be open. */
export async function roleRefused(
  session: Session,
  role: string | undefined,
  error: unknown,
): Promise<unknown> {
  if (role === undefined || !hasState(error, SQLSTATE.noPrivilege, SQLSTATE.invalidParameter)) return error;
  const [rows] = await session.query(
    `select session_user, quote_ident(session_user), quote_ident(${literal(role)}),
            exists (select from pg_catalog.pg_roles where rolname = ${literal(role)})`,
  );
  const [login, loginSql, roleSql, exists] = rows?.[0] ?? [];
  const params = { role, login: login ?? "", roleSql: roleSql ?? "", loginSql: loginSql ?? "" };
  if (exists !== "t") return new SluiceError("SL3062", { params, cause: error });
  try {
    await session.query(`begin; ${asRole(role)}rollback`);
    return error;
  } catch (refusal) {
    await session.query("rollback");
    return new SluiceError("SL3063", { params, notes: [(refusal as Error).message], cause: refusal });
  }
}
