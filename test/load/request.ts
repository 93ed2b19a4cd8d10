import { request } from "node:http";

/** What became of one request: undefined where it was answered as it should be, else what went wrong. */
export type Outcome = string | undefined;

/**
 * How long an answer is waited for. Long enough that a machine which stands still for some seconds loses nothing, and half
 * of what a proxy grants by default (nginx: proxy_read_timeout, 60 s); a request that was lost on the way stays lost.
 */
export const PATIENCE_MS = 30_000;

/** Of ten requests two write, one reads the page for people, the rest read posts. */
function kind(count: number): { method: string; path: string; body?: string; status: number } {
  if (count % 5 === 0) {
    const body = JSON.stringify({ title: `Load ${count % 7}`, body: `request number ${count}` });
    return { method: "POST", path: "/posts", body, status: 201 };
  }
  return {
    method: "GET",
    path: count % 10 === 1 ? "/" : count % 10 === 2 ? "/posts/1" : "/posts",
    status: 200,
  };
}

/**
 * Sends request number `count`, on a connection of its own, so that the Service chooses a pod for each.
 * Never rejects; a request that is refused, lost, answered with another status, or not in time, has failed.
 */
export function send(base: URL, count: number, patience = PATIENCE_MS): Promise<Outcome> {
  const { method, path, body, status } = kind(count);
  const headers = body === undefined ? {} : { "content-type": "application/json" };
  return new Promise((resolve) => {
    const failed = (reason: string) => resolve(`${method} ${path}: ${reason}`);
    const sent = request(new URL(path, base), { method, headers, agent: false }, (response) => {
      response.on("error", (error) => failed(error.message));
      response.on("aborted", () => failed("the answer was cut"));
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => {
        text += part;
      });
      response.on("end", () =>
        response.statusCode === status
          ? resolve(undefined)
          : failed(`status ${response.statusCode}: ${text.slice(0, 200)}`),
      );
    });
    const late = setTimeout(() => {
      failed(`no answer within ${patience / 1000} s`);
      sent.destroy();
    }, patience);
    sent.on("close", () => clearTimeout(late));
    sent.on("error", (error: NodeJS.ErrnoException) => failed(error.code ?? error.message));
    sent.end(body);
  });
}
