# Code and manifests generated from the markers in api/ and controllers/, and the chart's
# README from the comments of its values. They are committed; check-generated fails if they are out of date.

.PHONY: generate manifests check-generated

generate: ## Generate deepcopy functions, typed apply configurations, and the chart's table of values
	hack/make/generate.sh code .
	hack/make/generate.sh values .

manifests: ## Generate the CRD, the operator's role, their copies in the chart, and the field reference
	hack/make/generate.sh manifests .

check-generated: ## Fail if generated files are stale
	hack/make/generate.sh check
