#!/usr/bin/env bash
# site.sh          builds a site of docs/ into dist/site; fails on dead links
# site.sh --check  fails where Node is missing or npm cannot be reached: exit 2
#
# SITE_BASE is the path of the site on its host, such as /wasession/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

if [ "${1:-}" = --check ]; then
  command -v npm >/dev/null || { echo "site: Node 20 or later is needed, for npm" >&2; exit 2; }
  npm ping --silent >/dev/null 2>&1 || { echo "site: npm's registry cannot be reached" >&2; exit 2; }
  exit 0
fi

# Vite finds vue in a folder above the pages only, so they are built outside the
# checkout, where the packages can stay.
work=${XDG_CACHE_HOME:-$HOME/.cache}/wasession/site
mkdir -p "$work"
exec 9>"$work/lock"
flock 9
rm -rf "$work/docs" "$work/site" "$work/.vitepress"
cp -R docs hack/site/.vitepress "$work/"
if ! cmp -s hack/site/package-lock.json "$work/installed" || [ ! -d "$work/node_modules" ]; then
  rm -f "$work/installed"
  cp hack/site/package.json hack/site/package-lock.json "$work/"
  hack/make/progress.sh "site: packages" npm --prefix "$work" ci --ignore-scripts --no-audit --no-fund --silent
  cp hack/site/package-lock.json "$work/installed"
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! (cd "$work" && node_modules/.bin/vitepress build . >"$log" 2>&1); then
  cat "$log" >&2
  exit 1
fi
rm -rf dist/site
mkdir -p dist
cp -R "$work/site" dist/site
echo "site: $(find dist/site -name '*.html' | wc -l) pages in dist/site"
