import { request } from "node:http";

export interface Answer {
  status: number;
  /** What the replica says its version is. */
  version: string;
}

/** Sends one request to a port of this machine, on a connection of its own. Rejects after `timeout` milliseconds. */
export function call(port: number, method: "GET" | "POST", path: string, timeout: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const going = request({ host: "127.0.0.1", port, method, path, agent: false }, (response) => {
      response.on("error", reject);
      response.on("end", () => {
        clearTimeout(timer);
        const version = String(response.headers["x-version"] ?? "");
        resolve({ status: response.statusCode ?? 0, version });
      });
      response.resume();
    });
    const timer = setTimeout(() => going.destroy(new Error(`no answer after ${timeout} ms`)), timeout);
    going.on("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    going.end();
  });
}
