{{- /*
Unknown keys, and values of another type. Helm checks values.schema.json only where the library is a dependency of the very chart that has the
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
  {{- else -}}
    {{- include "sluice.checkType" (dict "value" $value "default" $default "key" $key "path" (printf "%s.%s" $path $key)) -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* A value has the type of its default. Takes value, default, key and path. */ -}}
{{- define "sluice.checkType" -}}
{{- $value := .value -}}
{{- if kindIs "slice" .default -}}
  {{- if not (kindIs "slice" $value) -}}{{- fail (printf "sluice: %s must be a list" .path) -}}{{- end -}}
  {{- if has .key (list "command" "args" "runArgs" "workloads") -}}
    {{- range $value -}}
      {{- if not (kindIs "string" .) -}}{{- fail (printf "sluice: %s must be a list of texts: put %v in quotes" $.path .) -}}{{- end -}}
    {{- end -}}
  {{- end -}}
{{- else if kindIs "bool" .default -}}
  {{- if not (kindIs "bool" $value) -}}{{- fail (printf "sluice: %s must be true or false, without quotes" .path) -}}{{- end -}}
{{- else if kindIs "string" .default -}}
  {{- if or (kindIs "map" $value) (kindIs "slice" $value) (and (kindIs "bool" $value) (ne .key "enabled")) -}}
    {{- fail (printf "sluice: %s must be text" .path) -}}
  {{- end -}}
  {{- /* A commit such as 12345e7 is a number to YAML, and a whole one: what names a run takes no chance. */ -}}
  {{- if and (has .key (list "id" "rerun")) (not (kindIs "string" $value)) -}}
    {{- fail (printf "sluice: %s must be text: put it in quotes, or use --set-string" .path) -}}
  {{- end -}}
{{- else -}}
  {{- $mayBeNegative := has .key (list "weight" "ttlSecondsAfterFinished") -}}
  {{- if or (kindIs "string" $value) (kindIs "bool" $value) (ne (float64 $value) (float64 (int64 $value))) (and (lt (int64 $value) 0) (not $mayBeNegative)) -}}
    {{- fail (printf "sluice: %s must be a whole number%s, not %v" .path (ternary "" ", 0 or more" $mayBeNegative) $value) -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /*
A value as text. YAML reads 20260101000000 and 1.10 as numbers: one that is whole and that a float can hold becomes what was
written, of any other nobody knows what that was. Takes value and path.
*/ -}}
{{- define "sluice.text" -}}
{{- $value := .value -}}
{{- if kindIs "float64" $value -}}
  {{- if or (ne $value (float64 (int64 $value))) (gt $value 9007199254740991.0) -}}
    {{- fail (printf "sluice: %s: YAML has read a number (%v), which may not be what was written: put it in quotes" .path $value) -}}
  {{- end -}}
  {{- $value = int64 $value -}}
{{- end -}}
{{- toString $value -}}
{{- end -}}
