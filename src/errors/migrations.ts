import type { ErrorEntry } from "../errors.ts";

/** SL1001 to SL1099: what is wrong with migration files. All exit 2: trying again cannot help. */
export const migrationErrors = {
  SL1001: {
    exit: 2,
    title: "A string, quoted identifier or comment is never closed",
    message: "the {what} that begins here is never closed",
    hint: "Close it. In a plain '...' string a backslash is a backslash; only E'...' strings know \\'.",
    page:
      "The rest of the file belongs to the string or comment, so Sluice cannot tell where statements end, " +
      "and sends nothing. The line given is the one on which it begins.\n\nBlock comments nest in " +
      "PostgreSQL: each `/*` needs its own `*/`, also one that stands inside a comment. The closing tag of " +
      "a dollar-quoted string must be spelt like the opening one, in the same case. Files are read with " +
      "`standard_conforming_strings = on`.",
  },
  SL1002: {
    exit: 2,
    title: "A BEGIN ATOMIC body is never closed",
    message: "the BEGIN ATOMIC body that begins here has no END",
    hint: "Write END; after the last statement of the body, and a semicolon after each statement in it.",
    page:
      "The body of an SQL-standard function (`BEGIN ATOMIC ... END`) ends with the `END` that follows a " +
      "semicolon. Without it, all statements that follow would belong to the function.",
  },
  SL1003: {
    exit: 2,
    title: "A psql command in a migration",
    message: "{command} is a command of psql, not SQL",
    hint:
      "Remove the line and write what it does as SQL; put included files (\\i) into this file. In a dump " +
      "of pg_dump, remove \\restrict, \\unrestrict and \\connect.",
    page:
      "A backslash outside strings and comments is an instruction to the program psql. Sluice sends " +
      "statements to the server itself and does not run psql, and the server does not know these " +
      "commands.\n\nDumps of pg_dump hold `\\restrict` and `\\unrestrict` lines since the minor releases " +
      "of August 2025; they may be removed. Take dumps for a baseline with `pg_dump --schema-only`, so " +
      "that they hold no COPY data.",
  },
  SL1004: {
    exit: 2,
    title: "COPY FROM STDIN in a migration",
    message: "COPY ... FROM STDIN needs data that a migration cannot hold",
    hint: "Use INSERT (pg_dump --inserts writes it), or load the data by a program of your own: sluice run --id ID -- COMMAND.",
    page:
      "The lines after `COPY ... FROM STDIN` are data, not SQL; psql cuts them out of its input and sends " +
      "them separately. Sluice does not. `COPY ... FROM 'file'` and `COPY ... FROM PROGRAM` read on the " +
      "server's side and are possible, where the account may do that.",
  },
  SL1005: {
    exit: 2,
    title: "A file of another migration tool",
    message: "this is a file of {tool} ({marker}); its format is not supported yet",
    hint:
      "Put the down part behind a line -- sluice:down and remove the other markers, or run {tool} itself " +
      "under: sluice run --id ID -- COMMAND.",
    page:
      "To PostgreSQL the markers of other tools are comments. Sent as it is, such a file would run its up " +
      "part and then its down part: a file of dbmate creates its table and drops it again. So Sluice " +
      "refuses it.\n\nMarkers count only where they are comments at the beginning of a line, not inside " +
      "strings or function bodies.",
  },
  SL1006: {
    exit: 2,
    title: "A file name of another migration tool",
    message: "{name} follows the file names of {tool}; its format is not supported yet",
    hint:
      "Rename it to VERSION_NAME.sql, with the down script in the same file behind a line -- sluice:down, " +
      "or run {tool} itself under: sluice run --id ID -- COMMAND.",
    page:
      "Files that end in `.up.sql` and `.down.sql` (golang-migrate, sqlx) are the two halves of one " +
      "migration; taken as plain files they would be two migrations, the second undoing the first. Names " +
      "such as `V1__name.sql` and `R__name.sql` are Flyway's.",
  },
  SL1010: {
    exit: 2,
    title: "An unknown directive",
    message: 'unknown directive "{key}"',
    hint: "Correct it, or write the comment without the colon after sluice if it is none.",
    page:
      "A comment that begins with `sluice:` is a directive; one that is not understood is an error, " +
      "because a misspelt `phase=contract` would run a destructive change while the old version still " +
      "serves.",
  },
  SL1011: {
    exit: 2,
    title: "A directive with a bad value",
    message: 'bad value "{value}" for the directive {key}',
    hint: "Write {form}.",
    page:
      "Durations need a unit: `500ms`, `90s`, `5m`, `1h30m`. A plain number is refused, because PostgreSQL " +
      "would read milliseconds where people mean seconds. `lock_timeout` must be above 0: without a limit, " +
      "all readers of a table queue behind the migration. Versions are digits, without the name, and never " +
      "the file's own.",
  },
  SL1012: {
    exit: 2,
    title: "A malformed directive",
    message: 'malformed directive "{text}": {reason}',
    hint: "Write a line comment of its own: -- sluice: {form}.",
    page:
      "A directive is a line comment, `-- sluice: key=value` or `-- sluice: key`, one a line, without " +
      "blanks around the equals sign and without anything behind it. Case and blanks around `sluice:` do " +
      "not matter. Comments that only look like a directive (the colon is missing, `sluice` is misspelt, a " +
      "block comment) are errors too: they are never ignored in silence.",
  },
  SL1013: {
    exit: 2,
    title: "A directive after the first statement",
    message: 'the directive "{text}" stands after the first statement',
    hint: "Move it to the top of the file: directives hold for the whole file.",
    page: "Directives stand before the first statement, where a reader sees them. They hold for the whole file.",
  },
  SL1014: {
    exit: 2,
    title: "A directive given twice",
    message: "the directive {key} was given before, on line {first}",
    hint: "Remove one of the two. Only requires may be repeated.",
    page: "Each directive may be given once in a file, except `requires`, whose versions add up.",
  },
  SL1015: {
    exit: 2,
    title: "Two down parts",
    message: "a second -- sluice:down; the down part begins on line {first}",
    hint: "Keep one -- sluice:down line; everything behind it is the down part.",
    page: "A file has one up part and at most one down part, which reaches to the end of the file.",
  },
  SL1016: {
    exit: 2,
    title: "A -- sluice:down line with something else on it",
    message: "-- sluice:down must stand alone on its line",
    hint: "Write -- sluice:down on a line of its own, without anything before or behind it.",
    page:
      "The file is cut at this line: what stands before it is the up part, what stands behind it the down " +
      "part. A statement on the same line would belong to neither.",
  },
  SL1020: {
    exit: 2,
    title: "The directory of migrations cannot be read",
    message: "cannot read the directory {dir}: {reason}",
    hint: "Give the directory with --dir. In a container, look at the mount and at the rights of the user.",
    page:
      "The default is `migrations` in the working directory. In a pod, look whether the volume is mounted " +
      "where `--dir` points to, and whether the container's user may read it.",
  },
  SL1021: {
    exit: 2,
    title: "Not a directory",
    message: "a directory of migrations is expected here, but this is none",
    hint: "Give the directory that holds the files with --dir, not a file.",
    page: "`--dir` names a directory. All migrations in it make one list with those of other `--dir` options.",
  },
  SL1022: {
    exit: 2,
    title: "A migration file cannot be read",
    message: "cannot read the file: {reason}",
    hint: "Make it readable for the user that runs Sluice, or remove it; a link must lead to a file.",
    page:
      "Sluice does not pass over a migration that it cannot read: the schema would lack it without notice. " +
      "In a container, compare the file's owner and mode with the user of the container (`runAsUser`, " +
      "`fsGroup`).",
  },
  SL1023: {
    exit: 2,
    title: "A file name without a version",
    message: "{name} is no name of a migration",
    hint: "Name it VERSION_NAME.sql, the version in digits: 20260101120000_add_category.sql. sluice new NAME does.",
    page:
      "Every `.sql` file in the directory is a migration, so that none is left out because of a slip in " +
      "its name. Names are `<digits>_<name>.sql`, in lower-case `.sql`. Keep other SQL files in another " +
      "directory (also a sub-directory) or give them another ending.",
  },
  SL1024: {
    exit: 2,
    title: "Two files with one version",
    message: "version {version} is also that of {other}",
    hint: "Give the one that is not applied anywhere yet a new version: rename the file.",
    page:
      "The version identifies a migration in the history. Leading zeros mean nothing: `001_a.sql` and " +
      "`1_b.sql` have the same version. This happens when two branches are merged; versions from the " +
      "clock, as `sluice new` makes them, seldom meet.",
  },
  SL1025: {
    exit: 2,
    title: "Not a regular file",
    message: "a file is expected here, but this is a directory, a pipe or a device",
    hint: "Remove it, or give it a name that does not end in .sql. Look whether a mounted file exists.",
    page:
      "Container runtimes make an empty directory where the file that a volume should mount does not " +
      "exist. Sub-directories are passed over, but not one that is named like a migration.",
  },
  SL1026: {
    exit: 2,
    title: "A file that is not UTF-8",
    message: "this line is not valid UTF-8",
    hint: "Save the file as UTF-8 (from Latin-1: iconv -f ISO-8859-1 -t UTF-8).",
    page: "Sluice sends files as UTF-8 and does not guess encodings: a wrong guess would write wrong data.",
  },
  SL1027: {
    exit: 2,
    title: "A file in UTF-16",
    message: "the file is UTF-16, not UTF-8",
    hint: "Save the file as UTF-8 (iconv -f UTF-16 -t UTF-8). Windows PowerShell's > writes UTF-16.",
    page:
      "The file begins with the byte order mark of UTF-16. In Windows PowerShell, `Out-File -Encoding " +
      "utf8` writes UTF-8; a byte order mark of UTF-8 does no harm.",
  },
  SL1028: {
    exit: 2,
    title: "A NUL byte in a file",
    message: "this line holds a NUL byte",
    hint: "Remove it. Where every second byte is NUL, the file is UTF-16: save it as UTF-8.",
    page: "PostgreSQL cannot take the character U+0000 in a statement. It often means UTF-16 or a binary file.",
  },
} as const satisfies Record<string, ErrorEntry>;
