{{- define "inquest.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 40 | trimSuffix "-" }}
{{- end }}

{{- define "inquest.fullname" -}}
{{- $both := ternary .Release.Name (printf "%s-%s" .Release.Name (include "inquest.name" .)) (contains (include "inquest.name" .) .Release.Name) }}
{{- .Values.fullnameOverride | default $both | trunc 40 | trimSuffix "-" }}
{{- end }}

{{/* What never changes of an object's labels. Takes (dict "root" $ "component" "gateway"). */}}
{{- define "inquest.selector" -}}
app.kubernetes.io/name: {{ include "inquest.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{/* All recommended labels. Takes the same. */}}
{{- define "inquest.labels" -}}
{{ include "inquest.selector" . }}
app.kubernetes.io/part-of: inquest
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "inquest.image" -}}
{{- with .Values.image -}}
{{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end }}
{{- end }}

{{/* `defaults` with what the role has differently. Takes (dict "root" $ "role" "gateway"). */}}
{{- define "inquest.role" -}}
{{- mergeOverwrite (deepCopy .root.Values.defaults) (get .root.Values.roles .role) | toYaml }}
{{- end }}

{{- define "inquest.asksModel" -}}
{{- if and (ne .root.Values.model.provider "none") (has .role (list "diagnostician" "solver" "reviewer" "critic" "single")) }}true{{ end }}
{{- end }}

{{/* A role's environment but for its secrets. Takes (dict "root" $ "role" "gateway"). */}}
{{- define "inquest.settings" -}}
{{- $values := .root.Values }}
PORT: "8080"
LOG_LEVEL: {{ $values.telemetry.logLevel | quote }}
INQUEST_DRAIN_MS: {{ $values.shutdown.drainMs | quote }}
OTEL_TRACES_SAMPLER_ARG: {{ $values.telemetry.tracesShare | quote }}
{{- with $values.telemetry.otlpEndpoint }}
OTEL_EXPORTER_OTLP_ENDPOINT: {{ . | quote }}
{{- end }}
{{- if $values.trustedCa.configMap }}
NODE_EXTRA_CA_CERTS: /etc/inquest/ca/ca.crt
{{- end }}
{{- if eq .role "gateway" }}
AIOPS_P1_ENABLED: {{ $values.phases.p1 | quote }}
AIOPS_P2_ENABLED: {{ $values.phases.p2 | quote }}
AIOPS_AUTO_EXECUTE_ENABLED: {{ $values.autoExecute.enabled | quote }}
INQUEST_SHUTDOWN_DELAY_MS: {{ $values.shutdown.delayMs | quote }}
{{- include "inquest.evidenceSettings" .root }}
{{- end }}
{{- if or $values.model.budgets.overall $values.model.budgets.roles }}
INQUEST_BUDGETS: {{ $values.model.budgets | toJson | quote }}
{{- end }}
{{- if has .role (list "diagnostician" "solver" "reviewer" "critic" "single") }}
AIOPS_LLM_PROVIDER: {{ $values.model.provider | quote }}
{{- with $values.model.baseUrl }}
ANTHROPIC_BASE_URL: {{ . | quote }}
{{- end }}
{{- end }}
{{- if eq .role "recorder" }}
{{- if $values.ledger.signingKey.existingSecret }}
INQUEST_LEDGER_KEY_FILE: /etc/inquest/ledger/ledger.pem
{{- end }}
{{- if $values.ledger.headsClaim }}
INQUEST_LEDGER_HEADS_FILE: /var/lib/inquest/heads/ledger-heads.jsonl
{{- end }}
{{- end }}
{{- range $name, $value := (include "inquest.role" . | fromYaml).settings }}
{{ $name }}: {{ $value | toString | quote }}
{{- end }}
{{- end }}

{{/* Where the gateway gathers evidence, but for what it shows there. */}}
{{- define "inquest.evidenceSettings" -}}
{{- $evidence := .Values.evidence }}
INQUEST_COLLECT_MS: {{ $evidence.collectMs | quote }}
{{- if $evidence.kubernetes.enabled }}
INQUEST_KUBERNETES: in-cluster
{{- $controllers := list }}
{{- if $evidence.gitops.argocd.enabled }}
{{- $controllers = append $controllers "argocd" }}
INQUEST_ARGOCD_NAMESPACE: {{ $evidence.gitops.argocd.namespace | quote }}
{{- end }}
{{- if $evidence.gitops.flux.enabled }}
{{- $controllers = append $controllers "flux" }}
{{- end }}
{{- with $controllers }}
INQUEST_GITOPS: {{ join "," . | quote }}
{{- end }}
{{- end }}
{{- range $name := list "prometheus" "loki" "tempo" "jaeger" }}
{{- with get $evidence $name }}
{{- if .url }}
INQUEST_{{ upper $name }}_URL: {{ .url | quote }}
{{- if get . "tenant" }}
INQUEST_{{ upper $name }}_TENANT: {{ .tenant | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- with $evidence.github }}
{{- if .repositories }}
INQUEST_GITHUB_REPOSITORIES: {{ join "," .repositories | quote }}
INQUEST_GITHUB_URL: {{ .url | quote }}
{{- end }}
{{- end }}
{{- end }}

{{/* Names of the sources over HTTP that are asked, as JSON. */}}
{{- define "inquest.evidenceSources" -}}
{{- $sources := list }}
{{- range $name := list "prometheus" "loki" "tempo" "jaeger" }}
{{- if (get $.Values.evidence $name).url }}
{{- $sources = append $sources $name }}
{{- end }}
{{- end }}
{{- if .Values.evidence.github.repositories }}
{{- $sources = append $sources "github" }}
{{- end }}
{{- toJson $sources }}
{{- end }}

{{/* Twice the drain, as the gateway answers first and drains then, its delay, five seconds for closing, and five to spare. */}}
{{- define "inquest.graceSeconds" -}}
{{- $delayMs := ternary .root.Values.shutdown.delayMs 0 (eq .role "gateway") | int }}
{{- add (div (add (mul 2 (int .root.Values.shutdown.drainMs)) $delayMs 999) 1000) 10 }}
{{- end }}

{{- define "inquest.trialSecret" -}}
{{ include "inquest.fullname" . }}-trial
{{- end }}

{{/* Where a secret variable comes from. Takes (dict "root" $ "from" .Values.redis.url "trialKey" "redis-url"). */}}
{{- define "inquest.secretKeyRef" -}}
secretKeyRef:
  name: {{ .from.existingSecret | default (include "inquest.trialSecret" .root) }}
  key: {{ ternary .from.key .trialKey (ne .from.existingSecret "") }}
{{- end }}

{{- define "inquest.databaseEnv" -}}
- name: DATABASE_URL
  valueFrom:
    {{- include "inquest.secretKeyRef" (dict "root" . "from" .Values.postgres.url "trialKey" "database-url") | nindent 4 }}
{{- end }}

{{- define "inquest.ownerEnv" -}}
{{- $owner := .Values.postgres.ownerUrl }}
- name: DATABASE_OWNER_URL
  valueFrom:
    {{- $from := dict "existingSecret" ($owner.existingSecret | default .Values.postgres.url.existingSecret) "key" $owner.key }}
    {{- include "inquest.secretKeyRef" (dict "root" . "from" $from "trialKey" "database-owner-url") | nindent 4 }}
{{- end }}

{{/* The restricted Pod Security Standard, for pods of our image. */}}
{{- define "inquest.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "inquest.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{- define "inquest.imagePullSecrets" -}}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "inquest.caMount" -}}
{{- if .Values.trustedCa.configMap }}
- { name: ca, mountPath: /etc/inquest/ca, readOnly: true }
{{- end }}
{{- end }}

{{- define "inquest.caVolume" -}}
{{- with .Values.trustedCa }}
{{- if .configMap }}
- name: ca
  configMap:
    name: {{ .configMap }}
    items: [{ key: {{ .key | quote }}, path: ca.crt }]
{{- end }}
{{- end }}
{{- end }}

{{/* Takes (dict "root" $ "name" "to-redis"). */}}
{{- define "inquest.policyMetadata" -}}
name: {{ include "inquest.fullname" .root }}-{{ .name }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "inquest.labels" (dict "root" .root "component" "network") | nindent 2 }}
{{- end }}

{{- define "inquest.everyPod" -}}
matchLabels:
  app.kubernetes.io/name: {{ include "inquest.name" . }}
  app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* Takes (dict "root" $ "components" (list "gateway")). */}}
{{- define "inquest.podsOf" -}}
{{ include "inquest.everyPod" .root }}
matchExpressions:
  - { key: app.kubernetes.io/component, operator: In, values: [{{ .components | join ", " }}] }
{{- end }}

{{/* Takes a list of ports. */}}
{{- define "inquest.tcp" -}}
{{- range . }}
- { protocol: TCP, port: {{ . }} }
{{- end }}
{{- end }}
