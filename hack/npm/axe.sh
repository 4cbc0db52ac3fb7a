#!/usr/bin/env bash
# Fetch axe, which finds accessibility faults in the dashboard's tests, and store it in
# test/dashboard/testdata. Needs npm, and is run by hand to change the version.
set -euo pipefail

version=4.14.1
cd "$(dirname "$0")/../.."
into=$PWD/test/dashboard/testdata
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cd "$work"
echo "vendor: fetching axe-core $version"
npm pack --silent "axe-core@$version" >/dev/null
tar xzf axe-core-*.tgz
mkdir -p "$into"
gzip -9n <package/axe.min.js >"$into/axe.min.js.gz"
cp package/LICENSE "$into/axe.LICENSE"
echo "$version" >"$into/axe.VERSION"
