/** What a gate waits for, once its form was found right. */
export interface GateTarget {
  /** Without passwords. */
  readonly target: string;
  /** What it begins with: "schema", "job". */
  readonly word: string;
  /** Of an object in Kubernetes: "job". */
  readonly kind?: string | undefined;
}

/**
 * Reads the words behind `sluice wait`: targets and other arguments. This floor does not know them; the command gives
 * it what `sluice wait` itself reads them with.
 * @throws SluiceError (exit 2) with the nearest right form.
 */
export type ReadTargets = (words: readonly string[], args: readonly string[]) => readonly GateTarget[];
