#!/usr/bin/env bash
# check-alerts.sh: checks the alerts of config/prometheus with promtool, and that each is
# raised when it should be.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

promtool=$(hack/tools/prometheus.sh promtool)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Prometheus reads the groups without the object around them.
awk '/^spec:/ {on = 1; next} on {sub(/^  /, ""); print}' config/prometheus/rules.yaml >"$work/rules.yaml"
cp config/prometheus/rules_test.yaml "$work"
"$promtool" check rules "$work/rules.yaml"
"$promtool" test rules "$work/rules_test.yaml"
