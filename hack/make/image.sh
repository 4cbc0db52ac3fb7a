#!/usr/bin/env bash
# image.sh           builds the container image for all platforms into dist/
#
# It needs Go and the package ca-certificates, and no container engine. PLATFORMS
# limits the platforms, REPOSITORY names another registry, PUSH=1 pushes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

version=${VERSION:-$(git describe --tags --always --dirty 2>/dev/null || echo dev)}
arguments=(--version "$version" --revision "$(git rev-parse HEAD 2>/dev/null || true)"
  --created "$(git log -1 --format=%ct 2>/dev/null || echo 0)" --out dist)
[ -z "${PLATFORMS:-}" ] || arguments+=(--platforms "$PLATFORMS")
[ -z "${REPOSITORY:-}" ] || arguments+=(--repository "$REPOSITORY")
[ -z "${PUSH:-}" ] || arguments+=(--push)
exec hack/make/progress.sh image "$(hack/tools/tools.sh image)" "${arguments[@]}"
