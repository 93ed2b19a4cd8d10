{{- /*
The settings that a part gives to the defines of Sluice. A part with an image of its own is not of this release: its gate
asks for what that image needs, and its pods carry no identity, so the contract phase does not take them for new ones.
*/ -}}
{{- define "test-app.sluice" -}}
{{- $global := .Values.global -}}
{{- $values := deepCopy (.Values.sluice | default dict) -}}
{{- $image := .Values.image | default dict -}}
{{- with $image.pullPolicy -}}{{- $_ := set $values "image" (dict "pullPolicy" .) -}}{{- end -}}
{{- if include "test-app.ownImage" . -}}
  {{- $_ := set $values "image" (merge (dict "repository" $image.repository "tag" (include "test-app.tag" .)) ($values.image | default dict)) -}}
  {{- $_ := set $values "contract" (dict "enabled" false) -}}
{{- else if and $global.sluice.contract.enabled (not $global.image.tag) (not $global.sluice.id) -}}
  {{- /* No tag at all: the release is named by the appVersion, which is the same in all parts or `test-app.others`. */ -}}
  {{- $_ := set $values "id" .Chart.AppVersion -}}
{{- end -}}
{{- toYaml $values -}}
{{- end -}}

{{- /* Not empty where the part's image is another one than the release's, which is global.image. */ -}}
{{- define "test-app.ownImage" -}}
{{- $global := .Values.global.image -}}
{{- $tag := include "sluice.text" (dict "value" ($global.tag | default .Chart.AppVersion) "path" "global.image.tag") -}}
{{- if ne (include "test-app.image" .) (printf "%s:%s" $global.repository $tag) -}}yes{{- end -}}
{{- end -}}

{{- /* Names of the parts whose image is not the release's. Takes the umbrella's context. */ -}}
{{- define "test-app.others" -}}
{{- $names := list -}}
{{- range $name, $part := omit .Subcharts "sluice" -}}
  {{- if ne (include "test-app.image" $part) (include "test-app.image" $) -}}{{- $names = append $names $name -}}{{- end -}}
{{- end -}}
{{- join ", " $names -}}
{{- end -}}
