package reach

import (
	"net/http"

	"k8s.io/client-go/rest"
)

// gatewayTransport sends the caller's token, in whichever way the kubeconfig has it,
// and nothing else of the kubeconfig: the gateway's certificate is one of its own, and
// so is the way to it.
func gatewayTransport(config *rest.Config, withToken bool) (http.RoundTripper, error) {
	if !withToken {
		return http.DefaultTransport, nil
	}
	return rest.TransportFor(&rest.Config{
		BearerToken: config.BearerToken, BearerTokenFile: config.BearerTokenFile,
		ExecProvider: config.ExecProvider, AuthProvider: config.AuthProvider, AuthConfigPersister: config.AuthConfigPersister,
	})
}
