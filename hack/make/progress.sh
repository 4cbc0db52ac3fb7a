#!/usr/bin/env bash
# progress.sh WHAT COMMAND...   runs COMMAND and prints a line every 30 s, so that
# it does not seem to hang. Its exit code is COMMAND's.
set -uo pipefail
what=$1
shift
"$@" &
pid=$!
trap 'kill -TERM $pid 2>/dev/null' TERM INT
(
  # Ends with the command; does not keep the caller's pipes open for long.
  seconds=0
  while sleep 5 && kill -0 $pid 2>/dev/null; do
    seconds=$((seconds + 5))
    [ $((seconds % 30)) = 0 ] && printf '%s: %s s so far\n' "$what" "$seconds" >&2
  done
) &
ticker=$!
wait $pid
code=$?
kill $ticker 2>/dev/null
wait $ticker 2>/dev/null
exit $code
