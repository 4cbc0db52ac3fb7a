#!/usr/bin/env bash
# build.sh NAME...   builds wasession-NAME into bin/ for each NAME, static, and
# prints each name as it starts. A build with nothing to do takes a second.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

# Prints the folder of a command's main package.
folder() {
  if [ -d "cmd/$1" ]; then echo "./cmd/$1"; return; fi
  case $1 in
  simulator) echo ./test/simulator/cmd/wasession-simulator ;;
  demo) echo ./hack/demo ;;
  bare) echo ./test/perf/bare ;;
  *) echo "build.sh: there is no command $1" >&2; exit 2 ;;
  esac
}

version=$(git describe --tags --always --dirty 2>/dev/null || echo dev)
number=0
for name in "$@"; do
  number=$((number + 1))
  started=$SECONDS
  package=$(folder "$name")
  echo "build: wasession-$name ($number of $#; the very first build takes some minutes)" >&2
  CGO_ENABLED=0 hack/make/progress.sh "build: wasession-$name" \
    go build -ldflags "-s -w -X main.version=$version" -o "bin/wasession-$name" "$package"
  [ $((SECONDS - started)) -lt 5 ] || echo "build: wasession-$name took $((SECONDS - started)) s" >&2
done
