{{- /* What the charts of the parts share. All take the part's own context. */ -}}

{{- /* RELEASE-api: the part without the application's name, which the release mostly says already. */ -}}
{{- define "test-app.name" -}}
{{- printf "%s-%s" .Release.Name (trimPrefix "test-app-" .Chart.Name) | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "test-app.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "test-app.labels" -}}
{{ include "test-app.selector" . }}
app.kubernetes.io/part-of: test-app
app.kubernetes.io/version: {{ include "test-app.tag" . | quote }}
{{- end -}}

{{- /* Part, else global, else the appVersion of the part's chart; as text, also where it came as a number (`--set ...tag=42`). */ -}}
{{- define "test-app.tag" -}}
{{- $tag := (.Values.image | default dict).tag | default .Values.global.image.tag | default .Chart.AppVersion -}}
{{- include "sluice.text" (dict "value" $tag "path" "image.tag") -}}
{{- end -}}

{{- define "test-app.image" -}}
{{ (.Values.image | default dict).repository | default .Values.global.image.repository }}:{{ include "test-app.tag" . }}
{{- end -}}

{{- /* A map of the values that both may have, as JSON: key by key the part's own over the global one. Takes (list . "env"). */ -}}
{{- define "test-app.merged" -}}
{{- $values := (first .).Values -}}
{{- $merged := dict -}}
{{- range $map := list (get $values.global (last .)) (get $values (last .)) -}}
  {{- range $key, $value := $map -}}{{- $_ := set $merged $key $value -}}{{- end -}}
{{- end -}}
{{- toJson $merged -}}
{{- end -}}

{{- /* Items of `env`, sorted by name. */ -}}
{{- define "test-app.env" -}}
{{- $items := list -}}
{{- range $name, $value := include "test-app.merged" (list . "env") | fromJson -}}
  {{- if kindIs "map" $value -}}
    {{- $items = append $items (set $value "name" $name) -}}
  {{- else -}}
    {{- $items = append $items (dict "name" $name "value" (toString $value)) -}}
  {{- end -}}
{{- end -}}
{{- toYaml $items -}}
{{- end -}}

{{- /* Items of `envFrom`. Of two values the last one counts, so the part's own stand behind. */ -}}
{{- define "test-app.envFrom" -}}
{{- $own := list (dict "configMapRef" (dict "name" (include "test-app.name" .))) -}}
{{- concat (.Values.global.envFrom | default list) $own (.Values.envFrom | default list) | toYaml -}}
{{- end -}}

{{- define "test-app.config" -}}
{{- include "test-app.merged" (list . "config") | fromJson | toYaml -}}
{{- end -}}

{{- /* What the containers of all parts have beside name and arguments. */ -}}
{{- define "test-app.container" -}}
image: {{ include "test-app.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy | default .Values.global.image.pullPolicy }}
envFrom:
  {{- include "test-app.envFrom" . | nindent 2 }}
resources:
  {{- toYaml .Values.resources | nindent 2 }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
{{- end -}}

{{- /* What the pods of all parts have. */ -}}
{{- define "test-app.pod" -}}
serviceAccountName: {{ include "test-app.name" . }}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  seccompProfile: { type: RuntimeDefault }
{{- with .Values.global.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- /* ServiceAccount and ConfigMap of a part. */ -}}
{{- define "test-app.account" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ include "test-app.name" . }}
  labels:
    {{- include "test-app.labels" . | nindent 4 }}
automountServiceAccountToken: false
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "test-app.name" . }}
  labels:
    {{- include "test-app.labels" . | nindent 4 }}
data:
  {{- include "test-app.config" . | nindent 2 }}
{{- end -}}
