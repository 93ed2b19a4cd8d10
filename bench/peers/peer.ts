/** What is started: the first word is the executable's full path. */
export interface Command {
  argv: string[];
  /** Added to the small environment that every measured process gets. */
  env?: Record<string, string>;
}

/** One tool of the comparison; Sluice itself and the floor are peers, too. */
export interface Peer {
  /** As in the tables and after `--without`. */
  name: string;
  /** For the tables; what `obtain` brings. */
  version: string;
  /**
   * Takes a folder for files that only this run needs, and returns the path of the executable. What was fetched or
   * built stays in the user's cache, so that only the first run needs a network. Throws where it cannot be had.
   */
  obtain(scratch: string): string;
  /** The name of a migration file: `version` is all digits, `name` is a word. */
  fileName(version: string, name: string): string;
  /** The content of a migration file whose up part is `sql`. */
  fileContent(sql: string): string;
  /** Applies what is pending in a folder; with nothing pending this is the no-op. */
  migrate(executable: string, folder: string, url: string): Command;
  showVersion(executable: string): Command;
}

/** A peer that is there: what the benchmarks work with. */
export interface Subject extends Peer {
  executable: string;
}
