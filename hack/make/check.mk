# Prometheus' rules, see docs/monitoring.md, and the workflows in .github.

.PHONY: check-alerts check-workflows

check-alerts: ## Check the alerts with promtool, fetched from Debian's package prometheus if it is not here
	@hack/make/check-alerts.sh

check-workflows: ## Check the workflows in .github with actionlint, which is built on first use
	@"$$(hack/tools/tools.sh actionlint)"
