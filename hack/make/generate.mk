# Code and manifests generated from the markers in api/ and controllers/. They are
# committed; check-generated fails if they are out of date.

.PHONY: generate manifests check-generated

generate: ## Generate deepcopy functions and typed apply configurations
	hack/make/generate.sh code .

manifests: ## Generate the CRD, the operator's role, their copies in the chart, and the field reference
	hack/make/generate.sh manifests .

check-generated: ## Fail if generated files are stale
	hack/make/generate.sh check
