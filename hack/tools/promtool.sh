#!/usr/bin/env bash
# promtool.sh: prints the path of promtool, from PATH or unpacked from Debian's package
# prometheus into the cache. Nothing is installed or started.
set -euo pipefail

if command -v promtool; then exit; fi
cache=${XDG_CACHE_HOME:-$HOME/.cache}/wasession/promtool
if [ ! -x "$cache/usr/bin/promtool" ]; then
  command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null ||
    { echo "promtool is not here: install Prometheus, whose package has it" >&2; exit 1; }
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  echo "promtool: fetching Debian's package prometheus" >&2
  (cd "$work" && { apt-get download -q prometheus || { apt-get update -q && apt-get download -q prometheus; }; } >&2)
  mkdir -p "$cache"
  dpkg-deb -x "$work"/prometheus_*.deb "$cache"
fi
echo "$cache/usr/bin/promtool"
