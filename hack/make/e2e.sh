#!/usr/bin/env bash
# e2e.sh             runs the end-to-end test on a real node: see docs/e2e.md
# e2e.sh --check     exits with 0 if this machine can run it, with 2 if not
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

say() { printf '%s\n' "$*" >&2; }
if [ "$(uname -s)" != Linux ] || [ "$(id -u)" != 0 ]; then
  say "e2e: a real node needs root on Linux: run it with sudo, or in a virtual machine"
  exit 2
fi
packages=()
command -v containerd >/dev/null || packages+=(containerd)
command -v runc >/dev/null || packages+=(runc)
command -v ip >/dev/null || packages+=(iproute2)
command -v nft >/dev/null || packages+=(nftables)
command -v conntrack >/dev/null || packages+=(conntrack)
[ -x /usr/lib/cni/bridge ] || packages+=(containernetworking-plugins)
if [ ${#packages[@]} -gt 0 ]; then
  say "e2e: installing ${packages[*]}"
  { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "${packages[@]}"; } >/dev/null ||
    { say "e2e: could not install ${packages[*]}: install them, then run make e2e again"; exit 2; }
fi

export CGO_ENABLED=0
hack/make/progress.sh "build: e2e" go build -o bin/wasession-e2e ./test/e2e
if [ "${1:-}" = --check ]; then bin/wasession-e2e --check || exit 2; exit; fi

assets=$(hack/assets/envtest.sh)
node=$(hack/assets/node.sh)
helm=$(hack/tools/tools.sh helm)
prometheus=$(hack/tools/prometheus.sh prometheus)
architecture=$(go env GOARCH)
VERSION=e2e PLATFORMS=linux/$architecture hack/make/image.sh
go build -trimpath -ldflags "-s -w" -o bin/wasession-pause ./test/realnode/pause
go build -o bin/kubectl-wasession ./cmd/kubectl-wasession
exec bin/wasession-e2e --assets "$assets" --node-assets "$node" --helm "$helm" --prometheus "$prometheus" \
  --image "dist/wasession-e2e-linux-$architecture.tar" "$@"
