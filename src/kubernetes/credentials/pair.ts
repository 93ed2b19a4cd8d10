import { createReader, type Source, unusable } from "./files.ts";
import { pairProblem } from "./x509.ts";

/** A client's certificate and its key, in PEM. */
export interface Pair {
  cert: string;
  key: string;
}

/**
 * Reads both afresh for each request. They are two files, so one may be new and the other not yet: until both can be
 * used and belong together, those that could go on, and `warn` is told why.
 * @throws SluiceError SL7005, SL7010 where they never could.
 */
export function createPair(cert: Source, key: Source, warn: (text: string) => void): () => Pair {
  const read = { cert: createReader(cert, { warn }), key: createReader(key, { warn }) };
  let good: Pair | undefined;
  let told: string | undefined;
  return () => {
    const now = { cert: read.cert(), key: read.key() };
    if (good?.cert === now.cert && good.key === now.key) {
      told = undefined;
      return good;
    }
    const problem = pairProblem(now.cert, now.key);
    if (problem === undefined) {
      told = undefined;
      good = now;
      return good;
    }
    const error = unusable(problem.which === "cert" ? cert : key, problem.reason);
    if (good === undefined) throw error;
    if (told !== error.message)
      warn(`${error.message}; the certificate and key that were there before go on`);
    told = error.message;
    return good;
  };
}
