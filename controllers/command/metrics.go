package command

import (
	"errors"
	"flag"

	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"
)

// metricsOptions are the flags about the operator's own metrics.
type metricsOptions struct {
	address, certDir string
	secure           bool
}

func (m *metricsOptions) register(flags *flag.FlagSet) {
	flags.StringVar(&m.address, "metrics-bind-address", ":8080", "The address that serves metrics, over plain HTTP unless --metrics-secure is set; 0 disables them.")
	flags.BoolVar(&m.secure, "metrics-secure", false, "Serve metrics over TLS, and only to callers whose token may get the path /metrics. Needs the right to create tokenreviews and subjectaccessreviews.")
	flags.StringVar(&m.certDir, "metrics-cert-dir", "", "The folder with tls.crt and tls.key for --metrics-secure, read again when they change. Defaults to a certificate made at the start.")
}

func (m *metricsOptions) check() error {
	if m.certDir != "" && !m.secure {
		return errors.New("--metrics-cert-dir is for --metrics-secure: set both, or neither")
	}
	return nil
}

// server are the options of the server that these flags ask for.
func (m *metricsOptions) server() metricsserver.Options {
	options := metricsserver.Options{BindAddress: m.address}
	if m.secure {
		options.SecureServing, options.CertDir = true, m.certDir
		options.FilterProvider = onlyReaders
	}
	return options
}
