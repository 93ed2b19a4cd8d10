/** The API server, and how to speak to it: the address stays the same, certificates and tokens may change. */
export interface Endpoint {
  /** Scheme, host, port and perhaps the beginning of a path, without a slash at its end and without credentials. */
  base: string;
  /** URL of an HTTP proxy, perhaps with credentials. */
  proxy: string | undefined;
  /** Asked before each request. */
  settings(signal?: AbortSignal): Promise<Settings>;
  /** The server answered 401: forgets what is kept. True where another try may have other credentials. */
  refused(): boolean;
}

export interface Settings {
  headers: Readonly<Record<string, string>>;
  tls: TlsSettings;
}

/** In the form that `fetch` takes. PEM texts. */
export interface TlsSettings {
  ca?: string;
  cert?: string;
  key?: string;
  serverName?: string;
  rejectUnauthorized?: boolean;
}

/** What identifies us: parts of `Settings`. */
export interface Identity {
  authorization?: string | undefined;
  cert?: string | undefined;
  key?: string | undefined;
}

/** A source of the identity. */
export interface Credentials {
  current(signal?: AbortSignal): Promise<Identity>;
  /** As `Endpoint.refused`. */
  refused(): boolean;
}
