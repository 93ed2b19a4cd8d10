import { onTestFinished } from "bun:test";

type Cleanup = () => void | Promise<void>;

/** What the running test began, and what belongs to no single test; both in the order of their beginning. */
const ofTest = new Set<Cleanup>();
const ofRun = new Set<Cleanup>();

/**
 * Has something ended: at the end of the running test, or at the end of the whole run where it was begun outside of a
 * test (in `beforeAll`, or for all files). Newest first: a process ends before its folder is removed.
 */
export function cleanUpAfter(cleanup: Cleanup, scope: "test" | "run" = "test"): void {
  (scope === "test" && inTest() ? ofTest : ofRun).add(cleanup);
}

/** Ends everything that is left, after the last test. */
export async function cleanUpAll(): Promise<void> {
  await cleanUp(ofTest);
  await cleanUp(ofRun);
}

/** Registers the clean-up of the running test, once; false outside of one. */
function inTest(): boolean {
  if (ofTest.size > 0) return true;
  try {
    // One for all: Bun calls several in the order of their registration, the wrong one here.
    onTestFinished(() => cleanUp(ofTest));
    return true;
  } catch {
    return false;
  }
}

async function cleanUp(cleanups: Set<Cleanup>): Promise<void> {
  const failures: unknown[] = [];
  for (const cleanup of [...cleanups].reverse()) {
    cleanups.delete(cleanup);
    try {
      await cleanup();
    } catch (error) {
      failures.push(error); // the others are ended nevertheless
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, "what the tests began could not be ended");
}
