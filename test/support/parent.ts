// A program that starts a disposable server, says so in one line of JSON, and then waits, or ends without stopping it;
// or one that is killed while it starts it. Run by test/servers.test.ts: parent.ts MAJOR wait|exit|initdb
import { existsSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startServer } from "../../src/rehearse/server.ts";

const [major, then] = process.argv.slice(2);
// From within, where no other process has to be quick enough to meet initdb.
const inInitdb = () => readdirSync(tmpdir()).some((name) => existsSync(join(tmpdir(), name, "data", "base")));
if (then === "initdb") setInterval(() => inInitdb() && process.kill(process.pid, "SIGKILL"), 5);

const server = await startServer({ major: Number(major) });
console.log(JSON.stringify({ pid: server.pid, folder: server.socketDir, origin: server.origin }));
if (then === "wait") setInterval(() => {}, 60_000);
