#!/usr/bin/env bash
# release.sh         writes the release VERSION into dist/, which it empties
#
# OUT names another folder, which must be empty. REPOSITORY names another registry.
# CREATED and REVISION are the commit's where there is no repository of git.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

if [ -z "${VERSION:-}" ]; then
  echo "release: name the version: make release VERSION=v0.1.0" >&2
  exit 2
fi
created=${CREATED:-$(git log -1 --format=%ct)}
revision=${REVISION:-$(git rev-parse HEAD)}
image=$(hack/tools/tools.sh image)
render=$(hack/tools/tools.sh render)
release=$(hack/tools/tools.sh release)
[ -n "${OUT:-}" ] || rm -rf dist
exec hack/make/progress.sh release "$release" --version "$VERSION" --revision "$revision" --created "$created" \
  --image "$image" --render "$render" --out "${OUT:-dist}" ${REPOSITORY:+--repository "$REPOSITORY"}
