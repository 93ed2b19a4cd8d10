import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "../databases/client.ts";
import { SluiceError } from "../errors.ts";
import { call } from "./http.ts";

/** One replica of the example service: its own port, its own sessions. */
export interface Replica {
  version: string;
  name: string;
  port: number;
  stop(): Promise<void>;
}

interface Queries {
  read: string;
  write: string;
}

/** What each version of the blog asks of its schema; a newer one fails on the older schema. */
const queries: Readonly<Record<string, Queries>> = {
  v1: {
    read: "select id, title from blog_posts order by id desc limit 5",
    write: "insert into blog_posts (title) values ($1)",
  },
  v2: {
    read: `select p.id, p.title, c.name from blog_posts p left join categories c on c.id = p.category_id
           order by p.id desc limit 5`,
    write: "insert into blog_posts (title, category_id) values ($1, 0)",
  },
  v3: {
    read: `select p.id, p.title, c.name, t.tag from blog_posts p left join categories c on c.id = p.category_id
           left join tags t on t.post_id = p.id order by p.id desc limit 5`,
    write: `with post as (insert into blog_posts (title, category_id) values ($1, 0) returning id)
            insert into tags select id, 'new' from post`,
  },
};

/** The service has the queries of its major version: v3.1 corrected a migration, not the program. */
function queriesOf(version: string): Queries {
  return queries[version.replace(/\..*/, "")] as Queries;
}

/**
 * Starts a replica and waits until its readiness probe succeeds, which runs a query of its version.
 * @throws SluiceError SL6050 where it is not ready within 5 s.
 */
export async function startReplica(
  version: string,
  name: string,
  connect: (name: string) => Promise<Client>,
): Promise<Replica> {
  const [reader, writer] = [await connect(name), await connect(name)];
  const { read, write } = queriesOf(version);
  const answer = async (message: IncomingMessage): Promise<unknown> => {
    const route = `${message.method} ${message.url}`;
    if (route === "GET /posts" || route === "GET /ready") return reader.query(read);
    if (route === "POST /posts") return writer.query(write, [`Written by ${name}`]);
    throw new Error(`no route ${route}`);
  };
  const server = createServer((message: IncomingMessage, response: ServerResponse) => {
    const reply = (status: number, body: unknown) => {
      response.writeHead(status, { "content-type": "application/json", "x-version": version });
      response.end(JSON.stringify(body));
    };
    answer(message).then(
      (body) => reply(200, body),
      (error: Error) => reply(500, { error: error.message }),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  await waitUntilReady(port, name);
  return {
    version,
    name,
    port,
    async stop() {
      server.close();
      server.closeAllConnections();
      await Promise.all([reader.close(), writer.close()]);
    },
  };
}

async function waitUntilReady(port: number, name: string): Promise<void> {
  let reason = "";
  for (const deadline = Date.now() + 5_000; Date.now() < deadline; await sleep(50)) {
    try {
      const { status } = await call(port, "GET", "/ready", 5_000);
      if (status === 200) return;
      reason = `its readiness probe answers ${status}`;
    } catch (error) {
      reason = (error as Error).message;
    }
  }
  throw new SluiceError("SL6050", { params: { part: name, reason } });
}
