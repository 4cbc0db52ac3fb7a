#!/usr/bin/env bash
# Fetch axe, which finds accessibility faults in the dashboard's tests, and store it in
# test/dashboard/testdata.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

version=4.14.1
into=test/dashboard/testdata
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
hack/npm/fetch.sh axe-core "$version" "$work"
gzip -9n <"$work/package/axe.min.js" >"$into/axe.min.js.gz"
cp "$work/package/LICENSE" "$into/axe.LICENSE"
echo "$version" >"$into/axe.VERSION"
