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

// envAPIServer is what Kubernetes tells every container of its API server.
const envAPIServer = "KUBERNETES_SERVICE_HOST"

// egressFlags are the flags that say which addresses may be reached.
func egressFlags(f *flag.FlagSet, o *egress.Options) {
	f.Func("egress-allow", "`CIDR or host name`, or several with commas between, that files, link previews, webhooks, S3 and the proxy may be at although it is not public; can be repeated; default: the environment's "+v1.EnvEgressAllow, func(list string) error {
		return addAllowed(o, list)
	})
	f.BoolVar(&o.Loopback, "allow-loopback", true, "let webhooks, S3 and the proxy that the configuration names be on this machine; default: the environment's "+v1.EnvAllowLoopback)
	f.BoolVar(&o.PublicOnly, "refuse-private-addresses", false, "hold webhooks, S3 and the proxy that the configuration names to public addresses too")
	f.BoolVar(&o.EnvironmentProxy, "egress-through-environment-proxy", false, "reach webhooks, S3, files and link previews through the proxy that HTTP_PROXY and HTTPS_PROXY name, which must then keep requests away from what they may not reach")
}

// addAllowed takes a list of --egress-allow or of the environment.
func addAllowed(o *egress.Options, list string) error {
	allow, err := addresses.ParseAllow(strings.Split(list, ","))
	if err != nil {
		return err
	}
	o.Allow.Prefixes = append(o.Allow.Prefixes, allow.Prefixes...)
	o.Allow.Hosts = append(o.Allow.Hosts, allow.Hosts...)
	return nil
}

// egressFromEnv adds what the environment says and no flag does.
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
