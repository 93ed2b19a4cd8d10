{{- /*
sluice.migrateJob: the Job and what it needs (ServiceAccount, where asked for Secret and ConfigMap), several documents.
Takes (dict "root" $ "values" .Values.sluice). Renders nothing of the Job for init, startup and the first form of pipeline.
*/ -}}
{{- define "sluice.migrateJob" -}}
{{- $ctx := dict "root" .root "s" (include "sluice.settings" . | fromJson) -}}
{{- $s := $ctx.s -}}
{{- $runs := or (has $s.strategy (list "job" "hook")) (and (eq $s.strategy "pipeline") $s.pipeline.job) -}}
{{- if and $runs (not $s.image.repository) -}}
  {{- fail "sluice: image.repository is missing: an image with the migration files, or your own with command" -}}
{{- end -}}
{{- if and $runs (not (or $s.database.secret $s.database.url $s.env $s.envFrom)) -}}
  {{- fail "sluice: database.secret is missing: a Secret with the URL of the account that may change the schema" -}}
{{- end -}}
{{- if and $runs $s.serviceAccount.create }}
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ include "sluice.serviceAccountName" $ctx }}
  {{- include "sluice.metadata" (merge (dict "before" true "annotations" $s.serviceAccount.annotations) $ctx) | nindent 2 }}
automountServiceAccountToken: false
{{- end }}
{{- /* In a pipeline CI applies them with the Job: Helm would not take over what kubectl has made. */}}
{{- if and $s.database.url (or $runs (has $s.strategy (list "init" "startup"))) }}
---
apiVersion: v1
kind: Secret
metadata:
  name: {{ include "sluice.ownedName" $ctx }}
  {{- include "sluice.metadata" (merge (dict "before" true) $ctx) | nindent 2 }}
type: Opaque
data:
  {{ $s.database.key }}: {{ $s.database.url | b64enc }}
{{- end }}
{{- if and $s.files.glob (or $runs (has $s.strategy (list "init" "startup"))) }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "sluice.configMapName" $ctx }}
  {{- include "sluice.metadata" (merge (dict "before" true "annotations" (include "sluice.keepAnnotations" $ctx | fromYaml)) $ctx) | nindent 2 }}
data:
  {{- include "sluice.filesData" $ctx | nindent 2 }}
{{- end }}
{{- if $runs }}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ include "sluice.jobName" $ctx }}
  {{- include "sluice.metadata" (merge (dict "job" true "annotations" $s.jobAnnotations "labels" $s.jobLabels) $ctx) | nindent 2 }}
spec:
  {{- include "sluice.jobSpec" $ctx | nindent 2 }}
{{- end }}
{{- end -}}

{{- /* Old pods mount it until the last of them is gone: neither Helm nor Argo CD may remove it with its release. */ -}}
{{- define "sluice.keepAnnotations" -}}
helm.sh/resource-policy: keep
argocd.argoproj.io/sync-options: Prune=false
argocd.argoproj.io/compare-options: IgnoreExtraneous
{{- end -}}

{{- /*
Labels and annotations. No namespace, as most charts: `helm template | kubectl apply -n NS` puts all of a chart into one. Takes
also job (the Job itself), before (made before it), annotations, labels.
*/ -}}
{{- define "sluice.metadata" -}}
{{- $s := .s -}}
{{- $labels := include "sluice.labels" . | fromYaml -}}
{{- $_ := set $labels "app.kubernetes.io/managed-by" .root.Release.Service -}}
{{- if .job -}}{{- $_ := set $labels (include "sluice.identityLabel" .) (include "sluice.identity" .) -}}{{- end -}}
{{- $annotations := dict -}}
{{- if and (or .job .before) (eq $s.strategy "hook") -}}
  {{- $_ := set $annotations "helm.sh/hook" "pre-install,pre-upgrade,pre-rollback" -}}
  {{- $_ := set $annotations "helm.sh/hook-weight" (sub (int64 $s.hook.weight) (ternary 0 5 (not .before)) | toString) -}}
  {{- $_ := set $annotations "helm.sh/hook-delete-policy" (ternary $s.hook.deletePolicy "before-hook-creation" (not .before)) -}}
{{- end -}}
{{- if and (or .job .before) $s.argocd.wave -}}
  {{- $_ := set $annotations "argocd.argoproj.io/sync-wave" (toString $s.argocd.wave) -}}
{{- end -}}
{{- if and (or .job .before) $s.argocd.hook -}}
  {{- $_ := set $annotations "argocd.argoproj.io/hook" $s.argocd.hook -}}
  {{- $_ := set $annotations "argocd.argoproj.io/hook-delete-policy" $s.argocd.deletePolicy -}}
{{- end -}}
labels:
  {{- merge dict (.labels | default dict) $labels | toYaml | nindent 2 }}
{{- with merge dict (.annotations | default dict) $annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- /* Spec of the Job. Its hash is the name, so nothing of the chart's version or of a part's own may stand in it. */ -}}
{{- define "sluice.jobSpec" -}}
{{- $s := .s -}}
{{- include "sluice.jobLimits" (merge (dict "activeDeadlineSeconds" $s.activeDeadlineSeconds) .) }}
template:
  metadata:
    {{- include "sluice.podMetadata" . | nindent 4 }}
  spec:
    {{- include "sluice.podCommon" (merge (dict "serviceAccount" (include "sluice.serviceAccountName" .)) .) | nindent 4 }}
    {{- with include "sluice.installer" . }}
    initContainers:
      {{- . | nindent 6 }}
    {{- end }}
    containers:
      {{- include "sluice.runner" (merge (dict "command" $s.command "args" $s.args "phase" $s.phase "inJob" true) .) | nindent 6 }}
    volumes:
      {{- include "sluice.runnerVolumes" . | trim | nindent 6 }}
{{- end -}}

{{- define "sluice.runnerVolumes" -}}
- name: sluice-tmp{{ include "sluice.suffix" . }}
  emptyDir: {}
{{- include "sluice.commonVolumes" . }}
{{- with .s.volumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- /* Exit statuses 2 to 5 cannot pass by themselves; a drained node is nobody's fault; two pods never run at once. */ -}}
{{- define "sluice.jobLimits" -}}
backoffLimit: {{ int64 .s.backoffLimit }}
activeDeadlineSeconds: {{ int64 .activeDeadlineSeconds }}
{{- if ge (int64 .s.ttlSecondsAfterFinished) 0 }}
ttlSecondsAfterFinished: {{ int64 .s.ttlSecondsAfterFinished }}
{{- end }}
podReplacementPolicy: Failed
{{- if ne .s.restartPolicy "OnFailure" }}
podFailurePolicy:
  rules:
    - action: Ignore
      onPodConditions:
        - { type: DisruptionTarget, status: "True" }
    - action: FailJob
      onExitCodes:
        containerName: sluice-migrate{{ include "sluice.suffix" . }}
        operator: In
        values: [2, 3, 4, 5]
    {{- if .contract }}
    - action: FailJob
      onExitCodes:
        containerName: sluice-rollout
        operator: In
        values: [2, 124]
    {{- end }}
{{- end }}
{{- end -}}
