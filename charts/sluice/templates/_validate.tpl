{{- define "sluice.checkChoice" -}}
{{- if not (has .value .of) -}}
  {{- fail (printf "sluice: %s must be one of %s, not %q" .key (join ", " .of) (toString .value)) -}}
{{- end -}}
{{- end -}}

{{- /* A time with a unit. Takes key, value and shape, what the reader of the value understands. */ -}}
{{- define "sluice.checkDuration" -}}
{{- if and .value (not (regexMatch .shape .value)) -}}
  {{- fail (printf "sluice: %s: %q is not a duration with a unit, such as 10m" .key .value) -}}
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
{{- include "sluice.checkChoice" (dict "key" "argocd.hook" "value" $s.argocd.hook "of" (list "" "PreSync" "Sync" "PostSync")) -}}
{{- range splitList "," $s.argocd.deletePolicy -}}
  {{- include "sluice.checkChoice" (dict "key" "argocd.deletePolicy" "value" (trim .) "of" (list "BeforeHookCreation" "HookSucceeded" "HookFailed")) -}}
{{- end -}}
{{- range splitList "," $s.hook.deletePolicy -}}
  {{- include "sluice.checkChoice" (dict "key" "hook.deletePolicy" "value" (trim .) "of" (list "before-hook-creation" "hook-succeeded" "hook-failed")) -}}
{{- end -}}
{{- range $key := list "timeout" "jitter" -}}
  {{- include "sluice.checkDuration" (dict "key" (printf "gate.%s" $key) "value" (get $s.gate $key) "shape" `^(0|([0-9]+(\.[0-9]+)?(ms|[hms]))+)$`) -}}
{{- end -}}
{{- range $key := list "runningFor" "heldFor" -}}
  {{- include "sluice.checkDuration" (dict "key" (printf "alerts.%s" $key) "value" (get $s.alerts $key) "shape" `^([0-9]+(ms|[ywdhms]))+$`) -}}
{{- end -}}
{{- if not (regexMatch "^[0-9]+%?$" $s.rollout.maxSurge) -}}
  {{- fail (printf "sluice: rollout.maxSurge must be a number of pods or a percentage, not %q" $s.rollout.maxSurge) -}}
{{- end -}}
{{- if not (regexMatch "^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$" $s.name) -}}
  {{- fail (printf "sluice: name %q must be lower case letters, digits and hyphens, at most 32" $s.name) -}}
{{- end -}}
{{- range $key := list "id" "rerun" -}}
  {{- $value := get $s $key -}}
  {{- if and $value (not (regexMatch "^[A-Za-z0-9]([A-Za-z0-9._-]{0,38}[A-Za-z0-9])?$" $value)) -}}
    {{- fail (printf "sluice: %s %q becomes a label: letters, digits, dots, hyphens, at most 40" $key $value) -}}
  {{- end -}}
{{- end -}}
{{- if gt (len (include "sluice.identity" .)) 63 -}}
  {{- fail "sluice: id and rerun become one label, of at most 63 characters together: give a shorter rerun" -}}
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
{{- range $key, $run := dict "args" $s "contract.args" $s.contract -}}
  {{- if and (not $run.command) (regexMatch "(^| )--dry-run(=true|=1)?( |$)" (join " " $run.args)) -}}
    {{- fail (printf "sluice: %s: --dry-run applies nothing, and the Job would be Complete" $key) -}}
  {{- end -}}
{{- end -}}
{{- if and $s.command $s.contract.enabled (not $s.contract.command) -}}
  {{- fail "sluice: contract.enabled with command needs contract.command: Sluice cannot know how your tool is told to do the second half" -}}
{{- end -}}
{{- if and $s.contract.enabled (not $s.contract.workloads) -}}
  {{- fail "sluice: contract.enabled needs contract.workloads: every workload that uses the database, such as deployment/{{ .Release.Name }}-api" -}}
{{- end -}}
{{- range $s.contract.workloads -}}
  {{- if not (regexMatch "^(deployment|statefulset|daemonset)/." .) -}}
    {{- fail (printf "sluice: contract.workloads: %q is not deployment/NAME, statefulset/NAME or daemonset/NAME" .) -}}
  {{- end -}}
{{- end -}}
{{- if and $s.contract.enabled (lt (int64 $s.patienceSeconds) 60) -}}
  {{- fail (printf "sluice: contract.activeDeadlineSeconds (%d) must leave time for the roll-out before the migration itself (%d s): raise it" (int64 $s.contract.activeDeadlineSeconds) (int64 $s.deadlineSeconds)) -}}
{{- end -}}
{{- if not (contains "before-hook-creation" $s.hook.deletePolicy) -}}
  {{- fail (printf "sluice: hook.deletePolicy %s without before-hook-creation: a Job that is still there ends the next upgrade with \"already exists\"; write before-hook-creation,%s" $s.hook.deletePolicy $s.hook.deletePolicy) -}}
{{- end -}}
{{- if le (int64 $s.terminationGracePeriodSeconds) (int64 $s.graceSeconds) -}}
  {{- fail "sluice: terminationGracePeriodSeconds must be longer than graceSeconds, or the runner is killed before it could cancel and say so" -}}
{{- end -}}
{{- if or (lt (int64 $s.deadlineSeconds) 30) (ge (int64 $s.deadlineSeconds) (int64 $s.activeDeadlineSeconds)) -}}
  {{- fail (printf "sluice: the runner's own deadline (%d s) must be at least 30 s and shorter than activeDeadlineSeconds (%d), so that reason and log survive: raise activeDeadlineSeconds" (int64 $s.deadlineSeconds) (int64 $s.activeDeadlineSeconds)) -}}
{{- end -}}
{{- if and (eq $s.rollout.type "RollingUpdate") (ne $s.strategy "init") (eq (int64 (trimSuffix "%" $s.rollout.maxSurge)) 0) -}}
  {{- fail "sluice: rollout.maxSurge 0 leaves no room for a new pod, and no old one is taken away before it is there (maxUnavailable is 0): at least 1, or rollout.type Recreate" -}}
{{- end -}}
{{- if include "sluice.gateShown" . -}}
  {{- include "sluice.validateAwaited" $s -}}
{{- end -}}
{{- end -}}

{{- /* What would keep a gate closed for good. Takes the settings. */ -}}
{{- define "sluice.validateAwaited" -}}
{{- if eq .argocd.hook "PostSync" -}}
  {{- fail "sluice: argocd.hook PostSync with a gate: Argo CD waits for the pods before it makes the Job, and the pods wait for the Job: PreSync or Sync" -}}
{{- end -}}
{{- if eq .target "job" -}}
  {{- $deleted := and (eq .strategy "hook") (contains "hook-succeeded" .hook.deletePolicy) -}}
  {{- if or $deleted (and .argocd.hook (contains "HookSucceeded" .argocd.deletePolicy)) (ge (int64 .ttlSecondsAfterFinished) 0) -}}
    {{- fail "sluice: gate.target job, but the Job is deleted when it has ended (ttlSecondsAfterFinished, or the hook's deletePolicy): a pod that starts later would wait for good. Leave that off, or ask for schema or run" -}}
  {{- end -}}
{{- end -}}
{{- end -}}
