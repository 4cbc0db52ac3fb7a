#!/usr/bin/env bash
# fetch.sh PACKAGE VERSION FOLDER: unpacks a package of npm into FOLDER/package, for the
# scripts here. They are run by hand to change a version; a build needs no npm.
set -euo pipefail

echo "vendor: fetching $1 $2" >&2
cd "$3"
npm pack --silent "$1@$2" >/dev/null
tar xzf ./*.tgz
