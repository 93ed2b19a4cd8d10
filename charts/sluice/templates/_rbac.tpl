{{- /*
sluice.rbac: what the gate's target job needs, and nothing for any other. Takes (dict "root" $ "values" .Values.sluice
"serviceAccounts" (list "api")), the accounts of the pods that have a gate.
*/ -}}
{{- define "sluice.rbac" -}}
{{- $ctx := dict "root" .root "s" (include "sluice.settings" . | fromJson) -}}
{{- if and (eq $ctx.s.target "job") (include "sluice.gateShown" $ctx) }}
{{- if not .serviceAccounts -}}
  {{- fail "sluice: sluice.rbac needs serviceAccounts, the accounts of the pods with a gate: (dict \"root\" $ \"serviceAccounts\" (list \"api\"))" -}}
{{- end }}
{{- /* Not cut: names of Roles may be longer than labels, and those of two sub-charts must stay two. */}}
{{- $name := printf "%s-%s-%s-gate" .root.Release.Name .root.Chart.Name $ctx.s.name }}
{{- include "sluice.role" (merge (dict "name" $name "accounts" .serviceAccounts "rules" (list
  (dict "apiGroups" (list "batch") "resources" (list "jobs") "resourceNames" (list (include "sluice.jobName" $ctx)) "verbs" (list "list" "watch")))) $ctx) }}
{{- end }}
{{- end -}}

{{- /* Role and RoleBinding. Takes also name, rules, accounts. */ -}}
{{- define "sluice.role" }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: {{ .name }}
  {{- include "sluice.metadata" . | nindent 2 }}
rules:
  {{- toYaml .rules | nindent 2 }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: {{ .name }}
  {{- include "sluice.metadata" . | nindent 2 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: {{ .name }}
subjects:
  {{- range .accounts }}
  - kind: ServiceAccount
    name: {{ . }}
    namespace: {{ $.root.Release.Namespace }}
  {{- end }}
{{- end -}}
