import { ApiError } from "../api-error.ts";
import { retryAfterMs } from "./retry-after.ts";

/** The parts of a Status object that are read (Kubernetes API reference, "Status"). */
interface Status {
  kind?: unknown;
  code?: unknown;
  reason?: unknown;
  message?: unknown;
  details?: { retryAfterSeconds?: unknown } | null;
}

/** What an answer says beside its body. */
export interface Head {
  status: number;
  statusText: string;
  headers: Pick<Headers, "get">;
}

/**
 * The error that an answer other than 2xx is. The API server sends a Status object; a proxy in between sends HTML or
 * plain text, of which only what it is gets into the message.
 */
export function errorOfAnswer(head: Head, body: string): ApiError {
  const header = (name: string) => head.headers.get(name);
  const wait = retryAfterMs(header("retry-after"), header("date"));
  const status = statusIn(body);
  if (status !== undefined) return errorOfStatus(status, head.status, wait);
  const line = `HTTP ${head.status} ${head.statusText}`.trim();
  const target = header("location");
  if (head.status >= 300 && head.status < 400 && target !== null)
    return new ApiError(
      head.status,
      "",
      `${line}: a redirect to ${withoutQuery(target)}, which is not followed`,
    );
  const type = (header("content-type") ?? "").split(";")[0]?.trim();
  if (type === "text/plain" && body.trim() !== "")
    return new ApiError(head.status, "", `${line}: ${oneLine(body)}`, wait);
  const what = type === "" ? "" : ` (${type}, not from the API server itself)`;
  return new ApiError(head.status, "", `${line}${what}`, wait);
}

/** The error in the Status object of an answer, or of an ERROR event of a watch. */
export function errorOfStatus(value: unknown, fallback = 500, header?: number): ApiError {
  const status = (value ?? {}) as Status;
  const code = typeof status.code === "number" && status.code > 0 ? status.code : fallback;
  const reason = typeof status.reason === "string" ? status.reason : "";
  const message = typeof status.message === "string" ? oneLine(status.message) : "";
  const seconds = status.details?.retryAfterSeconds;
  const wait = header ?? (typeof seconds === "number" && seconds > 0 ? seconds * 1000 : undefined);
  return new ApiError(code, reason, message === "" ? `HTTP ${code} ${reason}`.trim() : message, wait);
}

function statusIn(body: string): Status | undefined {
  if (!body.trimStart().startsWith("{")) return undefined;
  try {
    const value = JSON.parse(body) as Status | null;
    return value?.kind === "Status" ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A login page's address may carry a token in its query. */
function withoutQuery(address: string): string {
  return address.replace(/[?#].*$/, "").replace(/\/\/[^/@]*@/, "//");
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > 500 ? `${line.slice(0, 500)}...` : line;
}
