// Parts of pg that its package exports and its types leave out.

declare module "pg/lib/client.js" {
  import { Client } from "pg";
  export default Client;
}

declare module "pg/lib/utils.js" {
  import { escapeIdentifier, escapeLiteral } from "pg";

  const utils: { escapeIdentifier: typeof escapeIdentifier; escapeLiteral: typeof escapeLiteral };
  export default utils;
}
