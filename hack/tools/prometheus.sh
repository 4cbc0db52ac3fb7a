#!/usr/bin/env bash
# prometheus.sh COMMAND: prints the path of prometheus or promtool, from PATH or unpacked
# from Debian's package prometheus into the cache. Nothing is installed or started.
set -euo pipefail

if command -v "$1"; then exit; fi
cache=${XDG_CACHE_HOME:-$HOME/.cache}/wasession/prometheus
if [ ! -x "$cache/usr/bin/$1" ]; then
  command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null ||
    { echo "$1 is not here: install Prometheus, whose package has it" >&2; exit 1; }
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  echo "prometheus: fetching Debian's package prometheus" >&2
  (cd "$work" && { apt-get download -q prometheus || { apt-get update -q && apt-get download -q prometheus; }; } >&2)
  mkdir -p "$cache"
  dpkg-deb -x "$work"/prometheus_*.deb "$cache"
fi
echo "$cache/usr/bin/$1"
