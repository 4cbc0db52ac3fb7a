#!/usr/bin/env bash
# lint.sh            checks the formatting, the API's conventions and the code
# lint.sh --tool     builds golangci-lint if need be and prints its path
#
# golangci-lint is built once, through the Go module proxy, into a cache folder
# outside the checkout (about 6 minutes on two cores).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

version=v2.15.0
cache=${XDG_CACHE_HOME:-$HOME/.cache}/wasession/tools
tool=$cache/golangci-lint-$version-$(go env GOVERSION)

say() { printf '%s\n' "$*" >&2; }

build_tool() {
  [ -x "$tool" ] && return
  mkdir -p "$cache"
  exec 9>"$tool.lock"
  flock 9 # a second caller waits, then uses the result
  [ -x "$tool" ] && return
  say "lint: building golangci-lint $version (some 6 minutes on two cores, once)"
  local bin
  bin=$(mktemp -d "$cache/.build.XXXXXX")
  trap 'rm -rf "$bin"' RETURN
  GOFLAGS=-mod=mod CGO_ENABLED=0 GOBIN=$bin hack/make/progress.sh "lint: building golangci-lint" \
    go install -trimpath "github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$version" 9>&- >&2
  mv "$bin/golangci-lint" "$tool"
}

build_tool
if [ "${1:-}" = --tool ]; then
  echo "$tool"
  exit
fi

unformatted=$(git ls-files -z '*.go' | xargs -0 gofmt -l)
if [ -n "$unformatted" ]; then
  say "lint: not formatted, run gofmt -w on:" && say "$unformatted"
  exit 1
fi
long=$(git ls-files -z '*.go' | xargs -0 grep -L -E '^// Code generated .* DO NOT EDIT\.$' | xargs wc -l | awk '$2 != "total" && $1 > 500')
if [ -n "$long" ]; then
  say "lint: files of over 500 lines:" && say "$long"
  exit 1
fi
apilint=$(hack/tools/tools.sh apilint)
CGO_ENABLED=0 "$apilint" hack/apilint/config.yaml ./api/v1alpha1
CGO_ENABLED=0 hack/make/progress.sh "lint: golangci-lint" "$tool" run --allow-parallel-runners ./...
# The modules of the tools, with the flags that they are built with, so that what they
# depend on is compiled once.
for module in hack/*/go.mod; do
  module=$(dirname "$module")
  (cd "$module" && GOFLAGS=-trimpath CGO_ENABLED=0 "$OLDPWD/hack/make/progress.sh" "lint: $module" "$tool" run --allow-parallel-runners ./...)
done
