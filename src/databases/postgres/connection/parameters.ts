/** One value of a connection parameter and where it was said, as messages name the place. */
export interface Given {
  value: string;
  from: string;
}

/** Connection parameters by libpq's keyword. */
export type Parameters = Map<string, Given>;

interface Parameter {
  /** The environment variable that gives it (PostgreSQL manual 34.15). */
  env?: string;
  /**
   * `idle`: accepted and without effect here. `refused`: passing over it would connect where libpq would not, so
   * giving it is an error. Where neither stands, it has libpq's effect.
   */
  treatment?: "idle" | "refused";
}

/** Every keyword that libpq 18 knows (PostgreSQL manual 34.1.2). */
export const PARAMETERS: Readonly<Record<string, Parameter>> = {
  host: { env: "PGHOST" },
  hostaddr: { env: "PGHOSTADDR" },
  port: { env: "PGPORT" },
  dbname: { env: "PGDATABASE" },
  user: { env: "PGUSER" },
  password: { env: "PGPASSWORD" },
  passfile: { env: "PGPASSFILE" },
  service: { env: "PGSERVICE" },
  connect_timeout: { env: "PGCONNECT_TIMEOUT" },
  options: { env: "PGOPTIONS" },
  application_name: { env: "PGAPPNAME" },
  fallback_application_name: {},
  keepalives: {},
  keepalives_idle: {},
  sslmode: { env: "PGSSLMODE" },
  requiressl: { env: "PGREQUIRESSL" },
  sslnegotiation: { env: "PGSSLNEGOTIATION" },
  sslrootcert: { env: "PGSSLROOTCERT" },
  sslcert: { env: "PGSSLCERT" },
  sslkey: { env: "PGSSLKEY" },
  sslpassword: {},
  sslcrl: { env: "PGSSLCRL" },
  ssl_min_protocol_version: { env: "PGSSLMINPROTOCOLVERSION" },
  ssl_max_protocol_version: { env: "PGSSLMAXPROTOCOLVERSION" },
  channel_binding: { env: "PGCHANNELBINDING" },
  target_session_attrs: { env: "PGTARGETSESSIONATTRS" },
  load_balance_hosts: { env: "PGLOADBALANCEHOSTS" },

  // Sluice always speaks UTF-8, and the sockets of JavaScript have no setting for the other keepalive numbers.
  client_encoding: { env: "PGCLIENTENCODING", treatment: "idle" },
  keepalives_interval: { treatment: "idle" },
  keepalives_count: { treatment: "idle" },
  tcp_user_timeout: { treatment: "idle" },
  sslcompression: { env: "PGSSLCOMPRESSION", treatment: "idle" },
  sslsni: { env: "PGSSLSNI", treatment: "idle" },
  sslkeylogfile: { treatment: "idle" },
  min_protocol_version: { env: "PGMINPROTOCOLVERSION", treatment: "idle" },
  max_protocol_version: { env: "PGMAXPROTOCOLVERSION", treatment: "idle" },
  // Refused with the value `require`; their other values are met by not using them.
  gssencmode: { env: "PGGSSENCMODE" },
  sslcertmode: { env: "PGSSLCERTMODE" },
  krbsrvname: { env: "PGKRBSRVNAME", treatment: "idle" },
  gsslib: { env: "PGGSSLIB", treatment: "idle" },
  gssdelegation: { env: "PGGSSDELEGATION", treatment: "idle" },

  sslcrldir: { env: "PGSSLCRLDIR", treatment: "refused" },
  require_auth: { env: "PGREQUIREAUTH", treatment: "refused" },
  requirepeer: { env: "PGREQUIREPEER", treatment: "refused" },
  scram_client_key: { treatment: "refused" },
  scram_server_key: { treatment: "refused" },
  oauth_issuer: { treatment: "refused" },
  oauth_client_id: { treatment: "refused" },
  oauth_client_secret: { treatment: "refused" },
  oauth_scope: { treatment: "refused" },
  replication: { treatment: "refused" },
};

/** What several frameworks write into a URL to set search_path: dbmate and lib/pq, JDBC, Rails, Prisma. */
export const SEARCH_PATH_PARAMETERS: ReadonlySet<string> = new Set([
  ...["search_path", "currentSchema", "schema_search_path", "schema"],
]);

/**
 * Parameters of the application's driver or pool, which stand in a DATABASE_URL that the application and Sluice share.
 * They say nothing about where the database is, so they are passed over, with a warning.
 */
const FOREIGN_PARAMETERS: ReadonlySet<string> = new Set([
  // Prisma
  ...["connection_limit", "pool_timeout", "pgbouncer", "socket_timeout", "statement_cache_size"],
  ...["max_idle_connection_lifetime", "max_connection_lifetime", "single_use_connections"],
  // Rails
  ...["adapter", "pool", "max_connections", "min_connections", "checkout_timeout", "reaping_frequency"],
  ...["idle_timeout", "timeout", "reconnect", "encoding", "prepared_statements", "advisory_locks"],
  ...["min_messages", "statement_limit", "insert_returning", "variables", "strict"],
  // Go: lib/pq, pgx and its pool
  ...["binary_parameters", "disable_prepared_binary_result", "pool_max_conns", "pool_min_conns"],
  ...["pool_min_idle_conns", "pool_max_conn_lifetime", "pool_max_conn_lifetime_jitter"],
  ...["pool_max_conn_idle_time", "pool_health_check_period", "default_query_exec_mode"],
  ...["statement_cache_capacity", "description_cache_capacity", "statement_cache_mode"],
  // Python: dj-database-url, SQLAlchemy, asyncpg
  ...["conn_max_age", "conn_health_checks", "disable_server_side_cursors", "atomic_requests"],
  ...["prepared_statement_cache_size", "prepared_statement_name_func", "command_timeout", "async_fallback"],
  // JDBC
  ...["ApplicationName", "prepareThreshold", "preparedStatementCacheQueries", "reWriteBatchedInserts"],
  ...[
    "loginTimeout",
    "socketTimeout",
    "tcpKeepAlive",
    "stringtype",
    "preferQueryMode",
    "defaultRowFetchSize",
  ],
  ...["binaryTransfer", "autosave", "assumeMinServerVersion"],
  // Node.js, Laravel and Doctrine, hosting companies
  ...[
    "max",
    "min",
    "idleTimeoutMillis",
    "connectionTimeoutMillis",
    "uselibpqcompat",
    "prefix",
    "prefix_indexes",
  ],
  ...["charset", "serverVersion", "driver", "supa", "workaround"],
  // Settings of the server that the engine sets by itself
  ...["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "timezone", "TimeZone"],
]);

/** True for a parameter that another tool reads from the same URL. `x-` are golang-migrate's own. */
export function isForeignParameter(name: string): boolean {
  return FOREIGN_PARAMETERS.has(name) || name.startsWith("x-");
}
