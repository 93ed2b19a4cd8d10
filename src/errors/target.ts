import type { ErrorEntry } from "../errors.ts";

/** SL3001 to SL3019: where the database is, and with what to connect. Nothing here repeats a URL or a password. */
export const targetErrors = {
  SL3001: {
    exit: 2,
    title: "No database given",
    message: "nothing says where the database is",
    hint: "give it in one of the ways listed above; in a pod, SLUICE_URL from a Secret is the usual one",
    page: `Sluice looks in this order and takes the first that is set and not empty: \`--url\`, \`SLUICE_URL\`,
\`SLUICE_URL_FILE\`, \`DATABASE_URL\`, \`DATABASE_URL_FILE\`, \`url\` in \`sluice.yaml\`, and the variables that \`psql\` reads
(\`PGHOST\`, \`PGHOSTADDR\`, \`PGPORT\`, \`PGDATABASE\`, \`PGUSER\`, \`PGSERVICE\`). \`PGPASSWORD\` alone names no database.

In Kubernetes the usual reason is a Secret whose key is named differently, or an \`envFrom\` with a prefix:
\`kubectl describe pod\` shows which variables the container gets.`,
  },
  SL3002: {
    exit: 2,
    title: "The file with the URL cannot be used",
    message: "{variable} names {file}, which cannot be used: {reason}",
    hint: "mount a file there that holds the URL and nothing else, readable for the user of the container",
    page: `\`SLUICE_URL_FILE\` and \`DATABASE_URL_FILE\` hold the path of a file, usually of a mounted Secret. The file holds the
URL; line breaks at its end are dropped.

\`ENOENT\`: there is no such file; a Secret mounted as a folder has one file per key. \`EACCES\`: the container's user may
not read it; set \`fsGroup\` in the pod's security context, or a \`defaultMode\` that lets it. \`EISDIR\`: the path is the
folder, not the file in it.`,
  },
  SL3003: {
    exit: 2,
    title: "This kind of database is not supported yet",
    message: "{origin} names a database of the kind '{scheme}', which is not supported yet",
    hint: "give the URL of a PostgreSQL database: postgres://USER@HOST:PORT/DATABASE",
    page: `Sluice works with PostgreSQL 13 and newer. The word before \`://\` decides: \`postgres\` or \`postgresql\`, also with a
driver behind a plus sign (\`postgresql+psycopg\`), which is passed over.

If the application uses another database than the one to be migrated, set \`SLUICE_URL\`: it goes before \`DATABASE_URL\`.`,
  },
  SL3004: {
    exit: 2,
    title: "Not a database URL",
    message: "the value of {origin} is not a database URL",
    hint: "write postgres://USER:PASSWORD@HOST:PORT/DATABASE, or libpq's form `host=... dbname=... user=...`",
    page: `The value is not shown, because it may hold a password. It must begin with \`postgres://\` or \`postgresql://\`, or be a
list of libpq's keywords.

Frequent reasons: quotes that became part of the value (an env file read by something that does not drop them), a Secret
encoded with base64 twice, a reference such as \`$(DB_URL)\` that was not replaced, the host alone without
\`postgres://\`, or a shell variable that was empty in \`--url "$URL"\`.`,
  },
  SL3005: {
    exit: 2,
    title: "Malformed database URL",
    message: "{from} is malformed: {problem}",
    hint: "the form is postgres://USER:PASSWORD@HOST:PORT/DATABASE?NAME=VALUE",
    page: `The message names the part and does not show it, because it may be a piece of the password. Nearly always it is a
password with a character that means something in a URL. Those are percent-encoded:

| character | \`@\` | \`/\` | \`:\` | \`?\` | \`#\` | \`%\` | \`&\` | blank |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
| written | \`%40\` | \`%2F\` | \`%3A\` | \`%3F\` | \`%23\` | \`%25\` | \`%26\` | \`%20\` |

A password that stands on its own in \`PGPASSWORD\`, or in libpq's keyword form, is not encoded.`,
  },
  SL3006: {
    exit: 2,
    title: "Unknown connection parameter",
    message: "{from} holds the parameter '{name}', which PostgreSQL's clients do not know",
    hint: "remove it, or write it as in docs/reference/connection.md",
    page: `Parameters behind the \`?\` of a URL are those of libpq (PostgreSQL manual, "Parameter Key Words"). Many that drivers
and frameworks add (\`connection_limit\`, \`pool\`, \`prepareThreshold\`) are known and passed over with a warning. Any other
is an error: a misspelt \`sslmode\` must not lead to a connection without TLS.

If the application needs the parameter in the shared URL, give Sluice its own in \`SLUICE_URL\`.`,
  },
  SL3007: {
    exit: 2,
    title: "Bad value of a connection parameter",
    message: "{name} in {from} must be {expected}",
    hint: "correct the value; docs/reference/connection.md lists what each parameter takes",
    page: `The value is not shown where it may be a piece of a password: a \`?\` or \`&\` that is not encoded in a password makes its
rest look like parameters.

Values are those of libpq. A driver may have others of its own: \`sslmode=no-verify\` of Node.js is \`sslmode=require\` here.`,
  },
  SL3008: {
    exit: 2,
    title: "Unknown service",
    message: "no service file defines the service '{service}' (looked in {files})",
    hint: "add a section [{service}] to one of them, or set PGSERVICEFILE to the file that has it",
    page: `A service is a named set of connection parameters in \`~/.pg_service.conf\` (or the file in \`PGSERVICEFILE\`), or in
\`pg_service.conf\` of the folder in \`PGSYSCONFDIR\`. \`PGSERVICE\` and the parameter \`service\` name one. A file that is missing
or may not be read counts as empty.`,
  },
  SL3009: {
    exit: 2,
    title: "Malformed service file",
    message: "the service file cannot be read: {problem}",
    hint: "each line of a section is NAME=VALUE with a parameter that libpq knows, without quotes or comments behind it",
    page: `A connection service file has sections \`[name]\` with lines \`NAME=VALUE\`. A comment stands on a line of its own and
begins with \`#\`. A section cannot refer to another service.`,
  },
  SL3010: {
    exit: 2,
    title: "Connection parameter is not supported",
    message: "{from} asks for '{name}', which Sluice cannot do",
    hint: "remove it, or give Sluice a URL without it in SLUICE_URL",
    page: `libpq knows this parameter, Sluice does not, and to pass over it would connect where \`psql\` would have refused, or
without a protection that was asked for. That holds for \`require_auth\`, \`requirepeer\`, \`sslcrldir\`, \`replication\`, login by
Kerberos (GSSAPI) or OAuth, and SCRAM keys in place of a password.

\`channel_binding=require\`, \`sslmode=verify-full\` and \`sslcrl\` are supported and cover most of what these protect from.`,
  },
  SL3011: {
    exit: 2,
    title: "No user name",
    message: "no database user is given, and the account that runs this process has no name",
    hint: "name the user in the URL (postgres://USER@HOST/DATABASE) or in PGUSER",
    page: `Without a user in the URL, the service or \`PGUSER\`, the name of the operating system's account is taken, as \`psql\`
does. In a container that runs under an arbitrary number there is no such name.`,
  },
  SL3012: {
    exit: 2,
    title: "A TLS file cannot be used",
    message: "{parameter} names {file}, which cannot be used: {reason}",
    hint: "mount a PEM file there that the user of this process may read",
    page: `Certificates, keys and revocation lists are PEM files: text with lines such as \`-----BEGIN CERTIFICATE-----\`. A DER or
PKCS#12 file has to be converted with \`openssl\`. Without the parameter, the files in \`~/.postgresql\` are taken where they
exist: \`root.crt\`, \`root.crl\`, \`postgresql.crt\` and \`postgresql.key\`.`,
  },
  SL3013: {
    exit: 2,
    title: "Nothing to check the certificate against",
    message:
      "sslmode={sslmode} needs trusted roots, and there are none: sslrootcert is not given, and {file} does not exist",
    hint: "set sslrootcert to the file of your provider's CA, or sslrootcert=system where a public CA signed the certificate",
    page: `\`verify-ca\` and \`verify-full\` compare the server's certificate with the certificate authorities in \`sslrootcert\`. As
with \`psql\`, there is no silent default.

Managed databases publish their CA as a file (Amazon RDS, Cloud SQL, Azure, Aiven, DigitalOcean). Neon, Supabase's
pooler and others have a certificate of a public CA: \`sslrootcert=system\`.`,
  },
  SL3014: {
    exit: 2,
    title: "The private key is readable for others",
    message: "the private key {file} may be read by others (mode {mode})",
    hint: "make it 0600, or 0640 where root owns it; for a mounted Secret set defaultMode: 0440 and the pod's fsGroup",
    page: `The rule is libpq's: only its owner may read the key of a client certificate, or, where the owner is root, its group
too. A Secret is mounted with mode 0644 by default. \`defaultMode: 0440\` on the volume and \`fsGroup\` in the pod's security
context let exactly the container's user read it.`,
  },
} as const satisfies Record<string, ErrorEntry>;
