#!/usr/bin/env bash
# build.sh FOLDER [VERSION]: builds every command of cmd/ into FOLDER, static and
# stripped, under its name in the image: cmd/operator becomes wasession-operator.
# main.version of each is set to VERSION. kubectl's plugin is left out: no pod runs it.
set -euo pipefail

folder=$1
version=${2:-dev}
mkdir -p "$folder"
for main in cmd/*/main.go; do
  [ -e "$main" ] || { echo "no cmd/*/main.go here: run build.sh in the root of the checkout" >&2; exit 1; }
  command=$(basename "$(dirname "$main")")
  [ "$command" = kubectl-wasession ] && continue
  name=wasession-$command
  echo "building $name" >&2
  CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=$version" \
    -o "$folder/$name" "./cmd/$command"
done
