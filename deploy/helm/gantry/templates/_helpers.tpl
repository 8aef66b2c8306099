{{- define "gantry.labels" -}}
app.kubernetes.io/name: gantry
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "gantry.image" -}}
{{ .root.Values.image.prefix }}-{{ .app }}:{{ .root.Values.image.tag | default .root.Chart.AppVersion }}
{{- end }}

{{/* What every pod has: it is nobody's root, writes nowhere but to its volumes, and talks to no Kubernetes. */}}
{{- define "gantry.pod" -}}
automountServiceAccountToken: false
securityContext:
  runAsNonRoot: true
  runAsUser: 1000
  runAsGroup: 1000
  fsGroup: 1000
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: { type: RuntimeDefault }
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets: {{ toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "gantry.container" -}}
image: {{ include "gantry.image" . }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
{{- end }}

{{/* Nodes and zones are used evenly: losing one does not take all of a kind. */}}
{{- define "gantry.spread" -}}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels: {{ include "gantry.labels" . | nindent 8 }}
{{- end }}

{{- define "gantry.scrape" -}}
prometheus.io/scrape: 'true'
prometheus.io/port: {{ .port | quote }}
prometheus.io/path: /metrics
{{- end }}

{{/* Of the files in /secrets. .secrets: names of values.secrets that this app may read. */}}
{{- define "gantry.secretEnv" -}}
{{- $files := dict "databaseUrl" "DATABASE_URL" "redisUrl" "REDIS_URL" "apiKey" "GANTRY_API_KEY" "secretsKey" "GANTRY_SECRETS_KEY" "workerToken" "GANTRY_WORKER_TOKEN" "contentKeyId" "CONTENT_S3_ACCESS_KEY_ID" "contentKey" "CONTENT_S3_SECRET_ACCESS_KEY" }}
{{- range .secrets }}
{{- $ref := index $.root.Values.secrets . }}
{{- if $ref.name }}
- { name: {{ get $files . }}_FILE, value: /secrets/{{ . }} }
{{- end }}
{{- end }}
{{- end }}

{{- define "gantry.secretVolume" -}}
- name: secrets
  projected:
    defaultMode: 0440
    sources:
{{- range .secrets }}
{{- $ref := index $.root.Values.secrets . }}
{{- if $ref.name }}
      - secret:
          name: {{ $ref.name }}
          items: [{ key: {{ $ref.key }}, path: {{ . }} }]
{{- end }}
{{- end }}
{{- end }}

{{- define "gantry.env" -}}
{{- range $name, $value := merge (dict) .own .root.Values.env }}
- { name: {{ $name }}, value: {{ $value | quote }} }
{{- end }}
{{- end }}

{{- define "gantry.contentEnv" -}}
{{- with .Values.content.s3 }}
{{- if .bucket -}}
- { name: CONTENT_S3_BUCKET, value: {{ .bucket | quote }} }
- { name: CONTENT_S3_REGION, value: {{ .region | quote }} }
{{- with .endpoint }}
- { name: CONTENT_S3_ENDPOINT, value: {{ . | quote }} }
{{- end }}
- { name: CONTENT_S3_PATH_STYLE, value: {{ .pathStyle | quote }} }
{{- else -}}
- { name: CONTENT_DIR, value: /content }
{{- end }}
{{- end }}
{{- end }}

{{- define "gantry.contentVolume" -}}
- name: content
  persistentVolumeClaim:
    claimName: {{ .root.Values.content.existingClaim | default (printf "%s-content" .root.Release.Name) }}
{{- end }}

{{/* The process answers soon after it has started; it is ready once it has its servers. */}}
{{- define "gantry.probes" -}}
startupProbe:
  httpGet: { path: /health/live, port: {{ .port }} }
  periodSeconds: 2
  failureThreshold: 60
livenessProbe:
  httpGet: { path: /health/live, port: {{ .port }} }
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
readinessProbe:
  httpGet: { path: /health/ready, port: {{ .port }} }
  periodSeconds: 5
  timeoutSeconds: 5
  failureThreshold: 3
{{- end }}
