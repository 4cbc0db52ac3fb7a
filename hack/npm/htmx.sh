#!/usr/bin/env bash
# Fetch htmx, which the dashboard's pages use, and store it in gateway/dashboard/assets.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

version=2.0.11
into=gateway/dashboard/assets
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
hack/npm/fetch.sh htmx.org "$version" "$work"
cp "$work/package/dist/htmx.min.js" "$into/htmx.js"
cp "$work/package/LICENSE" "$into/htmx.LICENSE"
echo "$version" >"$into/htmx.VERSION"
