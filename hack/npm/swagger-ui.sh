#!/usr/bin/env bash
# Fetch the parts of Swagger UI that the page at /docs needs, and store them compressed
# in api/apidocs/swagger-ui. Needs npm, and is run by hand to change the version.
set -euo pipefail

version=5.35.0
cd "$(dirname "$0")/../.."
into=$PWD/api/apidocs/swagger-ui
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cd "$work"
echo "vendor: fetching swagger-ui-dist $version"
npm pack --silent "swagger-ui-dist@$version" >/dev/null
tar xzf swagger-ui-dist-*.tgz
mkdir -p "$into"
cp package/LICENSE package/NOTICE package/swagger-ui-bundle.js.LICENSE.txt "$into"
for file in swagger-ui-bundle.js swagger-ui.css; do
  gzip -9n <"package/$file" >"$into/$file.gz"
done
echo "$version" >"$into/VERSION"
