import { expect, test } from "bun:test";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { until } from "../cluster/readiness.ts";
import { cleanUpAfter } from "../support/cleanup.ts";
import { startProgram } from "../support/run.ts";
import { send } from "./request.ts";
import { openWindow, type Summary } from "./window.ts";

/** A service on a port of its own, whose answers may be changed. */
async function service(first: RequestListener) {
  let answer = first;
  const server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanUpAfter(() => void server.close());
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    become: (next: RequestListener) => {
      answer = next;
    },
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}

const well: RequestListener = ({ method }, response) => {
  response.writeHead(method === "POST" ? 201 : 200);
  response.end("{}");
};
const broken: RequestListener = (_, response) => {
  response.writeHead(500);
  response.end("no");
};
const cut: RequestListener = (_, response) => {
  response.writeHead(200, { "content-length": 100 });
  response.write("{");
  setTimeout(() => response.destroy(), 20);
};

test("a request fails by another status, a cut answer, silence, a refusal; and not otherwise", async () => {
  const { url, become, stop } = await service(well);
  expect(await send(url, 0)).toBeUndefined();
  expect(await send(url, 1)).toBeUndefined();
  become((_, response) => response.writeHead(200).end());
  expect(await send(url, 0)).toBe("POST /posts: status 200: ");
  become(broken);
  expect(await send(url, 1)).toBe("GET /: status 500: no");
  become(cut);
  expect(await send(url, 1)).toMatch(/^GET \/: .+/);
  become(() => {});
  expect(await send(url, 2, 100)).toBe("GET /posts/1: no answer within 0.1 s");
  await stop();
  expect(await send(url, 3)).toBe("GET /posts: ECONNREFUSED");
});

test("the generator sends at its rate whatever the answers take, and tells what failed since the last mark", async () => {
  const slow: RequestListener = (request, response) => setTimeout(() => well(request, response), 300);
  const { url, become } = await service(slow);
  const main = join(import.meta.dirname, "main.ts");
  const args = [main, "--url", url.href, "--rate", "50", "--port", "0"];
  const running = await startProgram(process.execPath, args);
  const [, port] = await running.waitForOutput(/figures on port (\d+)/);
  const mark = async () =>
    (await (await fetch(`http://127.0.0.1:${port}/mark`, { method: "POST" })).json()) as Summary;
  await mark();
  await Bun.sleep(1000);
  const good = await mark();
  expect(good).toMatchObject({ failed: 0, failures: [] });
  // One after the other it would be three or four.
  expect(good.requests).toBeGreaterThan(20);
  // Where the generator stood still, what was due before the mark is sent behind it.
  expect(good.requests).toBeLessThanOrEqual(50 * (good.seconds + good.lateMs / 1000) + 1);
  expect(good.p50Ms).toBeGreaterThanOrEqual(300);
  become(broken);
  await Bun.sleep(200);
  await mark();
  const bad = await until("requests are sent", async () => {
    await Bun.sleep(200);
    const window = await mark();
    return window.requests > 0 && window;
  });
  expect(bad.failed).toBe(bad.requests);
  expect(bad.failures[0]).toMatch(/^[\d.]+ s: (GET|POST) \/\S*: status 500: no$/);
});

test("a window tells its latencies, and how late a request was sent at most", async () => {
  const window = openWindow();
  for (const latencyMs of [30, 10, 20])
    window.add(Promise.resolve({ outcome: undefined, latencyMs }), latencyMs / 2);
  window.add(Promise.resolve({ outcome: "GET /: no", latencyMs: 5 }), 0);
  const expected = { requests: 4, failed: 1, p50Ms: 10, p99Ms: 30, highestMs: 30, lateMs: 15 };
  expect(await window.settled()).toMatchObject(expected);
});

test.each([
  [["--url", "http://localhost", "--rate", "1000"], "at most 100"],
  [["--url", "http://localhost", "--seconds", "9999"], "at most 1800"],
  [["--url", "http://blog.example.com"], "neither this machine nor a Service"],
])("%p is refused", async (args, words) => {
  const { done } = await startProgram(process.execPath, [join(import.meta.dirname, "main.ts"), ...args]);
  const { code, stderr } = await done;
  expect([code, stderr]).toEqual([1, expect.stringContaining(words)]);
});
