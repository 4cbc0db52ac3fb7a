#!/usr/bin/env bash
# tools.sh NAME prints the path of a developer tool, building it first if it is not
# cached. The cache folder is outside the checkout and keyed by version, so a fresh
# clone does not build the tools again. Progress goes to standard error.
#
#   controller-gen  deepcopy functions, apply configurations, CRD, RBAC roles
#   render          kustomize builds and Helm templates, without either command
#   apilint         kube-api-linter, with reasons for what is declined
#   image           builds the container image
#   release         writes everything that a release has
#   bundlecheck     validates the bundle for OLM
#   helm            installs charts
#   actionlint      checks the workflows of GitHub
#   helm-docs       lists the chart's values in its README
#   promql          says what Prometheus' queries select
#   gitops          prints what Argo CD makes of an ApplicationSet
#   gitops-crds     a folder with the CRDs of Argo CD and Flux
#   monitoring-crds a folder with the CRDs of the Prometheus operator
set -euo pipefail

controller_gen_version=v0.23.0
actionlint_version=v1.7.12
argo_cd_version=v3.2.1
helm_docs_version=v1.14.2
prometheus_operator_version=v0.94.1

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/wasession/tools

say() { printf '%s\n' "$*" >&2; }

# build NAME TARGET COMMAND...: runs COMMAND, which writes $TARGET.part, printing a
# line every 30 s. A tool is built once at a time; a second caller waits.
build() {
  local name=$1 target=$2
  shift 2
  [ -x "$target" ] && return
  mkdir -p "$(dirname "$target")"
  exec 9>"$target.lock"
  flock 9
  [ -x "$target" ] && return
  say "tools: building $name (one to three minutes on two cores, once)"
  local started=$SECONDS pid
  "$@" >&2 9>&- &
  pid=$!
  while kill -0 "$pid" 2>/dev/null; do
    for _ in $(seq 30); do
      kill -0 "$pid" 2>/dev/null || break
      sleep 1
    done
    kill -0 "$pid" 2>/dev/null && say "tools: building $name, $((SECONDS - started)) s so far"
  done
  if ! wait "$pid"; then
    say "tools: $name could not be built: read the lines above, then run hack/tools/tools.sh $name again"
    exit 1
  fi
  mv "$target.part" "$target"
  say "tools: $name ready in $target"
}

# install TARGET PACKAGE@VERSION: like go install, but into the cache.
install_tool() {
  local target=$1 package=$2 bin
  bin=$(mktemp -d "$(dirname "$target")/.build.XXXXXX")
  trap 'rm -rf "$bin"' EXIT
  cd "$bin"
  GOFLAGS=-mod=mod CGO_ENABLED=0 GOBIN=$bin go install -trimpath "$package"
  mv "$bin"/* "$target.part"
}

# build_here TARGET MODULE FOLDER: a command of a module in hack/.
build_here() {
  cd "$here/$2"
  CGO_ENABLED=0 go build -trimpath -o "$1.part" "./$3"
}

build_helm() {
  cd "$here"
  local version
  version=$(go list -m -f '{{.Version}}' helm.sh/helm/v3)
  CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X helm.sh/helm/v3/internal/version.version=$version" -o "$1.part" helm.sh/helm/v3/cmd/helm
}

# collect_crds TARGET: Argo CD's as they are in its module, Flux's from its types.
collect_crds() {
  local out=$1.part controller_gen argo_cd
  rm -rf "$out" && mkdir "$out"
  controller_gen=$("$here/tools.sh" controller-gen)
  cd "$here/../gitops"
  "$controller_gen" crd paths=github.com/fluxcd/source-controller/api/v1 \
    paths=github.com/fluxcd/kustomize-controller/api/v1 paths=github.com/fluxcd/helm-controller/api/v2 \
    output:crd:artifacts:config="$out"
  cd "$out"
  argo_cd=$(module_folder "github.com/argoproj/argo-cd/v3@$argo_cd_version")
  install -m 644 "$argo_cd"/manifests/crds/*-crd.yaml .
}

# collect_monitoring_crds TARGET: those of the kinds that the chart makes.
collect_monitoring_crds() {
  local out=$1.part operator
  rm -rf "$out" && mkdir "$out"
  cd "$out"
  operator=$(module_folder "github.com/prometheus-operator/prometheus-operator@$prometheus_operator_version")
  install -m 644 "$operator"/example/prometheus-operator-crd/*_{servicemonitors,podmonitors,prometheusrules}.yaml .
}

# module_folder MODULE@VERSION: where a module is, which is downloaded if need be.
module_folder() {
  go mod download -json "$1" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p'
}

case ${1:-} in
controller-gen)
  target=$cache/controller-gen-$controller_gen_version
  build controller-gen "$target" install_tool "$target" "sigs.k8s.io/controller-tools/cmd/controller-gen@$controller_gen_version"
  ;;
render)
  key=$(cat "$here"/go.mod "$here"/go.sum "$here"/render/*.go | sha256sum | cut -c1-16)
  target=$cache/render-$key
  build render "$target" build_here "$target" . render
  ;;
apilint)
  key=$(cat "$here"/../apilint/{go.mod,go.sum,*.go} | sha256sum | cut -c1-16)
  target=$cache/apilint-$key
  build apilint "$target" build_here "$target" ../apilint .
  ;;
image)
  key=$(cat "$here"/../image/{go.mod,go.sum,*.go,*/*.go} | sha256sum | cut -c1-16)
  target=$cache/image-$key
  build image "$target" build_here "$target" ../image .
  ;;
release)
  key=$(cat "$here"/../release/{go.mod,go.sum,*.go} "$here"/../image/{go.mod,go.sum,*/*.go} | sha256sum | cut -c1-16)
  target=$cache/release-$key
  build release "$target" build_here "$target" ../release .
  ;;
bundlecheck)
  key=$(cat "$here"/../bundlecheck/{go.mod,go.sum,*.go} | sha256sum | cut -c1-16)
  target=$cache/bundlecheck-$key
  build bundlecheck "$target" build_here "$target" ../bundlecheck .
  ;;
actionlint)
  target=$cache/actionlint-$actionlint_version
  build actionlint "$target" install_tool "$target" "github.com/rhysd/actionlint/cmd/actionlint@$actionlint_version"
  ;;
helm-docs)
  target=$cache/helm-docs-$helm_docs_version
  build helm-docs "$target" install_tool "$target" "github.com/norwoodj/helm-docs/cmd/helm-docs@$helm_docs_version"
  ;;
promql)
  key=$(cat "$here"/../promql/{go.mod,go.sum,*.go} | sha256sum | cut -c1-16)
  target=$cache/promql-$key
  build promql "$target" build_here "$target" ../promql .
  ;;
gitops)
  key=$(cat "$here"/../gitops/{go.mod,go.sum,*.go} | sha256sum | cut -c1-16)
  target=$cache/gitops-$key
  build gitops "$target" build_here "$target" ../gitops .
  ;;
gitops-crds)
  key=$(cat "$here"/../gitops/go.mod | sha256sum | cut -c1-16)
  target=$cache/gitops-crds-$argo_cd_version-$key
  build "the CRDs of Argo CD and Flux" "$target" collect_crds "$target"
  ;;
monitoring-crds)
  target=$cache/monitoring-crds-$prometheus_operator_version
  build "the CRDs of the Prometheus operator" "$target" collect_monitoring_crds "$target"
  ;;
helm)
  key=$(cat "$here"/go.mod "$here"/go.sum | sha256sum | cut -c1-16)
  target=$cache/helm-$key
  build helm "$target" build_helm "$target"
  ;;
*)
  say "usage: tools.sh controller-gen|render|apilint|image|release|bundlecheck|helm|helm-docs|actionlint|promql|gitops|gitops-crds|monitoring-crds"
  exit 2
  ;;
esac
echo "$target"
