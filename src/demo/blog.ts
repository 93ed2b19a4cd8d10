import { randomBytes } from "node:crypto";
import { type Client, openClient } from "../databases/client.ts";
import { SluiceError } from "../errors.ts";
import type { Server } from "../rehearse/server.ts";

/** The account that the replicas and the gates use. */
export const APP = "blog_app";
/** The account of the Job, to which the database belongs. */
const OWNER = "blog_owner";
const DATABASE = "blog";

/** The database of the example service. */
export interface Blog {
  /** URL of the Job's account, which may change the schema. */
  ownerUrl: string;
  /** URL of the application's account, which may not. */
  appUrl: string;
  /** Opens a session of the application. Takes the name that the server shows. */
  connect(name: string): Promise<Client>;
}

/** Creates the two accounts and the database on a fresh server. */
export async function createBlog(server: Server): Promise<Blog> {
  const secrets = { [OWNER]: randomBytes(16).toString("hex"), [APP]: randomBytes(16).toString("hex") };
  await withClient(server.url(), async (client) => {
    for (const [role, secret] of Object.entries(secrets))
      await client.query(`create role ${role} login password '${secret}'`);
    await client.query(`create database ${DATABASE} owner ${OWNER}`);
  });
  // Before PostgreSQL 15 everybody may create tables in "public", and the owner of the database has no special right.
  await withClient(server.url(DATABASE), async (client) => {
    await client.query(`revoke all on schema public from public`);
    await client.query(
      `grant usage, create on schema public to ${OWNER}; grant usage on schema public to ${APP}`,
    );
  });
  const appUrl = server.url(DATABASE, APP, secrets[APP]);
  return {
    ownerUrl: server.url(DATABASE, OWNER, secrets[OWNER]),
    appUrl,
    connect: (name) => openClient(appUrl, name),
  };
}

/** Tries to change the schema with the application's account. Throws SL6050 where the server permits it. */
export async function checkPrivileges(blog: Blog): Promise<void> {
  await withClient(blog.appUrl, async (client) => {
    for (const sql of ["create table intruder ()", "alter table blog_posts add column intruder text"]) {
      const state = await client.query(sql).then(
        () => "allowed",
        (error: { code?: string }) => error.code,
      );
      // 42501: insufficient_privilege (PostgreSQL manual, appendix A).
      if (state !== "42501") {
        const reason = `\`${sql}\` should be refused to ${APP}: ${state}`;
        throw new SluiceError("SL6050", { params: { part: "the application's account", reason } });
      }
    }
  });
}

/** What the database itself says of one migration. */
export interface Facts {
  /** Rows of the history in which it is applied. */
  appliedRows: number;
  /** By how much it raised the counter in the data. */
  effects: number;
  /** The runner that did it. */
  appliedBy: string | undefined;
  /** End of it by the server's clock, which is also ours; milliseconds since 1970. */
  committedAt: number | undefined;
  state: string | undefined;
  error: string | undefined;
}

/** Takes the version of the migration, and the counter before it. */
export async function readFacts(blog: Blog, version: string, layoutBefore: number): Promise<Facts> {
  const [row] = await withClient(blog.ownerUrl, (client) =>
    client.query(
      `select count(*) filter (where state = 'applied') as applied, min(pod) as pod, min(state) as state,
         min(error) as error, floor(extract(epoch from max(finished_at)) * 1000) as finished,
         (select sum(version) from blog_layout) as layout
       from sluice_history where kind = 'migration' and id = $1`,
      [version],
    ),
  );
  const applied = row?.state === "applied";
  return {
    appliedRows: Number(row?.applied),
    effects: Number(row?.layout) - layoutBefore,
    appliedBy: applied ? (row?.pod ?? undefined) : undefined,
    committedAt: applied ? Number(row?.finished) : undefined,
    state: row?.state ?? undefined,
    error: row?.error?.split("\n")[0],
  };
}

/** How far a migration is, in words, as the history says to everybody who may read it. */
export async function readProgress(client: Client, version: string): Promise<string> {
  const [row] = await client.query(
    `select name, state, statements_done as done, statements_total as total from sluice_history
     where kind = 'migration' and id = $1`,
    [version],
  );
  if (row === undefined) return `migration ${version} has not begun`;
  const label = `migration ${version} ${row.name}`;
  if (row.state === "running") return `${label}: ${row.done} of ${row.total} statements done`;
  return row.state === "applied" ? `${label} is applied` : `${label} ${row.state}, rolled back`;
}

async function withClient<T>(url: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = await openClient(url, "demo");
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}
