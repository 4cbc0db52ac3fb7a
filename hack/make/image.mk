# The container image: see docs/image.md.

.PHONY: image

image: ## Build the container image for amd64 and arm64 into dist/, without a container engine (VERSION, PLATFORMS, REPOSITORY, PUSH=1)
	@hack/make/image.sh
