import { afterAll } from "bun:test";
import { cleanUpAll } from "./cleanup.ts";

// Registered here, it runs once, after the last file (bun test runs all files in one process).
afterAll(cleanUpAll, 60_000);
