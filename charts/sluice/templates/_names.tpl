{{- /* All take (dict "root" $ "s" SETTINGS). Nothing random and no time: the same values give the same names. */ -}}

{{- /* Cut before the suffix is put to it: 63 characters, the limit of the label job-name of a Job's pods. */ -}}
{{- define "sluice.cut" -}}
{{- $room := int (sub 62 (len .suffix)) -}}
{{- printf "%s-%s" (.base | trunc $room | trimSuffix "-") .suffix -}}
{{- end -}}

{{- /* RELEASE-migrate: what every name begins with, and the Job of a hook. */ -}}
{{- define "sluice.base" -}}
{{- /* 43: "-contract" and a hash come to it. A long release name ends with a hash, so that two of them stay two. */ -}}
{{- $release := .root.Release.Name | replace "." "-" -}}
{{- $room := int (sub 42 (len .s.name)) -}}
{{- if gt (len $release) $room -}}
  {{- $release = printf "%s-%s" (trunc (int (sub $room 5)) $release | trimSuffix "-") (sha256sum $release | trunc 4) -}}
{{- end -}}
{{- printf "%s-%s" $release .s.name -}}
{{- end -}}

{{- /* Content of the ConfigMap of files.glob: one entry a file, by its base name. */ -}}
{{- define "sluice.filesData" -}}
{{- $found := .root.Files.Glob .s.files.glob -}}
{{- if not $found -}}
  {{- fail (printf "sluice: chart %s has no file %s. In a sub-chart that does not hold the files, give files.checksum in global.sluice" .root.Chart.Name .s.files.glob) -}}
{{- end -}}
{{- $paths := dict -}}
{{- range $path, $_ := $found -}}
  {{- if hasKey $paths (base $path) -}}
    {{- fail (printf "sluice: files.glob: %s and %s have the same name, and a ConfigMap has no folders: one of them would be lost" (get $paths (base $path)) $path) -}}
  {{- end -}}
  {{- $_ := set $paths (base $path) $path -}}
{{- end -}}
{{- $found.AsConfig -}}
{{- end -}}

{{- /* Hash of the files that this chart has, or what files.checksum says about them. */ -}}
{{- define "sluice.filesChecksum" -}}
{{- if .s.files.checksum -}}
  {{- .s.files.checksum -}}
{{- else if .s.files.glob -}}
  {{- include "sluice.filesData" . | sha256sum -}}
{{- end -}}
{{- end -}}

{{- /*
What containers, volumes and labels end with: nothing, or the name of a second database, of which the same pod may have a gate.
*/ -}}
{{- define "sluice.suffix" -}}
{{- if ne .s.name "migrate" -}}-{{ .s.name }}{{- end -}}
{{- end -}}

{{- define "sluice.identityLabel" -}}
sluice.dev/release{{ include "sluice.suffix" . }}
{{- end -}}

{{- /* What runs: of two releases with the same identity, the second has nothing to do. Value of sluice.identityLabel. */ -}}
{{- define "sluice.identity" -}}
{{- $s := .s -}}
{{- if $s.id -}}
  {{- $s.id }}{{ with $s.rerun }}.{{ . }}{{ end -}}
{{- else if $s.byRevision -}}
  r{{ .root.Release.Revision }}{{ with $s.rerun }}.{{ . }}{{ end -}}
{{- else -}}
  {{- $what := dict "image" (include "sluice.imageRef" $s.image) "files" (include "sluice.filesChecksum" .) -}}
  {{- range list "command" "args" "runArgs" "dir" "to" "phase" "env" "envFrom" "rerun" -}}
    {{- $_ := set $what . (get $s .) -}}
  {{- end -}}
  {{- toJson $what | sha256sum | trunc 10 -}}
{{- end -}}
{{- end -}}

{{- /* ID for sluice run and for the gate's run/ID. A given id is taken as it is, so that CI can know it. */ -}}
{{- define "sluice.runId" -}}
{{- if .s.id -}}{{- include "sluice.identity" . -}}
{{- else -}}{{- include "sluice.base" . }}-{{ include "sluice.identity" . -}}{{- end -}}
{{- end -}}

{{- /*
A hook has one name, which Helm deletes before it makes it again. Otherwise by revision, or by a hash of the whole spec:
the same name is the same spec, so no upgrade changes an immutable field.
*/ -}}
{{- define "sluice.jobName" -}}
{{- $base := include "sluice.base" . -}}
{{- if eq .s.strategy "hook" -}}
  {{- $base -}}
{{- else if .s.byRevision -}}
  {{- include "sluice.cut" (dict "base" $base "suffix" (printf "r%v" .root.Release.Revision)) -}}
{{- else -}}
  {{- include "sluice.cut" (dict "base" $base "suffix" (include "sluice.jobSpec" . | sha256sum | trunc 10)) -}}
{{- end -}}
{{- end -}}

{{- /*
ServiceAccount and Secret. A hook's are not part of the release, so it has others: a release that changed from hook to job
would find them there and refuse to take them over.
*/ -}}
{{- define "sluice.ownedName" -}}
{{- if eq .s.strategy "hook" -}}
  {{- include "sluice.cut" (dict "base" (include "sluice.base" .) "suffix" "hook") -}}
{{- else -}}
  {{- include "sluice.base" . -}}
{{- end -}}
{{- end -}}

{{- define "sluice.serviceAccountName" -}}
{{- .s.serviceAccount.name | default (include "sluice.ownedName" .) -}}
{{- end -}}

{{- /*
By content: a pod of the old release that is started during an upgrade mounts the old files, and does not wait for the
migrations of the new one.
*/ -}}
{{- define "sluice.configMapName" -}}
{{- if .s.files.configMap -}}
  {{- .s.files.configMap -}}
{{- else -}}
  {{- $suffix := printf "files-%s" (include "sluice.filesChecksum" . | sha256sum | trunc 10) -}}
  {{- include "sluice.cut" (dict "base" (include "sluice.ownedName" .) "suffix" $suffix) -}}
{{- end -}}
{{- end -}}

{{- define "sluice.labels" -}}
app.kubernetes.io/name: {{ .s.name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component | default "migration" }}
{{- end -}}
