{{- /*
What holds for one call, as JSON: defaults, over them `global.sluice`, over them the `values` of the call; and what
follows from them: target, byRevision, deadlineSeconds, patienceSeconds. Every define begins with it, so every one validates.
Takes root, and where given values and global (the key below .Values.global, "sluice" unless told).
*/ -}}
{{- define "sluice.settings" -}}
{{- if not (hasKey . "root") -}}
  {{- fail "sluice: each define takes a dict: (dict \"root\" $ \"values\" .Values.sluice)" -}}
{{- end -}}
{{- $key := .global | default "sluice" -}}
{{- $globals := (.root.Values.global) | default dict -}}
{{- $shared := deepCopy (get $globals $key | default dict) -}}
{{- $local := omit (deepCopy (.values | default dict)) "global" -}}
{{- $s := include "sluice.defaults" . | fromYaml -}}
{{- include "sluice.checkKeys" (dict "given" $shared "known" $s "path" (printf "global.%s" $key)) -}}
{{- include "sluice.checkKeys" (dict "given" $local "known" $s "path" "values") -}}
{{- include "sluice.overlay" (dict "base" $s "over" $shared "free" false) -}}
{{- include "sluice.overlay" (dict "base" $s "over" $local "free" false) -}}
{{- $fromPart := "" -}}
{{- /* The image: part, else global.image, else the chart's own appVersion. */ -}}
{{- $common := $globals.image | default dict -}}
{{- $image := $s.image -}}
{{- if not $image.repository -}}{{- $_ := set $image "repository" ($common.repository | default "") -}}{{- end -}}
{{- if and (not $image.tag) (not $image.digest) -}}
  {{- $_ := set $image "tag" (toString ($common.tag | default "")) -}}
  {{- if not $image.tag -}}
    {{- $fromPart = "appVersion" -}}
    {{- $_ := set $image "tag" (toString (.root.Chart.AppVersion | default "")) -}}
  {{- end -}}
{{- end -}}
{{- $_ := set $image "pullPolicy" ($image.pullPolicy | default $common.pullPolicy | default "IfNotPresent") -}}
{{- $moving := and (not $image.digest) (or (eq (toString $image.tag) "latest") (eq $image.pullPolicy "Always")) -}}
{{- $_ := set $s "byRevision" (and (not $s.id) (or (eq $s.naming "revision") (and (eq $s.naming "auto") $moving))) -}}
{{- $_ := set $s "target" ($s.gate.target | default (ternary "run" "schema" (gt (len $s.command) 0))) -}}
{{- if and $s.contract.enabled (not $s.phase) -}}{{- $_ := set $s "phase" "expand" -}}{{- end -}}
{{- /* A quarter of the Job's time is left for pulling the image and for the pauses between two tries. */ -}}
{{- $rest := sub (div (mul (int64 $s.activeDeadlineSeconds) 3) 4) (int64 $s.terminationGracePeriodSeconds) -}}
{{- $_ := set $s "deadlineSeconds" (ternary (int64 $s.deadlineSeconds) $rest (gt (int64 $s.deadlineSeconds) 0)) -}}
{{- /* How long contractJob may wait for the roll-out: it says why and ends before the Job's time is up. */ -}}
{{- $rest = sub (int64 $s.contract.activeDeadlineSeconds) (add $s.deadlineSeconds (int64 $s.terminationGracePeriodSeconds) 120) -}}
{{- $_ := set $s "patienceSeconds" $rest -}}
{{- include "sluice.validate" (dict "root" .root "s" $s) -}}
{{- include "sluice.checkShared" (dict "root" .root "s" $s "shared" $shared "local" $local "key" $key "fromPart" $fromPart) -}}
{{- toJson $s -}}
{{- end -}}

{{- /*
Puts `over` over `base`, in place. Not mergeOverwrite, which takes false and "" for not given. null is as if not written.
In resources and security contexts an empty text removes a default (`resources.limits.memory: ""`); Helm itself drops null.
*/ -}}
{{- define "sluice.overlay" -}}
{{- $base := .base -}}
{{- $free := .free -}}
{{- range $key, $value := .over -}}
  {{- $old := get $base $key -}}
  {{- if kindIs "invalid" $value -}}
  {{- else if and $free (eq (toString $value) "") -}}
    {{- $_ := unset $base $key -}}
  {{- else if and (kindIs "map" $value) (kindIs "map" $old) -}}
    {{- $inner := or $free (has $key (list "resources" "securityContext" "podSecurityContext")) -}}
    {{- include "sluice.overlay" (dict "base" $old "over" $value "free" $inner) -}}
  {{- else -}}
    {{- $_ := set $base $key $value -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* Keys whose content is Kubernetes' or the user's own: not checked, merged key by key. */ -}}
{{- define "sluice.freeKeys" -}}
["resources","securityContext","podSecurityContext","podLabels","podAnnotations","jobLabels","jobAnnotations","annotations","nodeSelector","affinity","labels"]
{{- end -}}

{{- /* An image as a container names it: `repository:tag@digest`. */ -}}
{{- define "sluice.imageRef" -}}
{{- .repository -}}{{- if .tag -}}:{{ .tag }}{{- end -}}{{- if .digest -}}@{{ .digest }}{{- end -}}
{{- end -}}
