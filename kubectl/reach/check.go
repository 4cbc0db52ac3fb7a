package reach

import (
	"errors"
	"net/url"

	"k8s.io/client-go/rest"
)

// Check says what is wrong with the options for a caller with this configuration. Later
// would be too late: a way that does not open is tried again.
func (o Options) Check(config *rest.Config) error {
	if o.Gateway == "" {
		return nil
	}
	base, err := url.Parse(o.Gateway)
	switch {
	case o.Direct:
		return errors.New("--gateway and --direct exclude each other")
	case err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https":
		return errors.New("--gateway must be a URL such as https://wa.example.com")
	case o.GatewayKey != "":
		return nil
	case config.Impersonate.UserName != "":
		return errors.New("--as does not reach the gateway, which knows callers by their tokens: " +
			"give one with --token, or a key of the gateway in WASESSION_GATEWAY_KEY, and leave --as out")
	case config.BearerToken == "" && config.BearerTokenFile == "" && config.ExecProvider == nil && config.AuthProvider == nil:
		return errors.New("the kubeconfig has no token for the gateway, only a certificate: " +
			"give one with --token=\"$(kubectl create token SERVICEACCOUNT)\", or a key of the gateway in WASESSION_GATEWAY_KEY")
	}
	return nil
}
