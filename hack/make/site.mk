# The documentation as a site: see CONTRIBUTING.md.

.PHONY: site

site: ## Build a site of docs/ into dist/site; fails on dead links (Node 20, SITE_BASE=/path/)
	@hack/make/site.sh
