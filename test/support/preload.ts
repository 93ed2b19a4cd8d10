import { afterAll } from "bun:test";
import { cleanUpAll } from "./cleanup.ts";

// Registered here, it runs once, after the last file (bun test runs all files in one process). Six servers with hundreds
// of databases are some 100,000 files, which a busy disk needs minutes to remove.
afterAll(cleanUpAll, 300_000);
