import type { Identity } from "./identity.ts";
import type { Kind } from "./kinds.ts";
import type { Cluster } from "./kubernetes/cluster.ts";
import type { Wanted } from "./wanted.ts";

/** An object by its name, or all of a selector. */
export interface ObjectTarget {
  kind: Kind;
  name?: string;
  selector?: string;
}

/** What is asked of the object. */
export interface Asked {
  identities: readonly Identity[];
  /** Instead of the target's own rule. */
  wanted: Wanted | undefined;
}

/** The way to the API server, taken by the first target that needs it. */
export interface ClusterAccess {
  /** The same at each call. @throws SluiceError (exit 2) where no API server is configured. */
  open(): Promise<Cluster>;
  close(): Promise<void>;
}
