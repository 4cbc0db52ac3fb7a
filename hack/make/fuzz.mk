.PHONY: fuzz

FUZZTIME ?= 5s

fuzz: ## Fuzz everything that reads foreign bytes, each target for FUZZTIME (5s; FUZZTIME=1h for long, ONLY=name for one)
	@FUZZTIME="$(FUZZTIME)" ONLY="$(ONLY)" hack/make/fuzz.sh
