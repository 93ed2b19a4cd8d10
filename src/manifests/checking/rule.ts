import type { ManifestObject, Path, Subject } from "./subjects.ts";

/** All that a rule sees. */
export interface Look {
  readonly subjects: readonly Subject[];
  readonly objects: readonly ManifestObject[];
  /** `--helm-timeout`, milliseconds. */
  readonly helmTimeout: number | undefined;
  /** Looked at a namespace, and not at files. */
  readonly isLive: boolean;
  /** Why the rights in a namespace cannot be known; undefined where they can. */
  readonly noRights: string | undefined;
}

/** A finding before it has a place. */
export interface Found {
  readonly subject: Subject;
  /** What it is about, from the root of the document; what is missing points to the nearest that is there. */
  readonly path: Path;
  /** A sentence without a full stop. */
  readonly message: string;
  /** What to do, with the user's own names; a sentence without a full stop. */
  readonly fix: string;
}

/** A rule of `check` for manifests; its page in docs/rules is made from this object and its two examples. */
export interface ManifestRule {
  /** Stays the same from version to version. */
  readonly code: string;
  /** In kebab case; its examples beside it are NAME.bad.yaml and NAME.good.yaml. */
  readonly name: string;
  /** Heading: what is the case; no full stop. */
  readonly title: string;
  /** What is looked at, and what counts. Markdown. */
  readonly what: string;
  /** What it does to a roll-out. Markdown. */
  readonly why: string;
  /** What to do about it. Markdown. */
  readonly fix: string;
  /** Further words on the command line that the rule needs, for its page and its tests. */
  readonly options?: readonly string[];
  find(look: Look): Found[];
  /** What it cannot decide from this input, and how it could; sentences without a full stop. */
  notes?(look: Look): string[];
  /** Whether this input lets it look at all; where it does not, an annotation that names it is not reported as unused. */
  applies?(look: Look): boolean;
}
