import { SluiceError } from "../../errors.ts";
import { type Session, withinTime } from "./session.ts";
import { isConnectionLost } from "./sqlstate.ts";

/** Milliseconds. */
const ANSWER_WITHIN = 3000;

/**
 * Finds out, before anything is changed, whether a pooler stands between this client and the server, and of which kind.
 * Behind a pooler pg_backend_pid() differs from the process that the connection's key data names. A second connection
 * is opened while the first one stays: in transaction mode both get the same backend, or the first one's changes.
 * @throws SluiceError SL3060 for a pooler in transaction mode, SL3061 for one that seems to be in session mode and of
 * which the user has not said so.
 */
export async function checkPooler(
  session: Session,
  open: () => Promise<Session>,
  sessionPooler: boolean,
): Promise<void> {
  const backend = await backendOf(session);
  if (backend.pid === session.pid) return;
  const kind = await poolerKind(session, backend.pid, open);
  if (kind === "session" && sessionPooler) return;
  const address = backend.address ?? "the server's own host and port";
  throw new SluiceError(kind === "transaction" ? "SL3060" : "SL3061", { params: { address } });
}

async function poolerKind(
  session: Session,
  first: number,
  open: () => Promise<Session>,
): Promise<"transaction" | "session"> {
  const second = await open();
  try {
    // While the second one holds a backend by a transaction, the first one's idle backend may be that very one.
    const [, rows] = await withinTime(second, "begin; select pg_backend_pid()", ANSWER_WITHIN);
    if (Number(rows?.[0]?.[0]) === first) return "transaction";
    for (let look = 0; look < 3; look++) {
      if ((await backendOf(session)).pid !== first) return "transaction";
    }
    return "session";
  } catch (error) {
    // No backend is free for a second client although the first one is idle: it keeps its own, as in session mode.
    // Waiting for one would be a deadlock where each of many runners holds one.
    if (isConnectionLost(error)) return "session";
    throw error;
  } finally {
    await second.query("rollback").catch(() => undefined);
    await second.close();
  }
}

async function backendOf(session: Session): Promise<{ pid: number; address: string | undefined }> {
  const [rows] = await session.query("select pg_backend_pid(), host(inet_server_addr()), inet_server_port()");
  const [pid, host, port] = rows?.[0] ?? [];
  return { pid: Number(pid), address: host ? `${host}:${port}` : undefined };
}
