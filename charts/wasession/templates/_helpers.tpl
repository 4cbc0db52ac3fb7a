{{/* The label app.kubernetes.io/name. */}}
{{- define "wasession.name" -}}
{{- .Values.nameOverride | default .Chart.Name -}}
{{- end -}}

{{/* Name of all objects: the release's name, with the chart's name added if missing. */}}
{{- define "wasession.fullname" -}}
{{- $name := include "wasession.name" . -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 45 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 45 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* Labels that select the operator's pods. */}}
{{- define "wasession.selector" -}}
app.kubernetes.io/name: {{ include "wasession.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: operator
{{- end -}}

{{/* Labels that select the pods of one Deployment: of a shard, or of the sessions
     without one. Called with the root and the shard's name. */}}
{{- define "wasession.deploymentSelector" -}}
app.kubernetes.io/name: {{ include "wasession.name" (index . 0) }}
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/component: operator{{ with index . 1 }}-{{ . }}{{ end }}
{{- end -}}

{{/* Labels that select the pods of all Deployments. */}}
{{- define "wasession.allPods" -}}
app.kubernetes.io/instance: {{ .Release.Name }}
wasession.dev/operator: "true"
{{- end -}}

{{/* Labels of an object. Called with the root, the labels that select it, and more
     labels, which take precedence over commonLabels. */}}
{{- define "wasession.labelsWith" -}}
{{- $root := index . 0 -}}
{{- range $name, $_ := $root.Values.commonLabels -}}
{{- if regexMatch "^(app\\.kubernetes\\.io/(name|instance|component|version|managed-by)$|helm\\.sh/|wasession\\.dev/)" $name -}}
{{- fail (printf "commonLabels cannot have %s, which the chart sets: remove it (nameOverride changes app.kubernetes.io/name)" $name) -}}
{{- end -}}
{{- end -}}
{{- $own := dict "app.kubernetes.io/version" $root.Chart.AppVersion "app.kubernetes.io/managed-by" $root.Release.Service "helm.sh/chart" (printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_") -}}
{{- merge (index . 1 | fromYaml) $own (index . 2) $root.Values.commonLabels | toYaml -}}
{{- end -}}

{{- define "wasession.labels" -}}
{{- include "wasession.labelsWith" (list . (include "wasession.selector" .) dict) -}}
{{- end -}}

{{/* Labels that select the gateway's pods, and those of all its objects. */}}
{{- define "wasession.gatewaySelector" -}}
app.kubernetes.io/name: {{ include "wasession.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: gateway
{{- end -}}

{{/* Labels that select the pod of the job that runs before an uninstallation. */}}
{{- define "wasession.uninstallSelector" -}}
app.kubernetes.io/name: {{ include "wasession.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: uninstall
{{- end -}}

{{- define "wasession.gatewayLabels" -}}
{{- include "wasession.labelsWith" (list . (include "wasession.gatewaySelector" .) dict) -}}
{{- end -}}

{{- define "wasession.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "wasession.fullname" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end -}}

{{- define "wasession.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (.Values.image.tag | default (printf "v%s" .Chart.AppVersion)) -}}
{{- end -}}
{{- end -}}

{{/* RBAC rules that controller-gen generated from the operator's source. */}}
{{- define "wasession.rules" -}}
{{- (.Files.Get "files/role.yaml" | fromYaml).rules | toYaml -}}
{{- end -}}

{{/* Nine tenths of the container's memory limit in bytes, for GOMEMLIMIT: the Go
     runtime collects garbage before the kernel ends the process. The rest is for
     sockets and the program itself. Empty without a limit. */}}
{{- define "wasession.goMemoryLimit" -}}
{{- with dig "limits" "memory" "" (.Values.resources | default dict) -}}
{{- $units := dict "" 1 "k" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 -}}
{{- $number := regexFind "^[0-9.]+" (toString .) -}}
{{- $unit := trimPrefix $number (toString .) -}}
{{- if not (hasKey $units $unit) -}}
{{- fail (printf "resources.limits.memory is %q: use a number with k, M, G, T, Ki, Mi, Gi, Ti or no unit" (toString .)) -}}
{{- end -}}
{{- mulf (float64 $number) (float64 (get $units $unit)) 0.9 | floor | int64 -}}
{{- end -}}
{{- end -}}

{{/* How a ServiceMonitor has Prometheus say who it is. Called with a tokenSecret. */}}
{{- define "wasession.scrapeToken" -}}
{{- if .name -}}
authorization:
  credentials: {name: {{ .name }}, key: {{ .key }}}
{{- else -}}
bearerTokenFile: /var/run/secrets/kubernetes.io/serviceaccount/token
{{- end -}}
{{- end -}}

{{/* Annotations of what runs before the release is uninstalled; the argument is
     its place in the order. */}}
{{- define "wasession.uninstallHook" -}}
helm.sh/hook: pre-delete
helm.sh/hook-weight: {{ . | quote }}
helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
{{- end -}}
