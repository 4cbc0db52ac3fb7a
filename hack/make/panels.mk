.PHONY: panels

panels: ## Draw the panels of the Grafana dashboard from ANSWERS=FILE, which an e2e run writes
	@cd hack/panels && CGO_ENABLED=0 go run -trimpath . --dashboard ../../config/grafana/grafana-dashboard.json \
		--answers "$(abspath $(or $(ANSWERS),$(error name the answers: make panels ANSWERS=FILE, see CONTRIBUTING.md)))" --out ../../docs/images
