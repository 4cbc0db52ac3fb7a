#!/usr/bin/env bash
# generate.sh code|manifests|values FOLDER   generates the files of the checkout in FOLDER
# generate.sh check                          generates them in a copy and compares
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

code() {
  rm -rf api/v1alpha1/applyconfiguration
  "$controller_gen" \
    object:headerFile=hack/boilerplate.go.txt \
    applyconfiguration:headerFile=hack/boilerplate.go.txt \
    paths=./api/v1alpha1
}

# narrow_quantities FILE: the usual pattern of a quantity accepts exponents that
# resource.Quantity cannot parse, such as 1e1.5. A single session with one of those
# would keep the operator, and every other Go program, from reading any session.
narrow_quantities() {
  local exponent='([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+)))'
  local narrow='([eE](\+|-)?[0-9]{1,2})'
  grep -qF "$exponent" "$1" || { echo "$1: the pattern of quantities has changed: look at generate.sh" >&2; exit 1; }
  local text
  text=$(<"$1")
  printf '%s\n' "${text//"$exponent"/"$narrow"}" >"$1"
}

manifests() {
  "$controller_gen" crd paths=./api/v1alpha1 output:crd:artifacts:config=config/crd/bases
  narrow_quantities config/crd/bases/wasession.dev_whatsappsessions.yaml
  "$controller_gen" rbac:roleName=wasession-operator,fileName=role.yaml \
    paths=./controllers/... output:rbac:artifacts:config=config/rbac
  cp config/crd/bases/wasession.dev_whatsappsessions.yaml charts/wasession/crds/whatsappsessions.yaml
  cp config/rbac/{role,leader_election_role,session_editor_role,session_viewer_role}.yaml config/prometheus/rules.yaml config/grafana/grafana-dashboard.json charts/wasession/files/
  "$render" reference config/crd/bases/wasession.dev_whatsappsessions.yaml >docs/reference/whatsappsession.md
  "$render" constants api/v1alpha1/{conditions,update_conditions,annotations,labels}.go >docs/reference/conditions.md
}

# values: the chart's README, with a table of its values from their comments. helm-docs
# ends well whatever happens, but says nothing only if all is well.
values() {
  local said bare
  said=$("$helm_docs" --log-level=warning --chart-search-root=charts/wasession --sort-values-order=file 2>&1)
  [ -z "$said" ] || { echo "$said" >&2; exit 1; }
  if bare=$(grep -o '^| `.*` |  |$' charts/wasession/README.md); then
    printf 'charts/wasession/values.yaml: write a comment "# -- …" above each of these:\n%s\n' "$bare" >&2
    exit 1
  fi
}

generated=(api/v1alpha1 config/crd/bases config/rbac/role.yaml charts/wasession/crds
  charts/wasession/files charts/wasession/README.md docs/reference)

controller_gen=$(hack/tools/tools.sh controller-gen)
render=$(hack/tools/tools.sh render)
helm_docs=$(hack/tools/tools.sh helm-docs)

case ${1:-} in
code | manifests | values)
  cd "$2"
  "$1"
  ;;
check)
  copy=$(mktemp -d)
  trap 'rm -rf "$copy"' EXIT
  cp --parents -r go.mod go.sum api controllers hack/boilerplate.go.txt config charts docs/reference "$copy"
  (cd "$copy" && code && manifests && values)
  stale=0
  for path in "${generated[@]}"; do
    diff -ru "$path" "$copy/$path" || stale=1
  done
  if [ $stale = 1 ]; then
    echo "generated files are stale: run 'make generate manifests' and commit what changes" >&2
    exit 1
  fi
  ;;
*)
  echo "usage: generate.sh code|manifests|values FOLDER, or generate.sh check" >&2
  exit 2
  ;;
esac
