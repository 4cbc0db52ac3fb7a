#!/usr/bin/env bash
# Prints the folder with etcd and kube-apiserver, getting them first if needed:
# KUBEBUILDER_ASSETS if set, else the cache, else a download, else a build through
# the Go module proxy. Progress goes to standard error.
set -euo pipefail

version=1.37.1
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/wasession/envtest/$version-$(go env GOOS)-$(go env GOARCH)

# shellcheck source=hack/assets/build.sh
. "$here/build.sh"

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
say "control plane: no download ($(tail -n 1 "$cache/download.log" | cut -c1-120)), so both are built: about 8 minutes on two cores"

build etcd go.etcd.io/etcd/server/v3
build kube-apiserver k8s.io/kubernetes/cmd/kube-apiserver
say "control plane: ready in $cache"
echo "$cache"
