{{/* The proxy's name in its namespace. Pods find it by this name, so it does not depend on the release. */}}
{{- define "clauderon.proxy" -}}
clauderon-proxy
{{- end }}

{{- define "clauderon.selectorLabels" -}}
app: {{ include "clauderon.proxy" . }}
{{- end }}

{{- define "clauderon.labels" -}}
{{ include "clauderon.selectorLabels" . }}
app.kubernetes.io/name: {{ include "clauderon.proxy" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "clauderon.meta" -}}
name: {{ include "clauderon.proxy" . }}
namespace: {{ .Release.Namespace }}
labels:
  {{- include "clauderon.labels" . | nindent 2 }}
{{- end }}
