{{- /*
Gate and Job are rendered in different sub-charts, and one does not see the other's values. Where the gate names what the
Job runs, nothing that makes the name may be a part's own.
*/ -}}
{{- define "sluice.checkShared" -}}
{{- $s := .s -}}
{{- $key := .key -}}
{{- $local := .local -}}
{{- if .shared -}}
  {{- /* What sluice.identity is made of. Of the image not the pull policy: sluice.resolveImage. */ -}}
  {{- $content := list "image" "command" "args" "runArgs" "dir" "to" "phase" "env" "envFrom" "files" "rerun" "id" "naming" -}}
  {{- $forbidden := list "strategy" "name" -}}
  {{- if eq $s.target "job" -}}
    {{- $forbidden = without (keys (include "sluice.defaults" . | fromYaml)) "gate" "rollout" "alerts" "contract" -}}
  {{- else if and (include "sluice.isNamed" .) (not $s.id) -}}
    {{- $forbidden = concat $forbidden $content -}}
  {{- end -}}
  {{- if and (ne $s.target "job") (not (omit ($local.image | default dict) "pullPolicy")) -}}
    {{- $forbidden = without $forbidden "image" -}}
  {{- end -}}
  {{- range $forbidden | sortAlpha -}}
    {{- if hasKey $local . -}}
      {{- fail (printf "sluice: %s belongs into global.%s, not into one chart's values: gates in other sub-charts would name another run than the Job" . $key) -}}
    {{- end -}}
  {{- end -}}
  {{- if and (eq $s.strategy "init") (eq (toString (.shared.gate | default dict).enabled) "true") -}}
    {{- fail (printf "sluice: gate.enabled in global.%s would put a gate into every pod, and with strategy init nobody would migrate: write it into the values of single parts" $key) -}}
  {{- end -}}
  {{- if ne $key "sluice" -}}
    {{- with (.root.Values.global).sluice -}}
      {{- if eq $s.name (.name | default "migrate") -}}
        {{- fail (printf "sluice: name: global.sluice has %q, too; give global.%s another one, so that both have Jobs and gates of their own" $s.name $key) -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if hasKey ($local.gate | default dict) "target" -}}
    {{- fail (printf "sluice: gate.target belongs into global.%s, so that all gates ask for the same" $key) -}}
  {{- end -}}
  {{- if and $s.tagOfChart (not .root.Chart.IsRoot) (not $s.id) (include "sluice.isNamed" .) -}}
    {{- fail (printf "sluice: set global.%s.image.tag (or global.image.tag): each sub-chart has an appVersion of its own, and gates would name another run than the Job" $key) -}}
  {{- end -}}
{{- end -}}
{{- end -}}
