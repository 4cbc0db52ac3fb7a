#!/usr/bin/env bash
# test.sh            runs all tests
# test.sh --short    runs those that need no control plane
#
# The race detector is on for every package except those that start an API server.
# It needs a C compiler; without one the tests run without it, and the output says
# so. whatsmeow has some races of its own: for the packages that run it, racecheck
# reads the detector's reports and ignores whatsmeow's known ones.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

say() { printf '%s\n' "$*" >&2; }

# Packages whose tests start etcd and kube-apiserver, or build and run whole
# programs: they mostly wait, so the detector would find nothing.
needs_control_plane() {
  grep -l -r --include='*_test.go' -E 'test/controlplane"|test/gatewaylab"|pkg/envtest"' . | xargs -n1 dirname | sort -u
}

all=$(go list -f '{{if or .TestGoFiles .XTestGoFiles}}{{.Dir}}{{end}}' ./... | sed "s|^$PWD|.|" | sort)
heavy=$(needs_control_plane | sort)
light=$(comm -23 <(printf '%s\n' $all) <(printf '%s\n' $heavy))
drives_whatsmeow=$(grep -l -r --include='*_test.go' -E 'test/simulator(/simclient)?"|^package simulator' . | xargs -n1 dirname | sort -u)
live=$(comm -12 <(printf '%s\n' $light) <(printf '%s\n' $drives_whatsmeow))
light=$(comm -23 <(printf '%s\n' $light) <(printf '%s\n' $live))

# SQLite is C translated to Go: instrumented as well, it alone takes most of the time.
# Its driver is instrumented: it uses sync.Map, and of generic code that several
# packages use the linker keeps one copy. Without instrumentation, the detector would
# not see what a sync.Map orders.
race="-race -gcflags=modernc.org/sqlite/lib=-race=false -gcflags=modernc.org/libc/...=-race=false -gcflags=modernc.org/memory=-race=false"
if [ "$(go env CGO_ENABLED)" != 1 ] || ! command -v "$(go env CC)" >/dev/null; then
  race=
  say "test: no C compiler here, so the race detector is left out"
fi

tags=
# The test of a disk that hangs freezes a file system, which needs root.
if [ "$(id -u)" = 0 ] && command -v mkfs.ext4 >/dev/null && command -v fsfreeze >/dev/null && losetup --find >/dev/null 2>&1; then
  tags=root
else
  say "test: not root, or no loop devices here, so the test of a disk that hangs is left out"
fi
if command -v ffmpeg >/dev/null; then
  tags+=${tags:+,}ffmpeg
else
  say "test: no ffmpeg here, so the tests of conversions are left out: install the package ffmpeg"
fi
if ! command -v chromium >/dev/null; then
  say "test: no Chromium here, so the dashboard's tests in a browser are left out: make chromium installs it"
  heavy=$(grep -vx ./test/dashboard <<<"$heavy")
fi
[ -z "$tags" ] || export GOFLAGS="${GOFLAGS:+$GOFLAGS }-tags=$tags"

code=0
hack/make/progress.sh "test: image" go -C hack/image test -timeout 20m ./... || code=1
# With the flags that the tools are built with, so that what they depend on is compiled once.
CGO_ENABLED=0 hack/make/progress.sh "test: promql" go -C hack/promql test -trimpath . || code=1
CGO_ENABLED=0 hack/make/progress.sh "test: panels" go -C hack/panels test -trimpath . || code=1
hack/make/progress.sh "test: release" go -C hack/release test -timeout 20m ./... || code=1
say "test: $(wc -w <<<"$light") packages${race:+ with the race detector}"
hack/make/progress.sh "test: units" go test $race -timeout 20m $light || code=1
if [ -n "$live" ]; then
  say "test: $(wc -w <<<"$live") packages that drive a real whatsmeow client"
  if [ -n "$race" ]; then
    hack/make/progress.sh "test: whatsmeow" go run ./hack/racecheck ${race#-race } -timeout 20m $live || code=1
  else
    CGO_ENABLED=0 hack/make/progress.sh "test: whatsmeow" go test -timeout 20m $live || code=1
  fi
fi
if [ "${1:-}" != --short ]; then
  KUBEBUILDER_ASSETS=$(hack/assets/envtest.sh)
  export KUBEBUILDER_ASSETS
  say "test: $(wc -w <<<"$heavy") packages against a real API server"
  # One at a time, because each starts its own API server. Without cgo, so that
  # make build and make demo reuse the compiled packages.
  CGO_ENABLED=0 hack/make/progress.sh "test: API server" go test -p 1 -timeout 20m $heavy || code=1
fi
if [ $code = 0 ]; then say "test: all passed in $SECONDS s"; else say "test: FAILED after $SECONDS s, see the lines above that begin with FAIL"; fi
exit $code
