import type { ErrorEntry } from "../errors.ts";

/** SL3020 to SL3049: what can go wrong between the first packet and the first query. */
export const connectionErrors = {
  SL3020: {
    exit: 69,
    title: "Connection refused",
    message: "nothing listens on {host} ({reason})",
    hint: "check host and port; with --wait Sluice waits for a database that is still starting",
    page: `The machine answered that no program listens on that port, or there is no socket in that folder. The server is not
started yet, listens on another port or address (\`listen_addresses\`), or the name leads to the wrong machine. A Service
without ready endpoints refuses too: \`kubectl get endpointslices\`.

In a pod, \`localhost\` is the pod itself. A proxy that runs beside it as a sidecar has to be started before an init
container can use it.`,
  },
  SL3021: {
    exit: 69,
    title: "Unknown host name",
    message: "the host name of {host} cannot be resolved ({reason})",
    hint: "check the name; a Service of another namespace is NAME.NAMESPACE",
    page: `The name server does not know the name, or cannot be reached. \`ENOTFOUND\` is an answer: there is no such name.
\`EAI_AGAIN\` is none: the cluster's DNS is down, or a NetworkPolicy keeps this pod from it (port 53, UDP and TCP).`,
  },
  SL3022: {
    exit: 69,
    title: "Connecting took too long",
    message: "{host} did not answer in time (connect_timeout is {seconds} s; {reason})",
    hint: "look for a firewall, security group or NetworkPolicy between here and the database",
    page: `Nothing came back. A port without a listener is refused at once, so silence mostly means that packets are dropped on
the way: a firewall, a security group, a NetworkPolicy without this pod, a private address that is not routed from here.
A server that is overloaded, or a pooler without a free connection, can be as silent.

\`connect_timeout\` (seconds, in the URL or \`PGCONNECT_TIMEOUT\`) sets how long one attempt lasts; the default is 10.`,
  },
  SL3023: {
    exit: 69,
    title: "Host not reachable",
    message: "{host} cannot be reached from here ({reason})",
    hint: "check the network between here and the database",
    page: `The system has no way to that address (\`EHOSTUNREACH\`, \`ENETUNREACH\`), often an IPv6 address on a network without
IPv6; or it forbids the connection (\`EACCES\`, \`EPERM\`): a rule of the firewall, or a Unix socket that this user may not
use.`,
  },
  SL3024: {
    exit: 69,
    title: "Connection lost",
    message: "{host} closed the connection ({reason})",
    hint: "look into the server's log; Sluice may be started again safely",
    page: `The server, or something between here and it, ended the connection without a word: the server was stopped or crashed, a
pooler or load balancer dropped it, or what listens there is not PostgreSQL. A server that takes TLS only behind a proxy
that expects it at once (\`sslnegotiation=direct\`) does this too.`,
  },
  SL3025: {
    exit: 69,
    title: "The server is starting or stopping",
    message: "the server at {host} is starting up or shutting down",
    hint: "wait until it is ready; with --wait Sluice does so itself",
    page: `The server answers, but takes no sessions now: it starts, recovers after a crash, or is being stopped (SQLSTATE 57P01 to
57P03). A standby without \`hot_standby\` says this for good.`,
  },
  SL3026: {
    exit: 69,
    title: "Too many connections",
    message: "{host} has no connection left",
    hint: "close idle sessions or raise the limit; a new version that starts while the old one runs doubles the pools",
    page: `\`max_connections\` of the server, or the connection limit of this role or database, is reached (SQLSTATE 53300). During
a roll-out the pools of the old and the new version exist at the same time, so a limit that suffices in quiet times may
not. \`SELECT usename, count(*) FROM pg_stat_activity GROUP BY 1\` shows who holds them.`,
  },
  SL3027: {
    exit: 69,
    title: "No server with the role that was asked for",
    message: "{hosts} does not offer a session of the kind target_session_attrs={attributes}",
    hint: "check which of the servers is the primary, and that the list of hosts holds it",
    page: `With \`target_session_attrs\` only a server of a certain role is taken. \`primary\` and \`read-write\` find none when the list
holds only standbys, or while a fail-over is in progress, which passes by itself. \`read-write\` also refuses a primary on
which \`default_transaction_read_only\` is on.`,
  },
  SL3028: {
    exit: 69,
    title: "The server or pooler broke off",
    message: "{host} broke off the connection",
    hint: "read its words above; with a pooler look into the pooler's log too",
    page: `The server reported an error of the connection itself (SQLSTATE class 08). PgBouncer uses it for everything that it
refuses: no free connection, an unknown user or database, a start-up parameter such as \`options\` that
\`ignore_startup_parameters\` does not list. Migrations run best on a direct connection.`,
  },
  SL3030: {
    exit: 2,
    title: "Wrong password",
    message: "{host} does not accept the password of the user '{user}' (taken from {source})",
    hint: "compare with the Secret; a Secret that was changed reaches environment variables only with a new pod",
    page: `The server says the same for a wrong password, for a role that does not exist, for one without a password, and for one
whose password has expired (\`VALID UNTIL\`); its log says which it was. The message names where the password was taken
from: a password in the URL goes before the service file, \`PGPASSWORD\` and the password file.

In a URL, special characters of the password are percent-encoded; in \`PGPASSWORD\` they are not.`,
  },
  SL3031: {
    exit: 2,
    title: "No password",
    message: "{host} asks for the password of the user '{user}', and none is given",
    hint: "give it in the URL, in PGPASSWORD or in a password file (PGPASSFILE, ~/.pgpass)",
    page: `The server wants a password. None stands in the URL, the service or \`PGPASSWORD\`, and no line of the password file fits
host, port, database and user. An empty password counts as none. A password file that others may read is passed over with
a warning, as \`psql\` does: it has to have mode 0600.`,
  },
  SL3032: {
    exit: 2,
    title: "The server does not let this user in",
    message:
      "{host} does not let the user '{user}' connect to the database '{database}' this way (sslmode={sslmode})",
    hint: "read the server's words above: pg_hba.conf, TLS, a client certificate or the role itself is named there",
    page: `No password was even compared (SQLSTATE 28000). Either no line of \`pg_hba.conf\` fits this address, user, database and
kind of connection ("no encryption" in the server's words: try \`sslmode=require\`), or the server wants a client certificate
(\`sslcert\`, \`sslkey\`), or the role does not exist or may not log in.`,
  },
  SL3033: {
    exit: 2,
    title: "The database does not exist",
    message: "there is no database '{database}' on {host}",
    hint: "check the name in the URL; `sluice migrate --create-database` creates it",
    page: `The server is there and took the login, but has no such database. Without a name in the URL, the service or
\`PGDATABASE\`, the name of the user is taken.

\`sluice migrate --create-database\` creates the database first, which the role must be allowed to (CREATEDB).`,
  },
  SL3034: {
    exit: 2,
    title: "The server's certificate is not trusted",
    message: "the certificate of {host} is not trusted under sslmode={sslmode}: {message}",
    hint: "set sslrootcert to the file with the CA that signed it, or sslrootcert=system for a public CA",
    page: `TLS works, but the chain of the server's certificate does not lead to one of the trusted roots, or a certificate in it
has expired, is not valid yet, or has been revoked. "Self signed certificate in certificate chain" means that the server's
CA is not in the file in \`sslrootcert\`; "unable to verify the first certificate", that the server does not send a
certificate in between, or comes from another CA altogether.

\`sslmode=require\` without \`sslrootcert\` encrypts and checks nothing: whoever is between can pose as the server.`,
  },
  SL3035: {
    exit: 2,
    title: "The server's certificate is for another host",
    message: "the certificate of {host} is valid, but for another host name",
    hint: "connect under a name of the certificate; `hostaddr=` gives the address separately where the name leads elsewhere",
    page: `\`sslmode=verify-full\` compares the host of the URL with the names in the certificate (subject alternative names), and
they differ. Usual reasons: an IP address, a short name (\`db\` for \`db.example.com\`), the name of a Kubernetes Service, or a
tunnel to \`localhost\`.

With \`host=NAME hostaddr=ADDRESS\` the connection goes to the address, and the certificate is checked against the name.
\`sslmode=verify-ca\` checks the CA and not the name; only with a CA of your own is that worth something.`,
  },
  SL3036: {
    exit: 2,
    title: "The server does not support TLS",
    message: "{host} does not support TLS, and sslmode={sslmode} asks for it",
    hint: "turn TLS on at the server (ssl = on), or use sslmode=prefer where the network itself is trusted",
    page: `The server answered the request for TLS with "no": it runs without \`ssl = on\`, or a pooler in front of it has no
certificate (\`client_tls_sslmode\` of PgBouncer). Some proxies (Cloud SQL Auth Proxy, a service mesh) encrypt themselves and
are spoken to without TLS on purpose: \`sslmode=disable\` is right there.`,
  },
  SL3029: {
    exit: 69,
    title: "No answer to the request for TLS",
    message: "{host} answered the request for TLS neither with yes nor with no",
    hint: "Try again in a moment: a server that starts or stops answers like that. Otherwise check that PostgreSQL listens there.",
    page: `A client first asks whether the server speaks TLS, and gets one letter. A PostgreSQL that is starting up, shutting
down or out of resources may send an error instead, and something that is no PostgreSQL sends anything. The first passes
by itself, so this counts as a database that cannot be reached (\`--wait\` waits for it).`,
  },
  SL3037: {
    exit: 2,
    title: "The TLS handshake failed",
    message: "no TLS connection to {host} could be made: {message}",
    hint: "check that PostgreSQL listens there, and certificate, key and sslpassword if this client has them",
    page: `Client and server could not agree. \`WRONG_VERSION_NUMBER\`: what listens there is not PostgreSQL, or not in TLS.
\`ALERT_UNKNOWN_CA\`, \`CERTIFICATE_REQUIRED\`: the server does not trust this client's certificate (\`sslcert\`), or wants one.
\`BAD_DECRYPT\`, \`BAD_PASSWORD_READ\`: \`sslpassword\` is missing or wrong. \`KEY_VALUES_MISMATCH\`: \`sslcert\` and \`sslkey\` do not
belong together. \`UNSUPPORTED_PROTOCOL\`: the server speaks only TLS 1.0 or 1.1; \`ssl_min_protocol_version\` allows it.`,
  },
  SL3038: {
    exit: 2,
    title: "The login could not be completed",
    message: "the login of '{user}' at {host} failed: {message}",
    hint: "look for something between here and the server that answers in its place, such as a pooler or a proxy",
    page: `SCRAM is mutual: the server too proves that it knows the password, and this proof was missing or wrong, or the server
offers only mechanisms that Sluice does not speak. An honest server of PostgreSQL 10 or newer does not do that; a pooler with
an outdated password list, or somebody who poses as the server, does.`,
  },
  SL3039: {
    exit: 2,
    title: "No right to connect",
    message: "the user '{user}' may not connect to the database '{database}' on {host}",
    hint: "GRANT CONNECT ON DATABASE {database} TO {user}",
    page: `The login is right, but the role lacks the privilege CONNECT on this database (SQLSTATE 42501). By default everybody has
it through PUBLIC; hardened servers revoke that.`,
  },
  SL3040: {
    exit: 2,
    title: "The server refuses the session",
    message: "{host} refuses the session of '{user}': {message}",
    hint: "correct what the server names; `options` and other start-up parameters of the URL are the usual reason",
    page: `The server answered with an error that trying again does not change. Often it is a setting in \`options\` or \`PGOPTIONS\`
that does not exist in this version of PostgreSQL or may not be set by this role, or a database that takes no connections
(\`ALLOW_CONNECTIONS false\`, \`template0\`).`,
  },
  SL3041: {
    exit: 2,
    title: "No channel binding",
    message: "channel_binding=require, but {host} cannot bind the login to the TLS connection: {reason}",
    hint: "use sslmode=require or stronger and a role with a SCRAM password, or remove channel_binding=require",
    page: `Channel binding ties the login to this very TLS connection, so that nobody in between can pass it on. It needs TLS,
SCRAM-SHA-256 (not MD5, not a trusted address) and a server that offers SCRAM-SHA-256-PLUS. Many poolers do not. No
password was sent.`,
  },
} as const satisfies Record<string, ErrorEntry>;
