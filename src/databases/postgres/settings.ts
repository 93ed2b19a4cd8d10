import { identifier } from "./sql.ts";

/**
 * @param version server_version_num: 130023 for 13.23.
 * Settings of a session that executes: time-outs that the server or the role may have set must not end a migration,
 * and what was answered as committed must be on disk. `set_config ... where` keeps it one round trip on every version.
 * client_connection_check_interval makes the server notice a dead client in the middle of a statement (14 and later,
 * where the platform can poll for it; manual 19.3).
 */
export function sessionSettings(version: number, lockTimeout: number, role: string | undefined): string {
  return [
    ...(role === undefined ? [] : [`set role ${identifier(role)}`]),
    "set statement_timeout = 0",
    `set lock_timeout = ${lockTimeout}`,
    "set idle_in_transaction_session_timeout = 0",
    ...(version >= 140000 ? ["set idle_session_timeout = 0"] : []),
    ...(version >= 170000 ? ["set transaction_timeout = 0"] : []),
    "select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') in ('off', 'local')",
    ...(version >= 140000
      ? ["select set_config('client_connection_check_interval', '2s', false) where version() ~ 'linux'"]
      : []),
  ].join("; ");
}

/** Undoes what a file may have left in a session; RESET ALL goes back to what the connection began with. */
export const CLEAN = [
  "reset session authorization",
  "reset role",
  "reset all",
  "discard temp",
  "deallocate all",
  "close all",
  "unlisten *",
].join("; ");

/** Gives an executing session back as it was before a file. */
export function resetSession(version: number, lockTimeout: number, role: string | undefined): string {
  return [CLEAN, sessionSettings(version, lockTimeout, role)].join("; ");
}
