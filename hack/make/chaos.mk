# The operator and a fleet under every kind of disturbance: see docs/chaos.md.

.PHONY: chaos

chaos: ## Disturb the operator and 200 sessions for 30 minutes (DURATION=1m for less, SEED=n repeats a run)
	@hack/make/build.sh operator
	@CGO_ENABLED=0 hack/make/progress.sh "build: chaos" go build -o bin/wasession-chaos ./test/chaos
	@bin/wasession-chaos --duration "$(or $(DURATION),30m)" --sessions "$(or $(SESSIONS),200)" --seed "$(or $(SEED),0)"
