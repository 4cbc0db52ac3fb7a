#!/usr/bin/env bash
# Prints the folder with etcd and kube-apiserver, getting them first if needed:
# KUBEBUILDER_ASSETS if set, else the cache, else a download, else a build through
# the Go module proxy. Progress goes to standard error.
set -euo pipefail

version=1.37.1
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/wasession/envtest/$version-$(go env GOOS)-$(go env GOARCH)

say() { printf '%s\n' "$*" >&2; }
complete() { [ -x "$1/etcd" ] && [ -x "$1/kube-apiserver" ]; }

if [ -n "${KUBEBUILDER_ASSETS:-}" ]; then
  complete "$KUBEBUILDER_ASSETS" || { say "KUBEBUILDER_ASSETS=$KUBEBUILDER_ASSETS holds no etcd and kube-apiserver: unset it, or point it at a folder that does"; exit 1; }
  echo "$KUBEBUILDER_ASSETS"; exit
fi
if complete "$cache"; then echo "$cache"; exit; fi
mkdir -p "$cache"

# One build at a time: a second caller waits, then uses the result.
exec 9>"$cache/.lock"
flock 9
if complete "$cache"; then echo "$cache"; exit; fi

say "control plane: downloading etcd and kube-apiserver $version"
if dir=$(timeout 300 go run sigs.k8s.io/controller-runtime/tools/setup-envtest@v0.25.1 \
    use "$version" --bin-dir "$cache/download" -p path 2>"$cache/download.log") && complete "$dir"; then
  cp "$dir"/etcd "$dir"/kube-apiserver "$cache/"
  say "control plane: ready in $cache"
  echo "$cache"; exit
fi
say "control plane: no download to be had ($(tail -n 1 "$cache/download.log" | cut -c1-120))"

# build NAME PACKAGE: builds a static command, printing a line every 30 s.
build() {
  local name=$1 package=$2 started=$SECONDS
  [ -x "$cache/$name" ] && return
  say "control plane: building $name through the Go module proxy (both together take some 8 minutes on two cores, once)"
  local stamp="-s -w"
  for pair in gitVersion=v$version gitMajor=1 gitMinor=${version:2:2} gitTreeState=clean gitCommit=unknown; do
    stamp+=" -X k8s.io/component-base/version.$pair"
  done
  (cd "$here" && CGO_ENABLED=0 exec go build -trimpath -ldflags "$stamp" -o "$cache/.$name.part" "$package") >&2 &
  local pid=$!
  while kill -0 $pid 2>/dev/null; do
    for _ in $(seq 30); do kill -0 $pid 2>/dev/null || break; sleep 1; done
    say "control plane: building $name, $((SECONDS - started)) s so far"
  done
  wait $pid
  mv "$cache/.$name.part" "$cache/$name"
}
build etcd go.etcd.io/etcd/server/v3
build kube-apiserver k8s.io/kubernetes/cmd/kube-apiserver
say "control plane: ready in $cache"
echo "$cache"
