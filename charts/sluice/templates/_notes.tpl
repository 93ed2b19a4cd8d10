{{- /* sluice.notes: for NOTES.txt: what happens now, and how to watch it. Takes (dict "root" $ "values" .Values.sluice). */ -}}
{{- define "sluice.notes" -}}
{{- $ctx := dict "root" .root "s" (include "sluice.settings" . | fromJson) -}}
{{- $s := $ctx.s -}}
{{- $n := .root.Release.Namespace -}}
{{- $hasJob := or (has $s.strategy (list "job" "hook")) (and (eq $s.strategy "pipeline") $s.pipeline.job) -}}
{{- $job := "" -}}
{{- if $hasJob -}}{{- $job = printf "job/%s" (include "sluice.jobName" $ctx) -}}{{- end -}}
Migrations: strategy {{ $s.strategy }}
{{- if eq $s.strategy "job" }}
  {{ $job }} migrates now. New pods wait in their init container sluice-gate{{ include "sluice.suffix" $ctx }} until the database
  is ready for them; the old pods serve on meanwhile.
    what the migration says:  kubectl logs -n {{ $n }} {{ $job }} --follow
    what a pod waits for:     kubectl logs -n {{ $n }} deployment/NAME -c sluice-gate{{ include "sluice.suffix" $ctx }}
  For CI, ends with the migration's own error:
    sluice wait {{ $job }} -n {{ $n }} --logs --fail-fast
{{- else if eq $s.strategy "hook" }}
  {{ $job }} has migrated before anything else of this release was applied. Helm waited for it for as long as
  --timeout says; a run that takes longer goes on, and the next upgrade takes over from it.
    what the migration said:  kubectl logs -n {{ $n }} {{ $job }}
  After helm uninstall the Job and what was made for it stay:
    kubectl delete job,serviceaccount,secret,configmap -n {{ $n }} \
      -l app.kubernetes.io/instance={{ .root.Release.Name }},app.kubernetes.io/name={{ $s.name }},app.kubernetes.io/component=migration
{{- else if eq $s.strategy "init" }}
  Each new pod migrates in its init container sluice-migrate{{ include "sluice.suffix" $ctx }}, under one lock; all but the first find nothing to do.
    what the migration says:  kubectl logs -n {{ $n }} POD -c sluice-migrate{{ include "sluice.suffix" $ctx }}
{{- else if eq $s.strategy "pipeline" }}
  The pipeline has migrated before this release was applied.
{{- if $hasJob }}
  pipeline.job is true, so this release contains {{ $job }} as well. Give it to helm template only.
{{- end }}
{{- else }}
  The application migrates when it starts. Its own account may therefore change the schema.
{{- end }}
{{- if $s.contract.enabled }}
  After the roll-out of {{ tpl (join ", " $s.contract.workloads) .root }} the Job {{ include "sluice.base" $ctx }}-contract-... applies the contract phase.
{{- end }}
{{- if and (eq $s.restartPolicy "OnFailure") (or $hasJob $s.contract.enabled) }}
  restartPolicy OnFailure: Kubernetes then allows no podFailurePolicy, so a migration that cannot succeed is tried
  backoffLimit ({{ int64 $s.backoffLimit }}) times, and the log of a try that failed is gone with its container.
{{- end }}
{{- if and $s.byRevision $hasJob }}
  The tag {{ $s.image.tag }} with pullPolicy {{ $s.image.pullPolicy }} does not say what runs, so it runs in every revision.
{{- end }}
{{- if and (eq $s.target "job") (include "sluice.gateShown" $ctx) }}
  The gate asks for the Job itself. Set automountServiceAccountToken: false on the pods: only the gate needs a token.
{{- end }}
  To migrate this release once more (after a repair or a restore):
{{- $rerun := printf "--set-string global.%s.rerun=DATE" (.global | default "sluice") }}
{{- if eq $s.strategy "pipeline" }}
    the step of the pipeline that migrates. Where that is a Job, with {{ $rerun }}, which makes it another one.
{{- else }}
    helm upgrade {{ .root.Release.Name }} CHART -n {{ $n }} --reuse-values {{ $rerun }}
{{- end }}
{{- end -}}
