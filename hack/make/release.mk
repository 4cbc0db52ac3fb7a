# A release: see docs/release.md.

.PHONY: release check-release

release: ## Write everything that a release has into dist/ (VERSION=vX.Y.Z, REPOSITORY)
	@hack/make/release.sh

check-release: ## Make a release in two folders and compare every byte, then try what is in it
	@hack/make/check-release.sh
