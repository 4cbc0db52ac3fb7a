# The operator with a fleet: see docs/performance.md.

.PHONY: perf-fleet perf-shards fleet-build

perf-fleet: fleet-build ## Benchmark the operator with 1,000 sessions on a real API server (SESSIONS=100 for fewer, QUIET=10m for longer)
	@bin/wasession-fleet --sessions "$(or $(SESSIONS),1000)" --quiet "$(or $(QUIET),1m)"

perf-shards: fleet-build ## Benchmark 10,000 sessions with an operator for each of three shards (SESSIONS=300 for fewer)
	@bin/wasession-fleet --shards 3 --sessions "$(or $(SESSIONS),10000)" --quiet "$(or $(QUIET),1m)"

fleet-build:
	@hack/make/build.sh operator
	@hack/make/progress.sh "build: fleet" go build -o bin/wasession-fleet ./test/perf/fleet

.PHONY: perf-gateway

perf-gateway: ## Benchmark the gateway in front of 1,000 sessions (SESSIONS=100 for fewer)
	@hack/make/build.sh gateway
	@hack/make/progress.sh "build: gateway's benchmark" go build -o bin/wasession-gateway-perf ./test/perf/gateway
	@bin/wasession-gateway-perf --sessions "$(or $(SESSIONS),1000)"
