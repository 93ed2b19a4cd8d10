import type { ErrorEntry } from "../errors.ts";

/** SL42xx: commands that run under the lock. */
export const runErrors = {
  SL4201: {
    exit: 2,
    title: "A run without an ID",
    message: "nothing says when this command counts as done",
    hint: "Name the run after the release, for example `--id $TAG`; or give --fingerprint with the files that decide what the command does; or --no-record for a one-off command.",
    page: `A run that is done is not started again, so it needs an ID that is another one for the next release. Sluice does not
make one from the command line alone: \`bin/rails db:migrate\` reads the same in every release, so the second release
would find it done and skip its migrations.

- \`--id ID\`: the tag of the image, the revision of the release, a commit.
- \`--fingerprint PATH\` (repeatable): a hash of the command and of these files and folders.
- \`--no-record\`: nothing is recorded and nothing is skipped; the command runs each time, under the lock.`,
  },
  SL4202: {
    exit: 2,
    title: "The command cannot be started",
    message: "{program} cannot be started: {reason}",
    hint: "Check the name and the PATH inside this image. A script needs a #! line whose program is there; a shell's own words (&&, |, $NAME) need `sh -c '...'`.",
    page: `The system refused to start the program, so nothing has run. It is looked up as a shell does, by PATH unless it holds a
slash, but no shell reads the words: \`sluice run --id 7 -- "rails db:migrate && rails db:seed"\` would look for a program
with blanks in its name. ENOENT for a script that exists means that the program in its first line (\`#!\`) is missing in
this image; EACCES that the file is not executable, or lies on a volume mounted with \`noexec\`.`,
  },
  SL4203: {
    exit: 2,
    title: "Not an ID of a run",
    message: "{text} cannot be the ID of a run",
    hint: "Use 1 to 200 characters without blanks, for example a tag: release-42.",
    page: "The ID of a run stands in one word of a command line (`sluice wait run/ID`) and is compared exactly. Blanks and control characters, which are mostly a mistake in a template, are refused.",
  },
  SL4204: {
    exit: 2,
    title: "Two IDs for one run",
    message: "--id and --fingerprint both say when the command counts as done",
    hint: "Keep one of them: --id where a gate must know the ID, --fingerprint where no release name is at hand.",
    page: "`--fingerprint` makes the ID from the command and the files. Together with a given ID one of the two would have to be ignored.",
  },
  SL4205: {
    exit: 2,
    title: "A fingerprint of nothing",
    message: "--fingerprint {path}: {reason}",
    hint: "Check the path, and that the volume with the files is mounted.",
    page: "The fingerprint is made of the command and of the content and relative name of each file. A path that is missing, or holds no file, would leave the command alone, which reads the same in every release: the next one would be skipped. Folders are read with everything below them; names that begin with `..` are Kubernetes' own in a mounted ConfigMap and do not count.",
  },
  SL4206: {
    exit: 2,
    title: "Not an exit status",
    message: "--retry-on takes exit statuses from 1 to 255, not {text}",
    hint: "Write them with commas or repeat the flag: `--retry-on 75,137`.",
    page: "0 is success and cannot be retried. A command that a signal ended has 128 and the number of the signal, as in a shell: 137 is SIGKILL, which is also how the kernel ends a process that is out of memory.",
  },
  SL4210: {
    exit: 4,
    title: "The command failed",
    message: "{command} {how}{last}",
    hint: "Look at its output. What it did before it failed is done; correct the cause and run again: a failed run is started anew. Exit statuses that may pass by themselves belong into --retry-on.",
    page: "Sluice cannot know what a foreign command left behind, so its failure counts as permanent: a Job with Sluice's `podFailurePolicy` is not tried again, gates stay closed, and the old version of the application goes on. The history keeps the exit status, the duration and the end of the output; the message shows the last line of it.",
  },
  SL4211: {
    exit: 75,
    title: "The command may be tried again",
    message: "{command} {how}, which --retry-on names{last}",
    hint: "Run it again, or let the Job do so.",
    page: "The exit status stands in `--retry-on`, so it is one that may pass by itself, such as a database that did not answer. The history keeps the run as `running` with this error: gates wait on, also with `--fail-fast`, and the next run starts the command anew.",
  },
  SL4212: {
    exit: 69,
    title: "The lock was lost while the command ran",
    message: "{command} was ended, because the runner lock was lost: {reason}",
    hint: "Run it again when the database can be reached: the run was not recorded as done and is started anew.",
    page: "While the command runs, one database session of Sluice holds the lock that keeps other runners away. The server was shut down, failed over, an administrator ended the session, or the network was cut; with `--lock lease` this runner was frozen for longer than its lease. From then on another runner may start, so the command and everything that it started was ended with SIGKILL at once. A statement that it had sent may still run to its end on the server.",
  },
  SL4213: {
    exit: 69,
    title: "The end of a run could not be recorded",
    message: "run {id} {how}, but that could not be recorded: {reason}",
    hint: "Run it again: as long as it is not recorded as done, it is started anew.",
    page: "The command had ended when the database was lost, and could not be reached again; or another runner had started the same run meanwhile, and its try is the one that counts. A run is started at least once, and again until an exit status 0 is recorded, so its command must bear being started twice.",
  },
} as const satisfies Record<string, ErrorEntry>;
