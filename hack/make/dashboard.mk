.PHONY: chromium test-dashboard

chromium: ## Install Debian's Chromium, which the dashboard's tests run in, where there is none
	@hack/make/chromium.sh

test-dashboard: chromium ## Run the dashboard's tests in Chromium; SCREENSHOTS=DIR keeps pictures of the pages
	@KUBEBUILDER_ASSETS=$$(hack/assets/envtest.sh) CGO_ENABLED=0 hack/make/progress.sh "test: dashboard" go test -timeout 20m ./test/dashboard

.PHONY: screenshots

screenshots: chromium demo-binaries ## Take the pictures of the dashboard that the documentation shows, from the demo
	@hack/make/progress.sh "build: screenshots" go build -o bin/wasession-screenshots ./hack/screenshots
	@bin/wasession-screenshots
