{{- /*
sluice.rollout: `strategy` and `progressDeadlineSeconds` of a Deployment's spec. No old pod is taken away before a new one
is ready, because new ones wait for the migration; with init one new pod at a time, because it is the one that migrates.
Takes (dict "root" $ "values" .Values.sluice).
*/ -}}
{{- define "sluice.rollout" -}}
{{- $s := include "sluice.settings" . | fromJson -}}
strategy:
  type: {{ $s.rollout.type }}
  {{- if ne $s.rollout.type "Recreate" }}
  rollingUpdate:
    maxSurge: {{ ternary 1 $s.rollout.maxSurge (eq $s.strategy "init") }}
    maxUnavailable: 0
  {{- end }}
{{- /* Pods that wait make no progress: longer than the Job may take, and the usual ten minutes for the roll-out itself. */}}
progressDeadlineSeconds: {{ ternary (int64 $s.rollout.progressDeadlineSeconds) (add (int64 $s.activeDeadlineSeconds) 600) (gt (int64 $s.rollout.progressDeadlineSeconds) 0) }}
{{- end -}}
