import type { Credentials, Endpoint, TlsSettings } from "./endpoint.ts";

export interface EndpointParts {
  base: string;
  proxy: string | undefined;
  credentials: Credentials;
  /** What is not part of the identity: CA, name, verification. */
  tls(): TlsSettings;
  headers?: Readonly<Record<string, string>>;
}

/** Puts an endpoint together. */
export function createEndpoint({ base, proxy, credentials, tls, headers = {} }: EndpointParts): Endpoint {
  return {
    base,
    proxy,
    refused: () => credentials.refused(),
    async settings(signal) {
      const { authorization, cert, key } = await credentials.current(signal);
      return {
        headers: { ...headers, ...(authorization === undefined ? {} : { authorization }) },
        tls: { ...tls(), ...(cert === undefined || key === undefined ? {} : { cert, key }) },
      };
    },
  };
}
