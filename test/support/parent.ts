// A program that starts a disposable server, says so in one line of JSON, and then waits, or ends without stopping it.
// Run by test/servers.test.ts: parent.ts MAJOR wait|exit
import { startServer } from "../../src/rehearse/server.ts";

const [major, then] = process.argv.slice(2);
const server = await startServer({ major: Number(major) });
console.log(JSON.stringify({ pid: server.pid, folder: server.socketDir, origin: server.origin }));
if (then === "wait") setInterval(() => {}, 60_000);
