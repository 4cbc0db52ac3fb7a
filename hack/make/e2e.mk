# The product on a real node: see docs/e2e.md.

.PHONY: e2e

e2e: ## Install the image and the chart on a real node and go through a session's life; needs root on Linux
	@hack/make/e2e.sh
