#!/usr/bin/env bash
# build.sh FOLDER [VERSION]: builds the commands of the image into FOLDER, static and
# stripped, with main.version set to VERSION. The operator and the gateway are one
# program with two names. kubectl-wasession is not in the image: it runs where people
# are.
set -euo pipefail

folder=$1
version=${2:-dev}
mkdir -p "$folder"
[ -e cmd/controlplane/main.go ] || { echo "no cmd/controlplane/main.go here: run build.sh in the root of the checkout" >&2; exit 1; }
# Kubernetes' generated types and clients are a third of the control plane's code. Without
# inlining in them the image is about 1 MB smaller to fetch.
generated=(-gcflags="k8s.io/api/...=-l" -gcflags="k8s.io/client-go/kubernetes/...=-l")
for command in controlplane init runtime; do
  echo "building wasession-$command" >&2
  CGO_ENABLED=0 go build -trimpath -buildvcs=false "${generated[@]}" \
    -ldflags "-s -w -X main.version=$version" -o "$folder/wasession-$command" "./cmd/$command"
done
for name in operator gateway; do
  ln -sf wasession-controlplane "$folder/wasession-$name"
done
