.PHONY: fuzz

FUZZTIME ?= 5000x

fuzz: ## Fuzz everything that parses untrusted bytes, FUZZTIME=5000x inputs per target (ONLY=name runs one)
	@FUZZTIME="$(FUZZTIME)" ONLY="$(ONLY)" hack/make/fuzz.sh

.PHONY: vuln
vuln: ## Check the dependencies for known vulnerabilities (needs vuln.go.dev)
	@go run golang.org/x/vuln/cmd/govulncheck@v1.9.0 ./...
