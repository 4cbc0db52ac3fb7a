# wasession: `make` lists the targets. They need Go, make and git; everything else is
# downloaded or built on first use, into caches outside the checkout, with a line of
# progress.
SHELL := /usr/bin/env bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

include $(wildcard hack/make/*.mk)

.PHONY: help build test test-short demo demo-check lint vet clean

help: ## List the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z0-9-]+:.*## / {printf "  %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST) | sort

build: ## Build the product's commands into bin/
	@hack/make/build.sh $(notdir $(wildcard cmd/*))

demo: demo-binaries ## Run everything on this machine, from manifest to paired session; no cluster needed, Ctrl-C stops it
	@exec bin/wasession-demo

demo-check: demo-binaries ## Run the demo, check every step, and exit
	@bin/wasession-demo --check

.PHONY: demo-binaries
demo-binaries:
	@hack/make/build.sh runtime operator gateway demo

test: ## Run all tests: units, envtest suites, the runtime against the simulator
	@hack/make/test.sh

test-short: ## Run only the tests that need no control plane
	@hack/make/test.sh --short

lint: ## Check formatting and code (golangci-lint is built on first use)
	@hack/make/lint.sh

vet: ## Run go vet, which needs no other tool
	@go vet ./...

clean: ## Remove build output; keeps caches outside the checkout
	rm -rf bin dist
