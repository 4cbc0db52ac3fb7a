#!/usr/bin/env bash
# build.sh FOLDER [VERSION]: builds every command of cmd/ into FOLDER, static and
# stripped, under its name in the image: cmd/operator becomes wasession-operator,
# cmd/kubectl-wasession keeps its name. main.version of each is set to VERSION.
set -euo pipefail

folder=$1
version=${2:-dev}
mkdir -p "$folder"
for main in cmd/*/main.go; do
  [ -e "$main" ] || { echo "no cmd/*/main.go here: run build.sh in the root of the checkout" >&2; exit 1; }
  command=$(basename "$(dirname "$main")")
  case $command in
  *wasession*) name=$command ;;
  *) name=wasession-$command ;;
  esac
  echo "building $name" >&2
  CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=$version" \
    -o "$folder/$name" "./cmd/$command"
done
