/** What is rendered and compared with golden/NAME.yaml. */
export interface Case {
  name: string;
  chart: "shop" | "umbrella" | "ledger";
  /** Below `global.sluice`. */
  sluice?: Record<string, unknown>;
  /** Below `global.billing`, the second database of the chart ledger. */
  billing?: Record<string, unknown>;
}

const alembic = { command: ["alembic"], args: ["upgrade", "head"], install: true };
const install = { strategy: "init", install: true };
const awaited = {
  gate: { target: "job" },
  contract: { enabled: true, workloads: ["deployment/{{ .Release.Name }}-ledger"] },
};
const workloads = ["deployment/{{ .Release.Name }}-api", "statefulset/{{ .Release.Name }}-worker"];

export const cases: readonly Case[] = [
  { name: "job", chart: "shop" },
  { name: "job-own-command", chart: "shop", sluice: alembic },
  { name: "job-latest", chart: "shop", sluice: { ...alembic, image: { tag: "latest" } } },
  { name: "job-awaited", chart: "shop", sluice: { gate: { target: "job" } } },
  { name: "job-configmap", chart: "shop", sluice: { files: { glob: "migrations/*.sql" } } },
  { name: "job-on-failure", chart: "shop", sluice: { restartPolicy: "OnFailure" } },
  {
    name: "job-everything",
    chart: "shop",
    sluice: {
      image: { digest: `sha256:${"0".repeat(64)}` },
      env: [
        { name: "SLUICE_GRACE", value: "40s" },
        { name: "PGAPPNAME", value: "migrate" },
      ],
      envFrom: [{ configMapRef: { name: "shop" } }],
      args: ["--grant", "app"],
      volumes: [{ name: "certificates", secret: { secretName: "ca" } }],
      volumeMounts: [{ name: "certificates", mountPath: "/ca" }],
      resources: { limits: { cpu: "1" } },
      nodeSelector: { disk: "fast" },
      tolerations: [{ key: "batch", operator: "Exists" }],
      priorityClassName: "system-cluster-critical",
      imagePullSecrets: [{ name: "registry" }],
      ttlSecondsAfterFinished: 0,
      podSecurityContext: { fsGroup: 1000 },
      podAnnotations: { "linkerd.io/inject": "enabled" },
      to: "20260101000000",
      gate: {
        args: ["tcp://queue:5672"],
        timeout: "10m",
        jitter: "5s",
        failFast: true,
        env: [{ name: "SLUICE_QUIET", value: "true" }],
        envFrom: [{ configMapRef: { name: "shop" } }],
        volumes: [{ name: "ca", secret: { secretName: "ca" } }],
        volumeMounts: [{ name: "ca", mountPath: "/ca" }],
      },
    },
  },
  { name: "job-argocd", chart: "shop", sluice: { argocd: { wave: "-1", hook: "Sync" } } },
  {
    name: "hook",
    chart: "shop",
    sluice: {
      strategy: "hook",
      database: { secret: "", url: "postgres://u@h/d" },
      files: { glob: "migrations/*" },
    },
  },
  { name: "init", chart: "shop", sluice: install },
  { name: "pipeline", chart: "shop", sluice: { strategy: "pipeline" } },
  { name: "pipeline-job", chart: "shop", sluice: { strategy: "pipeline", pipeline: { job: true } } },
  { name: "startup", chart: "shop", sluice: { strategy: "startup", dir: "/app/migrations" } },
  {
    name: "contract",
    chart: "shop",
    sluice: { contract: { enabled: true, workloads: ["deployment/{{ .Release.Name }}-web"] } },
  },
  { name: "alerts", chart: "shop", sluice: { alerts: { enabled: true, labels: { release: "prometheus" } } } },
  { name: "umbrella", chart: "umbrella" },
  { name: "umbrella-run", chart: "umbrella", sluice: alembic },
  { name: "umbrella-job-awaited", chart: "umbrella", sluice: { gate: { target: "job" } } },
  { name: "umbrella-contract", chart: "umbrella", sluice: { contract: { enabled: true, workloads } } },
  {
    name: "two-databases",
    chart: "ledger",
    sluice: awaited,
    billing: { ...awaited, alerts: { enabled: true } },
  },
  { name: "two-databases-init", chart: "ledger", sluice: install, billing: install },
];

/** The values that a case is rendered with. */
export const valuesOf = ({ sluice = {}, billing }: Case): object => ({
  global: { sluice, ...(billing && { billing }) },
});
