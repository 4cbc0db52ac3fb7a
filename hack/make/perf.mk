# Performance: see docs/performance.md.

.PHONY: perf

perf: ## Run the benchmarks against the thresholds in test/perf (ONLY=import runs one section)
	@hack/make/build.sh runtime bare
	@CGO_ENABLED=0 hack/make/progress.sh "build: perf" go build -o bin/wasession-perf ./test/perf
	@bin/wasession-perf --runtime bin/wasession-runtime --bare bin/wasession-bare --only "$(ONLY)"
