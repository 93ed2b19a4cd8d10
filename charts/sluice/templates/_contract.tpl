{{- /*
sluice.contractJob: the second half of a change that old pods would not survive. Its first container waits until every
workload of contract.workloads runs this release and no pod of an older one is left; only that container has a token.
Takes (dict "root" $ "values" .Values.sluice). Renders nothing unless contract.enabled.
*/ -}}
{{- define "sluice.contractJob" -}}
{{- $ctx := dict "root" .root "s" (include "sluice.settings" . | fromJson) "component" "contract" -}}
{{- $s := $ctx.s -}}
{{- if $s.contract.enabled }}
{{- if not $s.image.repository -}}{{- fail "sluice: image.repository is missing" -}}{{- end }}
{{- $name := printf "%s-contract" (include "sluice.base" $ctx) }}
{{- $workloads := list }}
{{- range $s.contract.workloads }}{{- $workloads = append $workloads (tpl . $.root) }}{{- end }}
{{- $spec := include "sluice.contractSpec" (merge (dict "account" $name "workloads" $workloads) $ctx) }}
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ $name }}
  {{- include "sluice.metadata" $ctx | nindent 2 }}
automountServiceAccountToken: false
{{- include "sluice.role" (merge (dict "name" $name "accounts" (list $name) "rules" (include "sluice.rolloutRules" $workloads | fromJsonArray)) $ctx) }}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ include "sluice.cut" (dict "base" $name "suffix" ($spec | sha256sum | trunc 10)) }}
  {{- include "sluice.metadata" (merge (dict "annotations" $s.jobAnnotations "labels" $s.jobLabels) $ctx) | nindent 2 }}
spec:
  {{- $spec | nindent 2 }}
{{- end }}
{{- end -}}

{{- /* Rights to watch roll-outs (docs/guides/gate.md): the workloads by name, and what tells the revision of a pod. */ -}}
{{- define "sluice.rolloutRules" -}}
{{- $names := dict -}}
{{- $revisions := dict "deployment" "replicasets" "daemonset" "controllerrevisions" -}}
{{- $owned := list -}}
{{- range . -}}
  {{- $part := splitn "/" 2 . -}}
  {{- $plural := printf "%ss" $part._0 -}}
  {{- $_ := set $names $plural (append (get $names $plural | default list) $part._1) -}}
  {{- with get $revisions $part._0 -}}{{- $owned = append $owned . -}}{{- end -}}
{{- end -}}
{{- $rules := list -}}
{{- range $plural, $which := $names -}}
  {{- $rules = append $rules (dict "apiGroups" (list "apps") "resources" (list $plural) "resourceNames" $which "verbs" (list "list" "watch")) -}}
{{- end -}}
{{- with $owned | uniq | sortAlpha -}}
  {{- $rules = append $rules (dict "apiGroups" (list "apps") "resources" . "verbs" (list "list" "watch")) -}}
{{- end -}}
{{- append $rules (dict "apiGroups" (list "") "resources" (list "pods") "verbs" (list "list" "watch")) | toJson -}}
{{- end -}}

{{- define "sluice.contractSpec" -}}
{{- $s := .s -}}
{{- $identity := printf "%s=%s" (include "sluice.identityLabel" .) (include "sluice.identity" .) -}}
{{- include "sluice.jobLimits" (merge (dict "activeDeadlineSeconds" $s.contract.activeDeadlineSeconds "contract" true) .) }}
template:
  metadata:
    {{- include "sluice.podMetadata" . | nindent 4 }}
  spec:
    {{- include "sluice.podCommon" (merge (dict "serviceAccount" .account) .) | nindent 4 }}
    initContainers:
      {{- with include "sluice.installer" . }}
      {{- . | nindent 6 }}
      {{- end }}
      - name: sluice-rollout
        {{- include "sluice.waitingImage" . | nindent 8 }}
        args:
          {{- concat (list "wait") .workloads (list "--identity" $identity "--timeout" (printf "%ds" (int64 $s.patienceSeconds))) | toYaml | nindent 10 }}
        {{- with $s.gate.resources }}
        resources:
          {{- toYaml . | nindent 10 }}
        {{- end }}
        {{- with $s.gate.securityContext }}
        securityContext:
          {{- toYaml . | nindent 10 }}
        {{- end }}
        volumeMounts:
          {{- include "sluice.tokenMount" . | nindent 10 }}
    containers:
      {{- include "sluice.runner" (merge (dict "inJob" true "command" $s.contract.command "args" $s.contract.args "phase" "contract" "suffix" "-contract") .) | nindent 6 }}
    volumes:
      {{- include "sluice.runnerVolumes" . | trim | nindent 6 }}
      {{- include "sluice.tokenVolume" . | nindent 6 }}
{{- end -}}
