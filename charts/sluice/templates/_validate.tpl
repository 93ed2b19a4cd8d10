{{- /*
Unknown keys. Helm checks values.schema.json only where the library is a dependency of the very chart that has the
values, and only below that chart's own key; this holds everywhere.
*/ -}}
{{- define "sluice.checkKeys" -}}
{{- $known := .known -}}
{{- $path := .path -}}
{{- if not (kindIs "map" .given) -}}{{- fail (printf "sluice: %s must be a map" $path) -}}{{- end -}}
{{- range $key, $value := .given -}}
  {{- if not (hasKey $known $key) -}}
    {{- fail (printf "sluice: unknown key %s.%s; known here: %s" $path $key (keys $known | sortAlpha | join ", ")) -}}
  {{- end -}}
  {{- $default := get $known $key -}}
  {{- if kindIs "invalid" $value -}}
  {{- else if kindIs "map" $default -}}
    {{- if not (kindIs "map" $value) -}}{{- fail (printf "sluice: %s.%s must be a map" $path $key) -}}{{- end -}}
    {{- if not (has $key (include "sluice.freeKeys" "" | fromJsonArray)) -}}
      {{- include "sluice.checkKeys" (dict "given" $value "known" $default "path" (printf "%s.%s" $path $key)) -}}
    {{- end -}}
  {{- else if and (kindIs "slice" $default) (not (kindIs "slice" $value)) -}}
    {{- fail (printf "sluice: %s.%s must be a list" $path $key) -}}
  {{- else if and (kindIs "bool" $default) (not (kindIs "bool" $value)) -}}
    {{- fail (printf "sluice: %s.%s must be true or false, without quotes" $path $key) -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- define "sluice.checkChoice" -}}
{{- if not (has .value .of) -}}
  {{- fail (printf "sluice: %s must be one of %s, not %q" .key (join ", " .of) (toString .value)) -}}
{{- end -}}
{{- end -}}

{{- /* What cannot work, said before anything is applied. Takes root and s. */ -}}
{{- define "sluice.validate" -}}
{{- $s := .s -}}
{{- include "sluice.checkChoice" (dict "key" "strategy" "value" $s.strategy "of" (list "job" "hook" "init" "pipeline" "startup")) -}}
{{- include "sluice.checkChoice" (dict "key" "naming" "value" $s.naming "of" (list "auto" "hash" "revision")) -}}
{{- include "sluice.checkChoice" (dict "key" "phase" "value" $s.phase "of" (list "" "expand" "contract")) -}}
{{- include "sluice.checkChoice" (dict "key" "restartPolicy" "value" $s.restartPolicy "of" (list "Never" "OnFailure")) -}}
{{- include "sluice.checkChoice" (dict "key" "gate.enabled" "value" (toString $s.gate.enabled) "of" (list "auto" "true" "false")) -}}
{{- include "sluice.checkChoice" (dict "key" "gate.target" "value" $s.target "of" (list "schema" "run" "job" "database")) -}}
{{- include "sluice.checkChoice" (dict "key" "rollout.type" "value" $s.rollout.type "of" (list "RollingUpdate" "Recreate")) -}}
{{- if not (regexMatch "^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$" $s.name) -}}
  {{- fail (printf "sluice: name %q must be lower case letters, digits and hyphens, at most 32" $s.name) -}}
{{- end -}}
{{- range $key := list "id" "rerun" -}}
  {{- $value := get $s $key -}}
  {{- if not (kindIs "string" $value) -}}
    {{- fail (printf "sluice: %s must be text: put it in quotes, or use --set-string" $key) -}}
  {{- end -}}
  {{- if and $value (not (regexMatch "^[A-Za-z0-9]([A-Za-z0-9._-]{0,38}[A-Za-z0-9])?$" $value)) -}}
    {{- fail (printf "sluice: %s %q becomes a label: letters, digits, dots, hyphens, at most 40" $key $value) -}}
  {{- end -}}
{{- end -}}
{{- if and (eq $s.strategy "pipeline") $s.byRevision -}}
  {{- fail "sluice: helm template does not know a revision, and the tag says nothing about what runs: give id (such as the commit) or a tag of its own" -}}
{{- end -}}
{{- if and $s.byRevision (or $s.argocd.wave $s.argocd.hook) -}}
  {{- fail "sluice: Argo CD runs helm template, where the revision is always 1: give id (such as the commit) or a tag of its own instead of latest or pullPolicy Always" -}}
{{- end -}}
{{- if and (eq $s.strategy "init") $s.byRevision $s.command -}}
  {{- fail "sluice: strategy init with a command needs id or a tag of its own: the revision begins at 1 again after helm uninstall, and the run of that name counts as done" -}}
{{- end -}}
{{- if and (eq $s.target "job") (not (has $s.strategy (list "job" "hook" "pipeline"))) -}}
  {{- fail (printf "sluice: gate.target job, but strategy %s has no Job" $s.strategy) -}}
{{- end -}}
{{- if and (eq $s.target "run") (not $s.command) (not $s.id) -}}
  {{- fail "sluice: gate.target run needs command, or the id that CI gives to sluice run" -}}
{{- end -}}
{{- if and $s.command (or $s.to $s.dir) -}}
  {{- fail "sluice: to and dir are options of sluice migrate; with command write them into args" -}}
{{- end -}}
{{- if and $s.command $s.contract.enabled (not $s.contract.command) -}}
  {{- fail "sluice: contract.enabled with command needs contract.command: Sluice cannot know how your tool is told to do the second half" -}}
{{- end -}}
{{- if and $s.contract.enabled (not $s.contract.workloads) -}}
  {{- fail "sluice: contract.enabled needs contract.workloads: every workload that uses the database, such as deployment/{{ .Release.Name }}-api" -}}
{{- end -}}
{{- if and $s.contract.enabled (lt (int64 $s.patienceSeconds) 60) -}}
  {{- fail (printf "sluice: contract.activeDeadlineSeconds (%d) must leave time for the roll-out before the migration itself (%d s): raise it" (int64 $s.contract.activeDeadlineSeconds) (int64 $s.deadlineSeconds)) -}}
{{- end -}}
{{- if and (contains "hook-succeeded" $s.hook.deletePolicy) (not (contains "before-hook-creation" $s.hook.deletePolicy)) -}}
  {{- fail "sluice: hook.deletePolicy hook-succeeded alone removes Helm's default, and after a failure the next upgrade ends with \"already exists\": write before-hook-creation,hook-succeeded" -}}
{{- end -}}
{{- if le (int64 $s.terminationGracePeriodSeconds) (int64 $s.graceSeconds) -}}
  {{- fail "sluice: terminationGracePeriodSeconds must be longer than graceSeconds, or the runner is killed before it could cancel and say so" -}}
{{- end -}}
{{- if or (lt (int64 $s.deadlineSeconds) 30) (ge (int64 $s.deadlineSeconds) (int64 $s.activeDeadlineSeconds)) -}}
  {{- fail (printf "sluice: the runner's own deadline (%d s) must be at least 30 s and shorter than activeDeadlineSeconds (%d), so that reason and log survive: raise activeDeadlineSeconds" (int64 $s.deadlineSeconds) (int64 $s.activeDeadlineSeconds)) -}}
{{- end -}}
{{- end -}}

{{- /*
Gate and Job are rendered in different sub-charts, and one does not see the other's values. Where the gate names what the
Job runs, nothing that makes the name may be a part's own.
*/ -}}
{{- define "sluice.checkShared" -}}
{{- $s := .s -}}
{{- $key := .key -}}
{{- $local := .local -}}
{{- if .shared -}}
  {{- /* What sluice.identity is made of. Of the image not the pull policy, unless it names by revision. */ -}}
  {{- $content := list "image" "command" "args" "runArgs" "dir" "to" "phase" "env" "envFrom" "files" "rerun" "id" "naming" -}}
  {{- $forbidden := list "strategy" "name" -}}
  {{- if eq $s.target "job" -}}
    {{- $forbidden = without (keys (include "sluice.defaults" . | fromYaml)) "gate" "rollout" "alerts" "contract" -}}
  {{- else if and (or (eq $s.target "run") $s.contract.enabled) (not $s.id) -}}
    {{- $forbidden = concat $forbidden $content -}}
  {{- end -}}
  {{- if and (ne $s.target "job") (not $s.byRevision) (not (omit ($local.image | default dict) "pullPolicy")) -}}
    {{- $forbidden = without $forbidden "image" -}}
  {{- end -}}
  {{- range $forbidden | sortAlpha -}}
    {{- if hasKey $local . -}}
      {{- fail (printf "sluice: %s belongs into global.%s, not into one chart's values: gates in other sub-charts would name another run than the Job" . $key) -}}
    {{- end -}}
  {{- end -}}
  {{- if hasKey ($local.gate | default dict) "target" -}}
    {{- fail (printf "sluice: gate.target belongs into global.%s, so that all gates ask for the same" $key) -}}
  {{- end -}}
  {{- if and (eq .fromPart "appVersion") (not .root.Chart.IsRoot) (not $s.id) (or (ne $s.target "schema") $s.contract.enabled) -}}
    {{- fail (printf "sluice: set global.%s.image.tag (or global.image.tag): each sub-chart has an appVersion of its own, and gates would name another run than the Job" $key) -}}
  {{- end -}}
{{- end -}}
{{- end -}}
