import { createServer } from "node:net";
import { addresses } from "../../cluster/network.ts";
import { until } from "../../cluster/readiness.ts";
import { cleanUpAfter } from "../../support/cleanup.ts";

/** What a migration written by hand says: "POD VERSION begin". */
export interface Note {
  /** When it came here, milliseconds. */
  at: number;
  pod: string;
  version: string;
  what: string;
}

export interface Recorder {
  /** "HOST PORT", as nc takes it. */
  address: string;
  /** In the order of their coming. */
  notes: readonly Note[];
  /** Resolves to the nth note of that kind when it is there. */
  noted(version: string, what: string, nth?: number): Promise<Note>;
}

/** Listens where pods reach it, until the test is over. */
export async function startRecorder(): Promise<Recorder> {
  const notes: Note[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.setEncoding("utf8").on("data", (line: string) => {
      const [pod = "", version = "", what = ""] = line.trim().split(" ");
      notes.push({ at: performance.now(), pod, version, what });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, addresses.host, resolve));
  cleanUpAfter(() => void server.close());
  return {
    address: `${addresses.host} ${(server.address() as { port: number }).port}`,
    notes,
    noted: (version, what, nth = 1) =>
      until(
        `${version} ${what}`,
        async () => notes.filter((note) => note.version === version && note.what === what)[nth - 1],
      ),
  };
}

/** How many migrations were under way at the same time, at most. */
export function mostAtOnce(notes: readonly Note[]): number {
  const running = new Set<string>();
  return notes.reduce((most, { pod, what }) => {
    if (what === "begin") running.add(pod);
    else running.delete(pod);
    return Math.max(most, running.size);
  }, 0);
}
