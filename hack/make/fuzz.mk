.PHONY: fuzz

FUZZTIME ?= 5s

fuzz: ## Fuzz everything that reads foreign bytes, each target for FUZZTIME (5s; FUZZTIME=1h for long, ONLY=name for one)
	@FUZZTIME="$(FUZZTIME)" ONLY="$(ONLY)" hack/make/fuzz.sh

.PHONY: vuln
vuln: ## Check the dependencies for known vulnerabilities (needs vuln.go.dev)
	@go run golang.org/x/vuln/cmd/govulncheck@v1.9.0 ./...
