#!/usr/bin/env bash
# interop.sh [ARGUMENT...]  runs Baileys against the simulator, alone and beside a runtime
# interop.sh --check        fails where Node is missing or npm cannot be reached: exit 2
#
# The arguments go to test/interop/main.mjs: --update writes the tables of
# docs/simulator.md, --keep keeps the logs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

if [ "${1:-}" = --check ]; then
  node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 20 ? 1 : 0)' 2>/dev/null ||
    { echo "interop: Node 20 or later is needed" >&2; exit 2; }
  npm ping --silent >/dev/null 2>&1 || { echo "interop: npm's registry cannot be reached" >&2; exit 2; }
  exit 0
fi

hack/make/build.sh simulator runtime
# Node looks for packages above the file that needs them. They stay outside the checkout,
# and so a copy of the files goes there.
work=${XDG_CACHE_HOME:-$HOME/.cache}/wasession/interop
mkdir -p "$work"
exec 9>"$work/lock"
flock 9
if ! cmp -s test/interop/package-lock.json "$work/installed" || [ ! -d "$work/node_modules" ]; then
  rm -f "$work/installed"
  cp test/interop/package.json test/interop/package-lock.json "$work/"
  hack/make/progress.sh "interop: packages" npm --prefix "$work" ci --ignore-scripts --no-audit --no-fund --silent
  cp test/interop/package-lock.json "$work/installed"
fi
rm -rf "$work/test"
cp -R test/interop "$work/test"
exec node "$work/test/main.mjs" "$@" # so that a signal for this script ends it
