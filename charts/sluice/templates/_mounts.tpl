{{- /* Volumes and mounts that runner and gate share, and what fills them. All take (dict "root" $ "s" SETTINGS). */ -}}

{{- define "sluice.commonMounts" -}}
{{- if .s.install }}
- { name: sluice-bin{{ include "sluice.suffix" . }}, mountPath: /sluice.dev/bin, readOnly: true }
{{- end }}
{{- if include "sluice.hasConfigMap" . }}
- { name: sluice-files{{ include "sluice.suffix" . }}, mountPath: {{ .s.files.mountPath | quote }}, readOnly: true }
{{- end }}
{{- end -}}

{{- define "sluice.commonVolumes" -}}
{{- if .s.install }}
- name: sluice-bin{{ include "sluice.suffix" . }}
  emptyDir: { sizeLimit: 512Mi }
{{- end }}
{{- if include "sluice.hasConfigMap" . }}
- name: sluice-files{{ include "sluice.suffix" . }}
  configMap:
    name: {{ include "sluice.configMapName" . }}
{{- end }}
{{- end -}}

{{- /* Copies the executable into a foreign image, as a list item of initContainers. */ -}}
{{- define "sluice.installer" -}}
{{- if .s.install -}}
- name: sluice-install{{ include "sluice.suffix" . }}
  image: {{ include "sluice.imageRef" .s.sluiceImage | quote }}
  imagePullPolicy: {{ .s.sluiceImage.pullPolicy }}
  args: [install, /sluice.dev/bin]
  {{- with .s.gate.resources }}
  resources:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .s.gate.securityContext }}
  securityContext:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  volumeMounts:
    - { name: sluice-bin{{ include "sluice.suffix" . }}, mountPath: /sluice.dev/bin }
{{- end -}}
{{- end -}}

{{- /* The account's token, for one init container only: the pod has automountServiceAccountToken false. */ -}}
{{- define "sluice.tokenVolume" -}}
- name: sluice-token{{ include "sluice.suffix" . }}
  projected:
    defaultMode: 0444
    sources:
      - serviceAccountToken: { path: token, expirationSeconds: 3600 }
      - configMap: { name: kube-root-ca.crt, items: [{ key: ca.crt, path: ca.crt }] }
      - downwardAPI: { items: [{ path: namespace, fieldRef: { fieldPath: metadata.namespace } }] }
{{- end -}}
{{- define "sluice.tokenMount" -}}
- { name: sluice-token{{ include "sluice.suffix" . }}, mountPath: /var/run/secrets/kubernetes.io/serviceaccount, readOnly: true }
{{- end -}}
