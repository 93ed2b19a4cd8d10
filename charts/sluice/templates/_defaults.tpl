{{- /* The same as values.yaml, for charts that do not have the library as a dependency of their own. */ -}}
{{- define "sluice.defaults" -}}
strategy: job
name: migrate
id: ""
naming: auto
rerun: ""
image:
  repository: ""
  tag: ""
  digest: ""
  pullPolicy: ""
sluiceImage:
  repository: sluice
  tag: 0.1.0
  digest: ""
  pullPolicy: IfNotPresent
imagePullSecrets: []
executable: /usr/local/bin/sluice
install: false
command: []
args: []
runArgs: []
dir: ""
to: ""
phase: ""
require: []
database:
  secret: ""
  key: url
  variable: SLUICE_URL
  url: ""
env: []
envFrom: []
files:
  configMap: ""
  glob: ""
  checksum: ""
  mountPath: /migrations
volumes: []
volumeMounts: []
resources:
  requests:
    cpu: 50m
    memory: 128Mi
  limits:
    memory: 512Mi
backoffLimit: 3
activeDeadlineSeconds: 3600
deadlineSeconds: 0
terminationGracePeriodSeconds: 60
graceSeconds: 20
restartPolicy: Never
ttlSecondsAfterFinished: -1
serviceAccount:
  create: true
  name: ""
  annotations: {}
securityContext:
  allowPrivilegeEscalation: false
  capabilities:
    drop: [ALL]
  readOnlyRootFilesystem: true
  runAsNonRoot: true
  seccompProfile:
    type: RuntimeDefault
podSecurityContext: {}
podLabels: {}
podAnnotations: {}
jobLabels: {}
jobAnnotations: {}
nodeSelector: {}
tolerations: []
affinity: {}
priorityClassName: ""
hook:
  weight: 0
  deletePolicy: before-hook-creation
argocd:
  wave: ""
  hook: ""
  deletePolicy: BeforeHookCreation
pipeline:
  job: false
gate:
  enabled: auto
  target: ""
  image:
    repository: ""
    tag: ""
    digest: ""
    pullPolicy: ""
  command: []
  args: []
  env: []
  envFrom: []
  database:
    secret: ""
    key: url
    variable: SLUICE_URL
  timeout: ""
  failFast: false
  jitter: ""
  volumes: []
  volumeMounts: []
  resources:
    requests:
      cpu: 10m
      memory: 32Mi
    limits:
      memory: 128Mi
  securityContext:
    allowPrivilegeEscalation: false
    capabilities:
      drop: [ALL]
    readOnlyRootFilesystem: true
    runAsNonRoot: true
    seccompProfile:
      type: RuntimeDefault
rollout:
  type: RollingUpdate
  maxSurge: 25%
  progressDeadlineSeconds: 0
contract:
  enabled: false
  workloads: []
  command: []
  args: []
  activeDeadlineSeconds: 7200
alerts:
  enabled: false
  labels: {}
  runningFor: 30m
  heldFor: 15m
  pods: ""
  runbooks: docs/runbooks
{{- end -}}
