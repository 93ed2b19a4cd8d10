import { fstatSync, writeSync } from "node:fs";
import type { Output } from "../report/output.ts";

/**
 * Standard output or error of this process, written at once and in full: nothing is left to flush when the process
 * ends, and the 5 ms that `process.stdout` takes to be set up are saved. A reader that went away
 * (`sluice status | head`) is no reason to stop a migration: what follows is dropped.
 * @param fd 1 or 2.
 */
export function standardStream(fd: 1 | 2): Output {
  let gone = false;
  return {
    // /dev/null passes for a terminal here; who reads colours there?
    get isTTY() {
      return isCharacterDevice(fd);
    },
    write(text) {
      let rest = typeof text === "string" ? new TextEncoder().encode(text) : text;
      while (rest.length > 0 && !gone) {
        try {
          rest = rest.subarray(writeSync(fd, rest));
        } catch (error) {
          // The other end of a pipe may have made it non-blocking and be slow.
          if ((error as NodeJS.ErrnoException).code === "EAGAIN") pause(5);
          else gone = true;
        }
      }
    },
  };
}

function isCharacterDevice(fd: number): boolean {
  try {
    return fstatSync(fd).isCharacterDevice();
  } catch {
    return false;
  }
}

function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
