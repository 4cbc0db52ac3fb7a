package cluster

import (
	"errors"

	"github.com/spf13/pflag"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// Flags are kubectl's flags that say which cluster, as whom, and which namespace.
type Flags struct {
	rules     *clientcmd.ClientConfigLoadingRules
	overrides clientcmd.ConfigOverrides
	// Version is told to the API server.
	Version string
}

// NewFlags returns the flags with their defaults: KUBECONFIG and the current context.
func NewFlags(version string) *Flags {
	return &Flags{rules: clientcmd.NewDefaultClientConfigLoadingRules(), Version: version}
}

// Bind adds the flags to a command.
func (f *Flags) Bind(flags *pflag.FlagSet) {
	flags.StringVar(&f.rules.ExplicitPath, "kubeconfig", "", "Path to the kubeconfig file to use for CLI requests.")
	clientcmd.BindOverrideFlags(&f.overrides, flags, clientcmd.RecommendedConfigOverrideFlags(""))
}

func (f *Flags) loader() clientcmd.ClientConfig {
	return clientcmd.NewNonInteractiveDeferredLoadingClientConfig(f.rules, &f.overrides)
}

// Contexts are the names of the contexts in the kubeconfig, for completion.
func (f *Flags) Contexts() (names []string) {
	config, err := f.loader().RawConfig()
	if err != nil {
		return nil
	}
	for name := range config.Contexts {
		names = append(names, name)
	}
	return names
}

// Connect returns the cluster that the flags say.
func (f *Flags) Connect() (*Cluster, error) {
	config, err := f.loader().ClientConfig()
	if clientcmd.IsEmptyConfig(err) {
		return nil, errors.New("no cluster is configured: set KUBECONFIG, or name a file with --kubeconfig")
	}
	if err != nil {
		return nil, err
	}
	namespace, _, err := f.loader().Namespace()
	if err != nil {
		return nil, err
	}
	config.UserAgent = "kubectl-wasession/" + f.Version
	config.QPS = -1 // the API server's priority and fairness decide
	return New(rest.CopyConfig(config), namespace)
}
