import { writeChanged } from "./files.ts";
import type { Access } from "./readiness.ts";

/** Writes a kubeconfig with everything in it, as JSON, which is YAML. Takes its path and who is to reach what. */
export function writeKubeconfig(path: string, access: Access, name = "sluice-test"): void {
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  const config = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": name,
    clusters: [{ name, cluster: { server: access.server, "certificate-authority-data": base64(access.ca) } }],
    users: [
      {
        name,
        user: {
          "client-certificate-data": base64(access.cert),
          "client-key-data": base64(access.key),
        },
      },
    ],
    contexts: [{ name, context: { cluster: name, user: name } }],
  };
  writeChanged(path, `${JSON.stringify(config, null, 2)}\n`);
}
