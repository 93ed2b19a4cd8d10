import { checkManifests } from "../../check.ts";

export const check = (text: string, helmTimeout?: number) =>
  checkManifests([{ name: "a.yaml", path: undefined, text }], { helmTimeout }, []);
/** Codes of all findings, each once. */
export const codes = (text: string) => [...new Set(check(text).findings.map(({ code }) => code))];

interface Parts {
  spec?: string;
  pod?: string;
  gate?: string;
  app?: string;
  kind?: string;
}
/** A Deployment with a gate for the schema that is in order; each part can be replaced. */
export const deployment = ({ spec, pod = "", gate = "", app = "", kind = "Deployment" }: Parts = {}) => `
apiVersion: apps/v1
kind: ${kind}
metadata: { name: api }
spec:
  ${spec ?? "strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }"}
  template:
    spec:
      ${pod || "enableServiceLinks: false"}
      initContainers:
        - { name: gate, image: "sluice:1", args: [wait, schema], resources: { requests: { cpu: 1m } }${gate} }
      containers:
        - { name: api, image: "api:1"${app} }
`;
/** A Job that migrates. @param pod more of its pods' spec. */
export const job = (env: string, more = "", pod = "") => `---
apiVersion: batch/v1
kind: Job
metadata: { name: migrate }
spec:
  ${more || "backoffLimit: 1"}
  template:
    spec:
      ${pod || "enableServiceLinks: false"}
      containers:
        - { name: m, image: "sluice:1", args: [migrate], resources: { requests: { cpu: 1m } }, ${env} }
`;
