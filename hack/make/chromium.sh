#!/usr/bin/env bash
# Install Debian's Chromium, which the dashboard's tests run in, where there is none.
set -euo pipefail

say() { printf '%s\n' "$*" >&2; }

if command -v chromium >/dev/null; then exit; fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  say "chromium: the dashboard's tests need Chromium as chromium in the PATH: install it, on Debian with apt-get install chromium"
  exit 1
fi
say "chromium: installing Debian's Chromium for the dashboard's tests (apt-get install chromium)"
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >&2
