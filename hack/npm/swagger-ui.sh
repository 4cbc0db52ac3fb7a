#!/usr/bin/env bash
# Fetch the parts of Swagger UI that the page at /docs needs, and store them compressed
# in api/apidocs/swagger-ui.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

version=5.35.0
into=api/apidocs/swagger-ui
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
hack/npm/fetch.sh swagger-ui-dist "$version" "$work"
cp "$work"/package/{LICENSE,NOTICE,swagger-ui-bundle.js.LICENSE.txt} "$into"
for file in swagger-ui-bundle.js swagger-ui.css; do
  gzip -9n <"$work/package/$file" >"$into/$file.gz"
done
echo "$version" >"$into/VERSION"
