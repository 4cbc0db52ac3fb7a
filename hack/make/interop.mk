# The simulator and the runtime with a second client: see docs/simulator.md.

.PHONY: interop

interop: ## Run Baileys against the simulator, alone and beside a runtime (Node 20, UPDATE=1 writes docs/simulator.md)
	@hack/make/interop.sh $(if $(UPDATE),--update)
