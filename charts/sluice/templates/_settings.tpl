{{- /*
What holds for one call, as JSON: defaults, over them `global.sluice`, over them the `values` of the call; and what
follows from them: target, image, byRevision, deadlineSeconds, patienceSeconds. Every define begins with it, so every one
validates.
Takes root, and where given values and global (the key below .Values.global, "sluice" unless told).
*/ -}}
{{- define "sluice.settings" -}}
{{- if not (hasKey . "root") -}}
  {{- fail "sluice: each define takes a dict: (dict \"root\" $ \"values\" .Values.sluice)" -}}
{{- end -}}
{{- range $given, $_ := omit . "root" "values" "global" "serviceAccounts" -}}
  {{- fail (printf "sluice: a define takes root, values and global (sluice.rbac also serviceAccounts), and knows no %q" $given) -}}
{{- end -}}
{{- $key := .global | default "sluice" -}}
{{- $globals := (.root.Values.global) | default dict -}}
{{- $shared := deepCopy (get $globals $key | default dict) -}}
{{- $local := omit (deepCopy (.values | default dict)) "global" -}}
{{- $s := include "sluice.defaults" . | fromYaml -}}
{{- include "sluice.checkKeys" (dict "given" $shared "known" $s "path" (printf "global.%s" $key)) -}}
{{- include "sluice.checkKeys" (dict "given" $local "known" $s "path" "values") -}}
{{- include "sluice.overlay" (dict "base" $s "over" $shared "path" (printf "global.%s" $key)) -}}
{{- include "sluice.overlay" (dict "base" $s "over" $local "path" "values") -}}
{{- $_ := set $s "target" ($s.gate.target | default (ternary "run" "schema" (gt (len $s.command) 0))) -}}
{{- include "sluice.resolveImage" (dict "root" .root "s" $s "shared" $shared "common" ($globals.image | default dict)) -}}
{{- $_ := set $s "imagePullSecrets" (include "sluice.pullSecrets" (dict "own" $s.imagePullSecrets "common" $globals.imagePullSecrets) | fromJsonArray) -}}
{{- $require := list -}}
{{- range $s.require -}}{{- $require = append $require (include "sluice.text" (dict "value" . "path" "require")) -}}{{- end -}}
{{- $_ := set $s "require" $require -}}
{{- if and $s.contract.enabled (not $s.phase) -}}{{- $_ := set $s "phase" "expand" -}}{{- end -}}
{{- /* A quarter of the Job's time is left for pulling the image and for the pauses between two tries. */ -}}
{{- $rest := sub (div (mul (int64 $s.activeDeadlineSeconds) 3) 4) (int64 $s.terminationGracePeriodSeconds) -}}
{{- $_ := set $s "deadlineSeconds" (ternary (int64 $s.deadlineSeconds) $rest (gt (int64 $s.deadlineSeconds) 0)) -}}
{{- /* How long contractJob may wait for the roll-out: it says why and ends before the Job's time is up. */ -}}
{{- $rest = sub (int64 $s.contract.activeDeadlineSeconds) (add $s.deadlineSeconds (int64 $s.terminationGracePeriodSeconds) 120) -}}
{{- $_ := set $s "patienceSeconds" $rest -}}
{{- include "sluice.validate" (dict "root" .root "s" $s) -}}
{{- include "sluice.checkShared" (dict "root" .root "s" $s "shared" $shared "local" $local "key" $key) -}}
{{- toJson $s -}}
{{- end -}}

{{- /*
Puts `over` over `base`, in place. Not mergeOverwrite, which takes false and "" for not given. null is as if not written.
A number where text is wanted becomes text here: the settings go through JSON, which makes floats of all numbers.
In resources and security contexts an empty text removes a default (`resources.limits.memory: ""`); Helm itself drops null.
*/ -}}
{{- define "sluice.overlay" -}}
{{- $base := .base -}}
{{- $free := .free -}}
{{- range $key, $value := .over -}}
  {{- $old := get $base $key -}}
  {{- $path := printf "%s.%s" $.path $key -}}
  {{- if kindIs "invalid" $value -}}
  {{- else if and $free (eq (toString $value) "") -}}
    {{- $_ := unset $base $key -}}
  {{- else if and (kindIs "map" $value) (kindIs "map" $old) -}}
    {{- $inner := or $free (has $key (list "resources" "securityContext" "podSecurityContext")) -}}
    {{- include "sluice.overlay" (dict "base" $old "over" $value "free" $inner "path" $path) -}}
  {{- else if and (not $free) (kindIs "string" $old) (not (kindIs "bool" $value)) -}}
    {{- $_ := set $base $key (include "sluice.text" (dict "value" $value "path" $path)) -}}
  {{- else -}}
    {{- $_ := set $base $key $value -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* Keys whose content is Kubernetes' or the user's own: not checked, merged key by key. */ -}}
{{- define "sluice.freeKeys" -}}
["resources","securityContext","podSecurityContext","podLabels","podAnnotations","jobLabels","jobAnnotations","annotations","nodeSelector","affinity","labels"]
{{- end -}}
