import type { EventEmitter } from "node:events";
import type { Duplex } from "node:stream";
import { SluiceError } from "../../../errors.ts";
import { describeHost, type Host } from "./hosts.ts";
import type { Settings } from "./settings.ts";

/** The part of pg's Connection that is needed here; its messages are events. */
export interface Wiring extends EventEmitter {
  stream: Duplex;
}

/**
 * The password for one host, as `pg` asks for it when the server wants one. A function also keeps `pg` from looking
 * into PGPASSWORD and ~/.pgpass by itself.
 *
 * @throws SluiceError SL3031 from the returned function, where there is no password.
 */
export function passwordFor(host: Host, settings: Settings): () => Promise<string> {
  return async () => {
    const password = host.password?.reveal();
    if (password !== undefined) return password;
    throw new SluiceError("SL3031", { params: { user: settings.user, host: describeHost(host) } });
  };
}

/**
 * channel_binding=require: ends the connection before a password is sent, unless the server authenticates with
 * SCRAM-SHA-256-PLUS, which ties the exchange to this TLS connection. `pg` can do it but does not insist on it. Call
 * this before `connect`, so that these listeners come first.
 */
export function requireChannelBinding(connection: Wiring, host: Host): void {
  let bound = false;
  const refuse = (reason: string) => {
    connection.emit("error", new SluiceError("SL3041", { params: { host: describeHost(host), reason } }));
    connection.stream.destroy();
  };
  connection.on("authenticationSASL", (message: { mechanisms: string[] }) => {
    if (!message.mechanisms.includes("SCRAM-SHA-256-PLUS")) refuse("it does not offer SCRAM-SHA-256-PLUS");
  });
  connection.on("authenticationSASLFinal", () => {
    bound = true;
  });
  connection.on("authenticationCleartextPassword", () => refuse("it asked for the password in clear text"));
  connection.on("authenticationMD5Password", () => refuse("it asked for an MD5 password"));
  connection.on("authenticationOk", () => {
    if (!bound) refuse("it did not ask for a password");
  });
}
