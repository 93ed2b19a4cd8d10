/** The API server answered, and not with what was asked for. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  /** Of HTTP, or the `code` of a Status object in a watch. */
  readonly status: number;
  /** Kubernetes' own word: "Forbidden", "Expired", "TooManyRequests"; empty where the body was no Status. */
  readonly reason: string;
  /** Milliseconds that the server asks to wait. */
  readonly retryAfter: number | undefined;

  constructor(status: number, reason: string, message: string, retryAfter?: number) {
    super(message);
    this.status = status;
    this.reason = reason;
    this.retryAfter = retryAfter;
  }
}

/** No answer, or half of one: refused, reset, DNS, TLS, a stream that was torn or fell silent. */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
}
