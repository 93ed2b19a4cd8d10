import { afterAll, afterEach, describe, expect, test } from "bun:test";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";

const main = join(import.meta.dirname, "testing/main.ts");
const folder = mkdtempSync(join(tmpdir(), "sluice-process-"));
const children = new Set<ChildProcess>();
afterEach(() => {
  for (const child of children) child.kill("SIGKILL");
  children.clear();
});
afterAll(() => rmSync(folder, { recursive: true }));

/** @param output descriptor that becomes its standard output as it is; a pipe to this process unless given. */
function start(argv: string[], output?: number) {
  const command = [process.execPath, main, ...argv];
  // What is given as standard output itself, Bun opens anew for the child.
  const shell = ["sh", "-c", 'exec "$@" 1>&3 3>&-', "sh"];
  const [program = "", ...rest] = output === undefined ? command : [...shell, ...command];
  const child = spawn(program, rest, {
    cwd: folder,
    env: { PATH: process.env.PATH ?? "", SLUICE_TERMINATION_LOG: join(folder, "termination") },
    stdio: output === undefined ? ["ignore", "pipe", "pipe"] : ["ignore", "ignore", "pipe", output],
  });
  children.add(child);
  return { child, ended: once(child, "exit") as Promise<[number | null, string | null]> };
}

/** Resolves when the child has said it is waiting. */
async function waiting(child: ChildProcess): Promise<void> {
  let said = "";
  for await (const chunk of child.stderr!.iterator({ destroyOnReturn: false })) {
    said += chunk;
    if (said.includes("waiting")) return;
  }
  throw new Error(`ended before it waited: ${said}`);
}

describe("a process", () => {
  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("lets the command clean up on %s and ends with %i", async (name, exit) => {
    const { child, ended } = start(["show", "signal"]);
    await waiting(child);
    child.kill(name);
    const rest = await text(child.stderr!);
    expect(await ended).toEqual([exit, null]);
    expect(rest).toContain(name);
  });

  test("ends at once on the second signal", async () => {
    const { child, ended } = start(["show", "stubborn"]);
    await waiting(child);
    child.kill("SIGTERM");
    // Two signals of one kind that wait together are one to the kernel: the second must be another.
    child.kill("SIGINT");
    const [code] = await ended;
    expect([130, 143]).toContain(code as number);
  });

  test("writes everything before it ends, however slow the reader", async () => {
    const { child, ended } = start(["show", "much"]);
    await once(child.stderr!, "data");
    expect((await text(child.stdout!)).length).toBe(1_000_001);
    expect(await ended).toEqual([0, null]);
  });

  test("writes everything into a pipe that does not block", async () => {
    const path = join(folder, "fifo");
    execFileSync("mkfifo", [path]);
    const fifo = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
    try {
      const { child, ended } = start(["show", "much"], fifo);
      await once(child.stderr!, "data");
      const buffer = Buffer.alloc(10_000);
      let count = 0;
      while (count < 1_000_001) {
        // Slower than the writer, so that it finds the pipe full again and again.
        await new Promise((resolve) => setImmediate(resolve));
        try {
          count += readSync(fifo, buffer);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
        }
      }
      expect(await ended).toEqual([0, null]);
      expect(count).toBe(1_000_001);
    } finally {
      closeSync(fifo);
    }
  });

  test("goes on when the reader of its output goes away", async () => {
    const { child, ended } = start(["show", "much"]);
    child.stdout!.destroy();
    const said = await text(child.stderr!);
    expect(await ended).toEqual([0, null]);
    expect(said).toContain("written");
    expect(said).not.toContain("error");
  });

  test("reports an error that nothing caught as a bug", async () => {
    const { child, ended } = start(["show", "stray"]);
    const said = await text(child.stderr!);
    expect(await ended).toEqual([70, null]);
    expect(said).toContain("error SL2049: unexpected error: Error: thrown where nothing catches");
  });
});
