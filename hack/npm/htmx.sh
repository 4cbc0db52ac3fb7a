#!/usr/bin/env bash
# Fetch htmx, which the dashboard's pages use, and store it in gateway/dashboard/assets.
# Needs npm, and is run by hand to change the version.
set -euo pipefail

version=2.0.11
cd "$(dirname "$0")/../.."
into=$PWD/gateway/dashboard/assets
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cd "$work"
echo "vendor: fetching htmx.org $version"
npm pack --silent "htmx.org@$version" >/dev/null
tar xzf htmx.org-*.tgz
mkdir -p "$into"
cp package/dist/htmx.min.js "$into/htmx.js"
cp package/LICENSE "$into/htmx.LICENSE"
echo "$version" >"$into/htmx.VERSION"
