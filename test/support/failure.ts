/**
 * What a promise rejects with; throws where it does not reject.
 *
 * For `expect(promise).rejects`, which no test here uses (test/architecture.test.ts): Bun waits for the promise in an
 * event loop of its own, inside the other, and what the outer one had still to hand out is lost: the output of a child
 * process that ended at the same moment never comes to its end (oven-sh/bun issue 33261).
 */
export async function failureOf(work: Promise<unknown>): Promise<Error> {
  let value: unknown;
  try {
    value = await work;
  } catch (error) {
    return error as Error;
  }
  throw new Error(`did not fail, but gave ${Bun.inspect(value)}`);
}
