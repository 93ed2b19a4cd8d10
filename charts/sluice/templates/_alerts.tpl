{{- /*
sluice.alerts: a PrometheusRule on the metrics of kube-state-metrics; each alert has a page in docs/runbooks. Takes
(dict "root" $ "values" .Values.sluice). Renders nothing unless alerts.enabled.
*/ -}}
{{- define "sluice.alerts" -}}
{{- $ctx := dict "root" .root "s" (include "sluice.settings" . | fromJson) -}}
{{- $s := $ctx.s -}}
{{- if $s.alerts.enabled }}
{{- $base := include "sluice.base" $ctx }}
{{- $here := printf "namespace=%q" .root.Release.Namespace }}
{{- $migrations := printf "%s, job_name=~%q" $here (printf "%s(-r?[0-9a-f]+)?" $base) }}
{{- $contracts := printf "%s, job_name=~%q" $here (printf "%s-contract-[0-9a-f]+" $base) }}
{{- $jobs := printf "%s, job_name=~%q" $here (printf "%s(-contract)?(-r?[0-9a-f]+)?" $base) }}
{{- $gates := printf "%s, container=~\"sluice-(gate|migrate)%s\"" $here (include "sluice.suffix" $ctx) }}
{{- with $s.alerts.pods }}{{- $gates = printf "%s, pod=~%q" $gates . }}{{- end }}
---
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: {{ $base }}
  {{- include "sluice.metadata" (merge (dict "labels" $s.alerts.labels) $ctx) | nindent 2 }}
spec:
  groups:
    - name: sluice.{{ .root.Release.Namespace }}.{{ $base }}
      rules:
        - alert: SluiceMigrationFailed
          expr: |-
            max by (namespace, job_name) (kube_job_failed{condition="true", {{ $migrations }}}) > 0
          labels:
            severity: critical
          annotations:
            summary: {{ "Migration Job {{ $labels.job_name }} has failed; new pods are held back" | quote }}
            runbook_url: {{ $s.alerts.runbooks }}/SluiceMigrationFailed.md
        - alert: SluiceContractFailed
          expr: |-
            max by (namespace, job_name) (kube_job_failed{condition="true", {{ $contracts }}}) > 0
          labels:
            severity: warning
          annotations:
            summary: {{ "Job {{ $labels.job_name }} has failed; the contract phase of this release is not applied" | quote }}
            runbook_url: {{ $s.alerts.runbooks }}/SluiceContractFailed.md
        - alert: SluiceMigrationRunningLong
          expr: |-
            max by (namespace, job_name) (kube_job_status_active{ {{- $jobs -}} }) > 0
          for: {{ $s.alerts.runningFor }}
          labels:
            severity: warning
          annotations:
            summary: {{ printf "Migration Job {{ $labels.job_name }} runs for more than %s" $s.alerts.runningFor | quote }}
            runbook_url: {{ $s.alerts.runbooks }}/SluiceMigrationRunningLong.md
        - alert: SluicePodsHeldBack
          expr: |-
            max by (namespace, pod) (kube_pod_init_container_status_running{ {{- $gates -}} }
              or kube_pod_init_container_status_waiting_reason{ {{- $gates }}, reason="CrashLoopBackOff"}) > 0
          for: {{ $s.alerts.heldFor }}
          labels:
            severity: warning
          annotations:
            summary: {{ printf "Pod {{ $labels.pod }} waits for the schema for more than %s" $s.alerts.heldFor | quote }}
            runbook_url: {{ $s.alerts.runbooks }}/SluicePodsHeldBack.md
{{- end }}
{{- end -}}
