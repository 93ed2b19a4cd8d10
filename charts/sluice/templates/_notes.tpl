{{- /* sluice.notes: for NOTES.txt: what happens now, and how to watch it. Takes (dict "root" $ "values" .Values.sluice). */ -}}
{{- define "sluice.notes" -}}
{{- $ctx := dict "root" .root "s" (include "sluice.settings" . | fromJson) -}}
{{- $s := $ctx.s -}}
{{- $n := .root.Release.Namespace -}}
{{- $job := printf "the Job %s" (include "sluice.base" $ctx) -}}
{{- if has $s.strategy (list "job" "hook" "pipeline") -}}{{- $job = printf "job/%s" (include "sluice.jobName" $ctx) -}}{{- end -}}
Migrations: strategy {{ $s.strategy }}
{{- if eq $s.strategy "job" }}
  {{ $job }} migrates now. New pods wait in their init container sluice-gate until the database
  is ready for them; the old pods serve on meanwhile.
    what the migration says:  kubectl logs -n {{ $n }} {{ $job }} --follow
    what a pod waits for:     kubectl logs -n {{ $n }} deployment/NAME -c sluice-gate
  For CI, ends with the migration's own error:
    sluice wait {{ $job }} -n {{ $n }} --logs --fail-fast
{{- else if eq $s.strategy "hook" }}
  {{ $job }} has migrated before anything else of this release was applied. Helm waited for it for as long as
  --timeout says; a run that takes longer goes on, and the next upgrade takes over from it.
    what the migration said:  kubectl logs -n {{ $n }} {{ $job }}
  Helm leaves the Job after helm uninstall: kubectl delete -n {{ $n }} {{ $job }}
{{- else if eq $s.strategy "init" }}
  Each new pod migrates in its init container sluice-migrate, under one lock; all but the first find nothing to do.
    what the migration says:  kubectl logs -n {{ $n }} POD -c sluice-migrate
{{- else if eq $s.strategy "pipeline" }}
  The pipeline has migrated before this release was applied. This release contains no Job.
{{- else }}
  The application migrates when it starts. Its own account may therefore change the schema.
{{- end }}
{{- if $s.contract.enabled }}
  After the roll-out of {{ tpl (join ", " $s.contract.workloads) .root }} the Job {{ include "sluice.base" $ctx }}-contract-... applies the contract phase.
{{- end }}
{{- if and (eq $s.restartPolicy "OnFailure") (ne $s.strategy "startup") }}
  restartPolicy OnFailure: Kubernetes then allows no podFailurePolicy, so a migration that cannot succeed is tried
  backoffLimit ({{ int64 $s.backoffLimit }}) times, and the log of a try that failed is gone with its container.
{{- end }}
{{- if $s.byRevision }}
  The tag {{ $s.image.tag }} with pullPolicy {{ $s.image.pullPolicy }} does not say what runs, so it runs in every revision.
{{- end }}
{{- if and (eq $s.target "job") (include "sluice.gateShown" $ctx) }}
  The gate asks for the Job itself. Set automountServiceAccountToken: false on the pods: only the gate needs a token.
{{- end }}
  To migrate this release once more (after a repair or a restore):
    helm upgrade {{ .root.Release.Name }} CHART -n {{ $n }} --reuse-values --set-string global.sluice.rerun=DATE
{{- end -}}
