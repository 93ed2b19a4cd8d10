import { connect } from "node:net";
import { SluiceError } from "../errors.ts";
import type { Condition } from "./condition.ts";
import { connectionProblem, polledCondition } from "./poll.ts";

/** Time for one try, in milliseconds. */
const PATIENCE = 3000;

export interface Address {
  host: string;
  port: number;
}

/**
 * Reads `tcp://HOST:PORT`; an IPv6 address stands in brackets.
 * @throws SluiceError SL5006 (exit 2), with what is missing.
 */
export function readAddress(target: string): Address {
  const rest = target.slice("tcp://".length);
  const [, six, plain, port] = /^(?:\[([0-9a-fA-F:.%\w]+)\]|([^\s:/@[\]]+)):(\d+)\/?$/.exec(rest) ?? [];
  const host = six ?? plain;
  if (host !== undefined && Number(port) >= 1 && Number(port) <= 65_535) return { host, port: Number(port) };
  throw new SluiceError("SL5006", { params: { target, ...problemOf(rest) } });
}

function problemOf(rest: string): { problem: string; suggestion: string } {
  const form = "Write tcp://HOST:PORT, with an IPv6 address in brackets: tcp://[::1]:5432.";
  if (rest.includes("@")) return { problem: "an address of TCP has no user", suggestion: form };
  if (/^[^:/\s[\]]+\/?$/.test(rest) || /^\[[^\]]+\]\/?$/.test(rest)) {
    const host = rest.replace(/\/$/, "");
    return { problem: "the port is missing", suggestion: `Write tcp://${host}:PORT.` };
  }
  if (/^[0-9a-f]*:[0-9a-f:]*:\d+$/i.test(rest)) {
    const at = rest.lastIndexOf(":");
    const suggestion = `Did you mean tcp://[${rest.slice(0, at)}]:${rest.slice(at + 1)}?`;
    return { problem: "an IPv6 address stands in brackets", suggestion };
  }
  if (/:\d+$/.test(rest)) return { problem: "the port is from 1 to 65535", suggestion: form };
  return { problem: "it is not an address", suggestion: form };
}

/** Opens when a connection can be made; it is closed again at once. */
export function tcpCondition(target: string, { host, port }: Address): Condition {
  const shown = host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
  return polledCondition(target, async (signal) => {
    try {
      await connectOnce(host, port, signal);
      return { open: true };
    } catch (error) {
      return { open: false, reason: connectionProblem(error, shown) };
    }
  });
}

function connectOnce(host: string, port: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    const end = (settle: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      socket.destroy();
      settle();
    };
    const stop = () => end(() => reject(signal.reason));
    const late = () => end(() => reject(Object.assign(new Error("no answer"), { code: "ETIMEDOUT" })));
    const timer = setTimeout(late, PATIENCE);
    signal.addEventListener("abort", stop, { once: true });
    socket.on("connect", () => end(resolve));
    socket.on("error", (error) => end(() => reject(error)));
  });
}
