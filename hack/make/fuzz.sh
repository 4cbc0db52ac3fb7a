#!/usr/bin/env bash
# fuzz.sh: runs every fuzz target of the repository with FUZZTIME inputs each. An
# input that fails is written to the package's testdata/fuzz, where it becomes a
# test: commit it together with the fix.
#
# FUZZTIME is a number of inputs (5000x). A time (1h) works too, but before Go 1.27
# it may end a target with "context deadline exceeded" when nothing is wrong:
# https://go.dev/issue/75804.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

time=${FUZZTIME:-5000x}
code=0
count=0
while IFS=: read -r file target; do
  [ -z "${ONLY:-}" ] || [ "$ONLY" = "$target" ] || continue
  count=$((count + 1))
  log=$(mktemp)
  if CGO_ENABLED=0 go test "./$(dirname "$file")" -run '^$' -fuzz "^$target\$" -fuzztime "$time" -parallel 2 >"$log" 2>&1; then
    printf 'fuzz: %-32s passed  %s\n' "$target" "$(grep -o 'execs: [0-9]*' "$log" | tail -1)"
  else
    code=1
    printf 'fuzz: %-32s FAILED\n' "$target"
    cat "$log"
  fi
  rm -f "$log"
done < <(git grep -n --untracked -E '^func Fuzz[A-Za-z0-9_]*\(f \*testing\.F\)' -- '*_test.go' | sed -E 's/^([^:]*):[0-9]+:func (Fuzz[A-Za-z0-9_]*)\(.*/\1:\2/')

if [ "$count" = 0 ]; then
  echo "fuzz: there is no target ${ONLY:-at all}" >&2
  exit 1
fi
echo "fuzz: $count targets, $time each"
exit $code
