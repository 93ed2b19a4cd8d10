{{- /*
The image that migrates: the part's own, else global.image, else the chart's appVersion. Sets image, tagOfChart and
byRevision of s. Takes root, s, shared (below global.sluice) and common (global.image).
*/ -}}
{{- define "sluice.resolveImage" -}}
{{- $s := .s -}}
{{- $image := $s.image -}}
{{- $common := .common -}}
{{- $sameRepository := has $image.repository (list "" ($common.repository | default "")) -}}
{{- if not $image.repository -}}{{- $_ := set $image "repository" ($common.repository | default "") -}}{{- end -}}
{{- if and (not $image.tag) (not $image.digest) -}}
  {{- $_ := set $image "tag" (include "sluice.text" (dict "value" ($common.tag | default "") "path" "global.image.tag")) -}}
  {{- /* A digest belongs to one repository. */ -}}
  {{- if $sameRepository -}}{{- $_ := set $image "digest" ($common.digest | default "") -}}{{- end -}}
{{- end -}}
{{- $_ := set $s "tagOfChart" (not (or $image.tag $image.digest)) -}}
{{- if $s.tagOfChart -}}{{- $_ := set $image "tag" (toString (.root.Chart.AppVersion | default "")) -}}{{- end -}}
{{- $_ := set $image "pullPolicy" ($image.pullPolicy | default $common.pullPolicy | default "IfNotPresent") -}}
{{- /* Where others name this run, a part's own pull policy changes nothing of the name: the others do not see it. */ -}}
{{- $policy := $image.pullPolicy -}}
{{- if and .shared (include "sluice.isNamed" .) -}}
  {{- $policy = (.shared.image | default dict).pullPolicy | default $common.pullPolicy -}}
{{- end -}}
{{- $latest := or (eq $image.tag "latest") (and $image.repository (not $image.tag)) -}}
{{- $moving := and (not $image.digest) (or $latest (eq (toString $policy) "Always")) -}}
{{- $_ := set $s "byRevision" (and (not $s.id) (or (eq $s.naming "revision") (and (eq $s.naming "auto") $moving))) -}}
{{- end -}}

{{- /* Not empty where gates, or the contract Job, name what runs: they may be rendered in other sub-charts than it. */ -}}
{{- define "sluice.isNamed" -}}
{{- if or (has .s.target (list "run" "job")) .s.contract.enabled -}}yes{{- end -}}
{{- end -}}

{{- /* Those of global.imagePullSecrets where there are no own ones. Other charts write names there: taken, too. */ -}}
{{- define "sluice.pullSecrets" -}}
{{- $secrets := list -}}
{{- range .own | default .common -}}
  {{- $secrets = append $secrets (ternary (dict "name" .) . (kindIs "string" .)) -}}
{{- end -}}
{{- toJson $secrets -}}
{{- end -}}

{{- /*
The gate's image, as JSON: gate.image over the one that gateImageFrom chose, key by key. Another repository shares the tag with
`image` (the same release of another image), never the digest; and another tag is not the digest's.
*/ -}}
{{- define "sluice.gateImage" -}}
{{- $own := .s.gate.image -}}
{{- $from := include "sluice.gateImageFrom" . -}}
{{- $image := deepCopy (ternary .s.sluiceImage .s.image (eq $from "sluice")) -}}
{{- if or $own.repository $own.tag -}}{{- $_ := set $image "digest" "" -}}{{- end -}}
{{- range $key, $value := $own -}}{{- if $value -}}{{- $_ := set $image $key $value -}}{{- end -}}{{- end -}}
{{- if not $image.repository -}}
  {{- fail "sluice: the gate needs an image with the migration files: image.repository, or gate.image.repository" -}}
{{- end -}}
{{- if and .s.image.digest (not (or $image.tag $image.digest)) -}}
  {{- fail "sluice: image has only a digest, which says nothing of gate.image.repository: give gate.image.tag or gate.image.digest" -}}
{{- end -}}
{{- toJson $image -}}
{{- end -}}

{{- /* An image as a container names it: `repository:tag@digest`. */ -}}
{{- define "sluice.imageRef" -}}
{{- .repository -}}{{- if .tag -}}:{{ .tag }}{{- end -}}{{- if .digest -}}@{{ .digest }}{{- end -}}
{{- end -}}
