package main

import (
	"flag"
	"fmt"
	"strconv"
	"strings"

	"github.com/wasession/wasession/api/addresses"
	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/egress"
)

// envAPIServer is the variable in which Kubernetes gives every container the
// address of its API server.
const envAPIServer = "KUBERNETES_SERVICE_HOST"

// egressFlags defines the flags for the addresses that may be contacted.
func egressFlags(f *flag.FlagSet, o *egress.Options) {
	f.Func("egress-allow", "comma-separated `CIDRs or host names` that files, link previews, webhooks, S3 and the proxy may use although they are not public; may be repeated (default: "+v1.EnvEgressAllow+")", func(list string) error {
		return addAllowed(o, list)
	})
	f.BoolVar(&o.Loopback, "allow-loopback", true, "allow webhooks, S3 and the proxy in the configuration to be on this machine; "+v1.EnvAllowLoopback+" overrides the default")
	f.BoolVar(&o.PublicOnly, "refuse-private-addresses", false, "allow only public addresses for webhooks, S3 and the proxy in the configuration")
	f.BoolVar(&o.EnvironmentProxy, "egress-through-environment-proxy", false, "use the proxy in HTTP_PROXY and HTTPS_PROXY for webhooks, S3, files and link previews; it must then block forbidden addresses itself")
}

// addAllowed adds a list from --egress-allow or the environment.
func addAllowed(o *egress.Options, list string) error {
	allow, err := addresses.ParseAllow(strings.Split(list, ","))
	if err != nil {
		return err
	}
	o.Allow.Prefixes = append(o.Allow.Prefixes, allow.Prefixes...)
	o.Allow.Hosts = append(o.Allow.Hosts, allow.Hosts...)
	return nil
}

// egressFromEnv adds settings from the environment that no flag sets.
func egressFromEnv(f *flag.FlagSet, o *egress.Options, getenv func(string) string) error {
	o.APIServer = getenv(envAPIServer)
	given := map[string]bool{}
	f.Visit(func(flag *flag.Flag) { given[flag.Name] = true })
	if list := getenv(v1.EnvEgressAllow); list != "" && !given["egress-allow"] {
		if err := addAllowed(o, list); err != nil {
			return fmt.Errorf("%s: %w", v1.EnvEgressAllow, err)
		}
	}
	if text := getenv(v1.EnvAllowLoopback); text != "" && !given["allow-loopback"] {
		loopback, err := strconv.ParseBool(text)
		if err != nil {
			return fmt.Errorf("%s must be true or false", v1.EnvAllowLoopback)
		}
		o.Loopback = loopback
	}
	return nil
}
