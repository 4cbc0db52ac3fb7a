#!/usr/bin/env bash
# Prints the folder with what runs a Kubernetes node beside etcd and kube-apiserver:
# kube-controller-manager, kube-scheduler, kubelet, kube-proxy, kubectl and coredns,
# building what is missing through the Go module proxy (about 8 minutes on two cores, once).
# Progress goes to standard error.
set -euo pipefail

version=1.37.1
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/wasession/node/$version-$(go env GOOS)-$(go env GOARCH)
commands=(kube-controller-manager kube-scheduler kube-proxy kubelet kubectl)
# shellcheck source=hack/assets/build.sh
. "$here/build.sh"

# Our own main package chooses CoreDNS's plugins, so the version is not all that counts.
coredns=coredns-$(cat "$here/coredns/main.go" "$here/go.mod" | sha256sum | cut -c1-16)

complete() {
  local name
  for name in "${commands[@]}" "$coredns"; do [ -x "$cache/$name" ] || return 1; done
  ln -sfn "$coredns" "$cache/coredns"
}

if complete; then echo "$cache"; exit; fi
mkdir -p "$cache"
# One build at a time: a second caller waits, then uses the result.
exec 9>"$cache/.lock"
flock 9
for name in "${commands[@]}"; do build "$name" "k8s.io/kubernetes/cmd/$name"; done
build "$coredns" ./coredns
complete
say "node: ready in $cache"
echo "$cache"
