{{- /* The parts of pods. All take (dict "root" $ "s" SETTINGS) and more where it is said. */ -}}

{{- /* Arguments of the runner. Takes also command, args, phase and suffix of the run's ID. */ -}}
{{- define "sluice.runnerArgs" -}}
{{- $s := .s -}}
{{- $list := list -}}
{{- if .command -}}
  {{- $list = list "run" "--id" (printf "%s%s" (include "sluice.runId" .) (.suffix | default "")) -}}
  {{- /* After helm uninstall the revision begins at 1 again, and the history knows that run as done. */ -}}
  {{- if $s.byRevision -}}{{- $list = append $list "--always" -}}{{- end -}}
  {{- $list = concat $list $s.runArgs (list "--") .command .args -}}
{{- else -}}
  {{- $list = list "migrate" -}}
  {{- if $s.to -}}{{- $list = concat $list (list "--to" $s.to) -}}{{- end -}}
  {{- if .phase -}}{{- $list = concat $list (list "--phase" .phase) -}}{{- end -}}
  {{- with include "sluice.dir" . -}}{{- $list = concat $list (list "--dir" .) -}}{{- end -}}
  {{- $list = concat $list .args -}}
{{- end -}}
{{- toYaml $list -}}
{{- end -}}

{{- /* Folder of the files: dir, or where the ConfigMap is mounted; empty: Sluice's own default. */ -}}
{{- define "sluice.dir" -}}
{{- .s.dir | default (ternary .s.files.mountPath "" (ne (include "sluice.hasConfigMap" .) "")) -}}
{{- end -}}

{{- define "sluice.hasConfigMap" -}}
{{- if or .s.files.configMap .s.files.glob -}}yes{{- end -}}
{{- end -}}

{{- define "sluice.executable" -}}
{{- if .s.install -}}/sluice.dev/bin/sluice{{- else -}}{{ .s.executable }}{{- end -}}
{{- end -}}

{{- /*
The URL from a Secret: a password never stands in a manifest. Takes database and env, which goes before it: a name that
occurs twice is refused by server-side apply. Gives list items.
*/ -}}
{{- define "sluice.databaseEnv" -}}
{{- if and .database.secret (not (has .database.variable (include "sluice.envNames" .env | fromJsonArray))) -}}
- name: {{ .database.variable }}
  valueFrom:
    secretKeyRef:
      name: {{ .database.secret }}
      key: {{ .database.key }}
{{- end -}}
{{- end -}}

{{- /* The account that may change the schema: the Secret that is named, or the one made from database.url. */ -}}
{{- define "sluice.runnerDatabase" -}}
{{- $made := ternary (include "sluice.ownedName" .) "" (ne (.s.database.url | default "") "") -}}
{{- dict "secret" (.s.database.secret | default $made) "key" .s.database.key "variable" .s.database.variable | toJson -}}
{{- end -}}

{{- define "sluice.envNames" -}}
{{- $names := list -}}
{{- range . -}}{{- $names = append $names .name -}}{{- end -}}
{{- toJson $names -}}
{{- end -}}

{{- /* Takes also inJob, and application: it starts under limits of its own, and does not get those of the Job. */ -}}
{{- define "sluice.runnerEnv" -}}
{{- $ctx := . -}}
{{- $given := include "sluice.envNames" .s.env | fromJsonArray -}}
{{- with include "sluice.databaseEnv" (dict "database" (include "sluice.runnerDatabase" . | fromJson) "env" .s.env) }}
{{ . }}
{{- end }}
{{- /* As variables: what an older image does not know it passes over. */ -}}
{{- range $name, $seconds := dict "SLUICE_DEADLINE" .s.deadlineSeconds "SLUICE_GRACE" .s.graceSeconds }}
{{- if not (or (has $name $given) $ctx.application) }}
- name: {{ $name }}
  value: {{ printf "%ds" (int64 $seconds) }}
{{- end }}
{{- end }}
{{- /* For the history: who has applied it. */ -}}
{{- if $ctx.inJob }}
{{- if not (has "SLUICE_JOB" $given) }}
- name: SLUICE_JOB
  valueFrom: { fieldRef: { fieldPath: "metadata.labels['batch.kubernetes.io/job-name']" } }
{{- end }}
{{- range $name, $value := dict "SLUICE_IMAGE" (include "sluice.imageRef" .s.image) "SLUICE_RELEASE" (include "sluice.identity" .) }}
{{- if not (has $name $given) }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- /* Nobody reads it: with init and startup it makes other pods, which migrate when they start. */ -}}
{{- with .s.rerun }}
- name: SLUICE_RERUN
  value: {{ . | quote }}
{{- end }}
{{- with .s.env }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- /* The container that migrates, as a list item. Takes also what runnerArgs takes. */ -}}
{{- define "sluice.runner" -}}
{{- $s := .s -}}
- name: sluice-migrate{{ include "sluice.suffix" . }}
  image: {{ include "sluice.imageRef" $s.image | quote }}
  imagePullPolicy: {{ $s.image.pullPolicy }}
  command: [{{ include "sluice.executable" . | quote }}]
  args:
    {{- include "sluice.runnerArgs" . | nindent 4 }}
  env:
    {{- include "sluice.runnerEnv" . | trim | nindent 4 }}
  {{- with $s.envFrom }}
  envFrom:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $s.resources }}
  resources:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $s.securityContext }}
  securityContext:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  volumeMounts:
    - { name: sluice-tmp{{ include "sluice.suffix" . }}, mountPath: /tmp }
    {{- with include "sluice.commonMounts" . | trim }}
    {{- . | nindent 4 }}
    {{- end }}
    {{- with $s.volumeMounts }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end -}}

{{- /* Annotations and labels of the Job's pods. */ -}}
{{- define "sluice.podMetadata" -}}
{{- $annotations := dict
  "sidecar.istio.io/inject" "false"
  "linkerd.io/inject" "disabled"
  "kuma.io/sidecar-injection" "disabled"
  "cluster-autoscaler.kubernetes.io/safe-to-evict" "false"
  "karpenter.sh/do-not-disrupt" "true" -}}
{{- with include "sluice.filesChecksum" . }}{{- $_ := set $annotations "sluice.dev/files" . -}}{{- end -}}
{{- $labels := include "sluice.labels" . | fromYaml -}}
{{- $_ := set $labels (include "sluice.identityLabel" .) (include "sluice.identity" .) -}}
{{- $_ := set $labels "sidecar.istio.io/inject" "false" -}}
{{- $_ := set $labels "kuma.io/sidecar-injection" "disabled" -}}
labels:
  {{- merge dict .s.podLabels $labels | toYaml | nindent 2 }}
annotations:
  {{- merge dict .s.podAnnotations $annotations | toYaml | nindent 2 }}
{{- end -}}

{{- /* What pods of both Jobs have beside containers. Takes also serviceAccount. */ -}}
{{- define "sluice.podCommon" -}}
restartPolicy: {{ .s.restartPolicy }}
serviceAccountName: {{ .serviceAccount }}
automountServiceAccountToken: false
enableServiceLinks: false
terminationGracePeriodSeconds: {{ int64 .s.terminationGracePeriodSeconds }}
{{- range $key := list "imagePullSecrets" "nodeSelector" "tolerations" "affinity" "priorityClassName" }}
{{- with get $.s $key }}
{{ $key }}: {{- if kindIs "string" . }} {{ . }}{{ else }}{{ toYaml . | nindent 2 }}{{ end }}
{{- end }}
{{- end }}
{{- with .s.podSecurityContext }}
securityContext:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
