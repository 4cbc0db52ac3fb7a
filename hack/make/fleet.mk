# The operator with a fleet: see docs/performance.md.

.PHONY: perf-fleet

perf-fleet: ## Benchmark the operator with 1,000 sessions on a real API server (SESSIONS=100 for fewer)
	@hack/make/build.sh operator
	@hack/make/progress.sh "build: fleet" go build -o bin/wasession-fleet ./test/perf/fleet
	@bin/wasession-fleet --sessions "$(or $(SESSIONS),1000)"
