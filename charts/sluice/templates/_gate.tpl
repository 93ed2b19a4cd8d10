{{- /*
sluice.gate: list items of `initContainers` for a workload that uses the database. With strategy job the gate; with
init the container that migrates; with the others nothing. With each the gate where gate.enabled is true.
sluice.volumes: list items of `volumes` that these need. sluice.env: list items of `env` of the application's container;
only startup gives any. sluice.podLabels: labels of the pod template.
All take (dict "root" $ "values" .Values.sluice).
*/ -}}
{{- define "sluice.gate" -}}{{- include "sluice.gateItems" . | trim -}}{{- end -}}

{{- define "sluice.gateItems" -}}
{{- $ctx := dict "root" .root "s" (include "sluice.settings" . | fromJson) -}}
{{- $s := $ctx.s -}}
{{- if include "sluice.gateShown" $ctx }}
{{- if eq (include "sluice.gateImageFrom" $ctx) "migration" }}
{{ include "sluice.installer" $ctx }}
{{- end }}
{{ include "sluice.gateContainer" $ctx }}
{{- else if eq $s.strategy "init" }}
{{ include "sluice.installer" $ctx }}
{{ include "sluice.runner" (merge (dict "command" $s.command "args" $s.args "phase" $s.phase) $ctx) }}
{{- end }}
{{- end -}}

{{- /* `auto`: only where nothing else holds the pods back. */ -}}
{{- define "sluice.gateShown" -}}
{{- $enabled := toString .s.gate.enabled -}}
{{- if or (eq $enabled "true") (and (eq $enabled "auto") (eq .s.strategy "job")) -}}yes{{- end -}}
{{- end -}}

{{- /*
The gate for the schema reads the migration files, so it runs in the image that has them, unless they come by ConfigMap or
the versions are named. Any other gate needs only Sluice, which that image has too unless it is installed into it.
*/ -}}
{{- define "sluice.gateImageFrom" -}}
{{- $readsImage := and (eq .s.target "schema") (not .s.require) (not .s.to) (not (include "sluice.hasConfigMap" .)) -}}
{{- if .s.gate.image.repository -}}own
{{- else if or $readsImage (include "sluice.hasSluice" .) -}}migration
{{- else -}}sluice{{- end -}}
{{- end -}}

{{- /* Not empty where the image that migrates comes with Sluice in it: then no other image is pulled. */ -}}
{{- define "sluice.hasSluice" -}}
{{- if and .s.image.repository (not .s.install) -}}yes{{- end -}}
{{- end -}}

{{- /* Image and command of a container that waits for objects. */ -}}
{{- define "sluice.waitingImage" -}}
{{- $image := ternary .s.image .s.sluiceImage (ne (include "sluice.hasSluice" .) "") -}}
image: {{ include "sluice.imageRef" $image | quote }}
imagePullPolicy: {{ $image.pullPolicy }}
command: [{{ ternary .s.executable "/usr/local/bin/sluice" (ne (include "sluice.hasSluice" .) "") | quote }}]
{{- end -}}

{{- define "sluice.gateContainer" -}}
{{- $s := .s -}}
{{- $gate := $s.gate -}}
{{- $from := include "sluice.gateImageFrom" . -}}
{{- $image := include "sluice.gateImage" . | fromJson -}}
{{- $executable := ternary (include "sluice.executable" .) "/usr/local/bin/sluice" (eq $from "migration") -}}
- name: sluice-gate{{ include "sluice.suffix" . }}
  image: {{ include "sluice.imageRef" $image | quote }}
  imagePullPolicy: {{ $image.pullPolicy }}
  command: {{ $gate.command | default (list $executable) | toJson }}
  args:
    {{- include "sluice.gateArgs" . | nindent 4 }}
  {{- $env := ternary "" (include "sluice.databaseEnv" (dict "database" $gate.database "env" $gate.env)) (eq $s.target "job") }}
  {{- if or $env $gate.env }}
  env:
    {{- with $env }}{{ . | nindent 4 }}{{ end }}
    {{- with $gate.env }}{{ toYaml . | nindent 4 }}{{ end }}
  {{- end }}
  {{- with $gate.envFrom }}
  envFrom:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $gate.resources }}
  resources:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $gate.securityContext }}
  securityContext:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- $mounts := include "sluice.gateMounts" . | trim }}
  {{- if or $mounts $gate.volumeMounts }}
  volumeMounts:
    {{- with $mounts }}{{ . | nindent 4 }}{{ end }}
    {{- with $gate.volumeMounts }}{{ toYaml . | nindent 4 }}{{ end }}
  {{- end }}
{{- end -}}

{{- define "sluice.gateArgs" -}}
{{- $s := .s -}}
{{- $list := list "wait" -}}
{{- if eq $s.target "run" -}}
  {{- $list = append $list (printf "run/%s" (include "sluice.runId" .)) -}}
{{- else if eq $s.target "job" -}}
  {{- $identity := printf "%s=%s" (include "sluice.identityLabel" .) (include "sluice.identity" .) -}}
  {{- $list = concat $list (list (printf "job/%s" (include "sluice.jobName" .)) "--identity" $identity) -}}
{{- else -}}
  {{- $list = append $list $s.target -}}
{{- end -}}
{{- if eq $s.target "schema" -}}
  {{- $required := $s.require | default (ternary (list $s.to) list (ne $s.to "")) -}}
  {{- range $required -}}{{- $list = concat $list (list "--require" .) -}}{{- end -}}
  {{- $dir := include "sluice.dir" . -}}
  {{- if and $dir (not $required) -}}{{- $list = concat $list (list "--dir" $dir) -}}{{- end -}}
{{- end -}}
{{- with $s.gate.timeout -}}{{- $list = concat $list (list "--timeout" .) -}}{{- end -}}
{{- with $s.gate.jitter -}}{{- $list = concat $list (list "--jitter" .) -}}{{- end -}}
{{- if $s.gate.failFast -}}{{- $list = append $list "--fail-fast" -}}{{- end -}}
{{- toYaml (concat $list $s.gate.args) -}}
{{- end -}}

{{- define "sluice.gateMounts" -}}
{{- include "sluice.commonMounts" (dict "root" .root "s" (include "sluice.gateSettings" . | fromJson)) }}
{{- if eq .s.target "job" }}
{{ include "sluice.tokenMount" . }}
{{- end }}
{{- end -}}

{{- /* Settings as the gate's mounts follow from them: Sluice only where it is installed, files only where they are read. */ -}}
{{- define "sluice.gateSettings" -}}
{{- $s := deepCopy .s -}}
{{- if ne (include "sluice.gateImageFrom" .) "migration" -}}{{- $_ := set $s "install" false -}}{{- end -}}
{{- if not (include "sluice.gateReadsFiles" .) -}}{{- $_ := set $s "files" dict -}}{{- end -}}
{{- toJson $s -}}
{{- end -}}

{{- define "sluice.gateReadsFiles" -}}
{{- if and (eq .s.target "schema") (not .s.require) (not .s.to) (include "sluice.hasConfigMap" .) -}}yes{{- end -}}
{{- end -}}

{{- define "sluice.volumes" -}}{{- include "sluice.volumesItems" . | trim -}}{{- end -}}

{{- define "sluice.volumesItems" -}}
{{- $ctx := dict "root" .root "s" (include "sluice.settings" . | fromJson) -}}
{{- $s := $ctx.s -}}
{{- if include "sluice.gateShown" $ctx }}
{{- include "sluice.commonVolumes" (dict "root" .root "s" (include "sluice.gateSettings" $ctx | fromJson)) }}
{{- if eq $s.target "job" }}
{{ include "sluice.tokenVolume" $ctx }}
{{- end }}
{{- with $s.gate.volumes }}
{{ toYaml . }}
{{- end }}
{{- else if eq $s.strategy "init" }}
{{ include "sluice.runnerVolumes" $ctx }}
{{- end }}
{{- end -}}

{{- define "sluice.env" -}}{{- include "sluice.envItems" . | trim -}}{{- end -}}

{{- define "sluice.envItems" -}}
{{- $ctx := dict "root" .root "s" (include "sluice.settings" . | fromJson) -}}
{{- $s := $ctx.s -}}
{{- if eq $s.strategy "startup" }}
{{- include "sluice.runnerEnv" (set $ctx "application" true) }}
{{- range $key := list "dir" "to" "phase" }}
{{- with get $s $key }}
- name: SLUICE_{{ upper $key }}
  value: {{ . | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{- /* contractJob knows by it which roll-out it waits for. Without it nothing: a label changes the pods. */ -}}
{{- define "sluice.podLabels" -}}
{{- $ctx := dict "root" .root "s" (include "sluice.settings" . | fromJson) -}}
{{- if $ctx.s.contract.enabled -}}
{{- include "sluice.identityLabel" $ctx }}: {{ include "sluice.identity" $ctx | quote }}
{{- end }}
{{- end -}}
