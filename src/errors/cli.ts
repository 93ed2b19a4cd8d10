import type { ErrorEntry } from "../errors.ts";

export const cliErrors = {
  SL2001: {
    exit: 2,
    title: "Unknown command",
    message: 'there is no command "{command}"',
    hint: "run `{program} help` for the list of commands",
    page: `The first word that is not a flag is the command. Flags that only one command knows stand behind its name:
\`sluice migrate --lock-timeout 2s\`, not \`sluice --lock-timeout 2s migrate\`. Where a command with a similar name exists,
the message names it.`,
  },
  SL2002: {
    exit: 2,
    title: "Unknown flag",
    message: "{command} does not know the flag {flag}",
    hint: "run `{command} --help` for its flags; words behind `--` are never read as flags",
    page: `Nothing is guessed: a misspelt flag ends the command before anything is done, because a run without the flag that
was meant could do harm. Where a flag with a similar name exists, the message names it. Flags are written in full
(\`--lock-timeout\`, not \`--lock\`).

A word that begins with \`-\` and is no flag is written behind \`--\`, or, as the value of a flag, with an equals sign:
\`--name=-x\`.`,
  },
  SL2003: {
    exit: 2,
    title: "A flag has no value",
    message: "the flag {flag} needs a value: {expected}",
    hint: "write `{example}`",
    page: `The flag stands at the end of the line, or another flag follows it. In a script this is often a variable that is empty
and not quoted: \`--url $URL\`. A value that itself begins with \`-\` is written with an equals sign: \`--name=-x\`.`,
  },
  SL2004: {
    exit: 2,
    title: "Bad value of an option",
    message: "{source}: {value} is not {expected}",
    hint: "give {expected}, for example `{example}`",
    page: `An option has the same kinds of value wherever it is set: as a flag, as a \`SLUICE_...\` variable, as a key of
\`sluice.yaml\`. The message says which of the three held the bad value; for a file also the line.

- A duration is a number with a unit, or several: \`500ms\`, \`90s\`, \`5m\`, \`1h30m\`.
- A switch is \`true\` or \`false\`, also \`1\` or \`0\`. As a flag it needs no value, and \`--no-NAME\` turns it off.
- A list is a repeated flag, a variable with commas, or a YAML list.

An empty variable counts as not set, because templates often leave one empty. An empty value of a flag is an error:
\`--url "$URL"\` with an unset variable must not go to some other database.`,
  },
  SL2005: {
    exit: 2,
    title: "Unexpected argument",
    message: "{command} does not take the argument {argument}",
    hint: "usage: {usage}",
    page: `The command takes fewer words than were given. Frequent reasons: a switch that was given a value with a space
(\`--check true\` instead of \`--check\` or \`--check=true\`), a list with spaces instead of a repeated flag
(\`--dir a b\` instead of \`--dir a --dir b\`), and a value with a space in it that was not quoted.`,
  },
  SL2006: {
    exit: 2,
    title: "An argument is missing",
    message: "{command} needs the argument {argument}: {summary}",
    hint: "usage: {usage}",
    page: `The command cannot know what is meant without this word. \`sluice help COMMAND\` shows examples. In a script, look for
a variable that is empty and not quoted.`,
  },
  SL2010: {
    exit: 2,
    title: "The configuration file cannot be read",
    message: "the configuration file {file} cannot be read ({reason})",
    hint: "check the path given by --config or SLUICE_CONFIG, and the file's permissions",
    page: `Without \`--config\` and \`SLUICE_CONFIG\`, \`sluice.yaml\` in the current folder is read if it is there. A file that is
named must exist. In a container the current folder is the image's \`WORKDIR\`; a path from the root is safer there.
A file that exists and cannot be read is an error in either case, because its settings would be missed.`,
  },
  SL2011: {
    exit: 2,
    title: "The configuration file is not valid YAML",
    message: "the configuration file is not valid YAML: {reason}",
    hint: "correct the line; a value with a colon or a # in it must stand in quotes",
    page: `The file is read as YAML 1.2. The line and column are where the parser stopped, and the mistake is often on the line
before: a tab as indentation, an open quote, a key that stands twice.`,
  },
  SL2012: {
    exit: 2,
    title: "Unknown key in the configuration file",
    message: 'unknown key "{key}"',
    hint: "remove the key, or see docs/reference/cli.md for all keys",
    page: `Each option has a key: the name of its flag in camel case (\`--lock-timeout\` is \`lockTimeout\`), unless its help says
otherwise. All keys of all commands stand at the top level of one file; each command uses those that it knows. A key
that no command knows is an error, because it is most likely a setting that somebody relies on, misspelt.

\`config\`, \`envFile\`, \`help\` and \`version\` are no keys: they are decided before the file is read.`,
  },
  SL2013: {
    exit: 2,
    title: "The configuration file is not a list of keys",
    message: "the configuration file must hold keys with values, but holds {found}",
    hint: "write one `key: value` a line, for example `lockTimeout: 2s`",
    page: `The top level of \`sluice.yaml\` is one YAML mapping in one document. An empty file, or one of comments only, is
accepted. A list, a single word, or several documents (\`---\`) are not.`,
  },
  SL2020: {
    exit: 2,
    title: "An environment file cannot be read",
    message: "the environment file {file} cannot be read ({reason})",
    hint: "check the path given by --env-file or SLUICE_ENV_FILE, and the file's permissions",
    page: `Each file that \`--env-file\` names must exist and be readable by the user that Sluice runs as; files are never looked
for by default. In a container a relative path starts at the image's \`WORKDIR\`.`,
  },
  SL2021: {
    exit: 2,
    title: "Bad line in an environment file",
    message: "{reason}",
    hint: "write `KEY=VALUE`; a value with spaces, a # or several lines stands in quotes",
    page: `An environment file has one \`KEY=VALUE\` a line. Empty lines and lines that begin with \`#\` are passed over, and
\`export \` before the key is accepted. A value may stand in single quotes (taken as it is), or in double quotes (with
\`\\n\`, \`\\"\` and \`\\\\\`); within quotes it may run over several lines. Without quotes it ends at the end of the line or before
a \`#\` that follows a space. Nothing is expanded: \`$NAME\` stays \`$NAME\`.

Variables of the process win over those of the files, and a later file wins over an earlier one. The bad line itself
is not printed, because it may hold a password.`,
  },
  SL2040: {
    exit: 130,
    title: "Interrupted from the keyboard",
    message: "interrupted (SIGINT)",
    hint: "run the same command again to continue; what was committed stays and is not done twice",
    page: `Ctrl-C was pressed, or the process got SIGINT. The command cancelled what it was doing, recorded it, released its lock
and ended with exit status 130. A second Ctrl-C ends the process at once, without the cleaning up; the server then
finishes or rolls back by itself, and the next run finds out which.`,
  },
  SL2041: {
    exit: 143,
    title: "Asked to end by SIGTERM",
    message: "asked to end (SIGTERM)",
    hint: "run the same command again to continue; what was committed stays and is not done twice",
    page: `Kubernetes sends SIGTERM when a pod is deleted, evicted, or past its deadline (\`activeDeadlineSeconds\`). The command
cancelled what it was doing, recorded it, released its lock and ended with exit status 143, which the Job's
\`podFailurePolicy\` does not count as a failure of the migration. After \`terminationGracePeriodSeconds\` Kubernetes sends
SIGKILL; the next run then finds out what took effect. \`kubectl describe pod\` and the Events say who ended the pod.`,
  },
  SL2049: {
    exit: 70,
    title: "A bug in Sluice",
    message: "unexpected error: {reason}",
    hint: "report it with the lines above and the command; remove secrets first",
    page: `Sluice met an error that its code does not foresee: that is a mistake in Sluice, whatever caused it. Nothing is
hidden: the error's own text, the place in the code and the version are printed; passwords in connection addresses are
replaced by \`***\`. The exit status is 70, on which a Job tries again: what a migration does is safe to repeat.

A report is most useful with the whole output, the command line, and what is special about the database or the files.`,
  },
  SL2080: {
    exit: 2,
    title: "Nothing to install",
    message: "this runs from sources or from the npm package: there is no executable to copy",
    hint: "use the compiled executable (`npm run build`, or the image)",
    page: "`sluice install` copies the file of the running process, and without the compiled one that is a runtime.",
  },
  SL2081: {
    exit: 2,
    title: "The executable cannot be copied",
    message: "sluice cannot be written to {folder}: {reason}",
    hint: "give a folder that this user may write, such as an emptyDir that is mounted there",
    page: "`sluice install DIR` makes the folder where it is missing, writes each file (the executable, and the C library in `DIR/sluice-libc`) under a name of its own, and renames it. Nothing half-written is left behind. `ENOSPC`: the volume is smaller than these (some 120 MB). `EROFS`: the file system is read-only, and no volume is mounted at DIR.",
  },
} as const satisfies Record<string, ErrorEntry>;
