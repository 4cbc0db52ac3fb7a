package reach

import (
	"errors"
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
	if config.BearerToken == "" && config.BearerTokenFile == "" && config.ExecProvider == nil && config.AuthProvider == nil {
		return nil, errors.New("the kubeconfig has no token for the gateway, only a certificate: " +
			"give one with --token=\"$(kubectl create token SERVICEACCOUNT)\", or a key of the gateway in WASESSION_GATEWAY_KEY")
	}
	return rest.TransportFor(&rest.Config{
		BearerToken: config.BearerToken, BearerTokenFile: config.BearerTokenFile,
		ExecProvider: config.ExecProvider, AuthProvider: config.AuthProvider, AuthConfigPersister: config.AuthConfigPersister,
	})
}
