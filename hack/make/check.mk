# Prometheus' rules: see docs/monitoring.md.

.PHONY: check-alerts

check-alerts: ## Check the alerts with promtool, fetched from Debian's package prometheus if it is not here
	@hack/make/check-alerts.sh
