package command

import (
	"flag"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/wasession/wasession/controllers"
)

func parse(t *testing.T, args ...string) (*options, controllers.Options, error) {
	t.Helper()
	flags := flag.NewFlagSet("test", flag.ContinueOnError)
	o := newOptions(flags)
	if err := flags.Parse(args); err != nil {
		t.Fatal(err)
	}
	c, err := o.controller()
	return o, c, err
}

const rootKey = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

func TestFlagsThatMakeNoSenseAreNamed(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"no image":             {nil, "--runtime-image is required"},
		"pull policy":          {[]string{"--runtime-image=x", "--runtime-image-pull-policy=Sometimes"}, "--runtime-image-pull-policy"},
		"no reconciles":        {[]string{"--runtime-image=x", "--max-concurrent-reconciles=0"}, "--max-concurrent-reconciles"},
		"negative rate":        {[]string{"--runtime-image=x", "--kube-api-qps=-1"}, "--kube-api-qps"},
		"no patience":          {[]string{"--runtime-image=x", "--stall-after=0s"}, "--stall-after"},
		"endpoint alone":       {[]string{"--runtime-image=x", "--whatsapp-endpoint=http://a:1"}, "both or neither"},
		"root key alone":       {[]string{"--runtime-image=x", "--whatsapp-root-key=" + rootKey}, "both or neither"},
		"endpoint of TLS":      {[]string{"--runtime-image=x", "--whatsapp-endpoint=https://a:1", "--whatsapp-root-key=" + rootKey}, "--whatsapp-endpoint must be"},
		"short root key":       {[]string{"--runtime-image=x", "--whatsapp-endpoint=http://a:1", "--whatsapp-root-key=00"}, "64 hex"},
		"memory without unit?": {[]string{"--runtime-image=x", "--runtime-memory-limit=lots"}, "--runtime-memory-limit"},
		"certificate alone":    {[]string{"--runtime-image=x", "--metrics-cert-dir=/certs"}, "--metrics-secure"},
		"negative cpu":         {[]string{"--runtime-image=x", "--runtime-cpu-request=-1"}, "--runtime-cpu-request"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, _, err := parse(t, c.args...); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error is %v, want …%s…", err, c.want)
			}
		})
	}
}

func TestFlagsReachTheController(t *testing.T) {
	o, c, err := parse(t, "--runtime-image=x", "--watch-namespaces= a,b,,", "--stall-after=2m", "--metrics-namespaces=a,b", "--metrics-namespaces=c",
		"--whatsapp-endpoint=http://127.0.0.1:9000", "--whatsapp-root-key="+rootKey, "--runtime-cpu-request=")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := o.namespaces(), []string{"a", "b"}; !reflect.DeepEqual(got, want) {
		t.Errorf("namespaces are %v, want %v", got, want)
	}
	if got, want := c.Settings.MetricsNamespaces, []string{"a", "b", "c"}; !reflect.DeepEqual(got, want) {
		t.Errorf("metrics are open to %v, want %v", got, want)
	}
	if c.Patience.Wait != 2*time.Minute {
		t.Errorf("patience is %+v", c.Patience)
	}
	if c.MaxConcurrentReconciles != 10 {
		t.Errorf("%d sessions are reconciled at the same time", c.MaxConcurrentReconciles)
	}
	s := c.Settings
	if s.RuntimeImage != "x" || s.WhatsAppEndpoint != "http://127.0.0.1:9000" || s.WhatsAppRootKey != rootKey {
		t.Errorf("settings are %+v", s)
	}
	if !s.AllowLoopback {
		t.Error("with a simulator on this machine, what sessions name may not be on it")
	}
	if !s.Resources.Requests.Cpu().IsZero() || s.Resources.Limits.Memory().String() != "256Mi" {
		t.Errorf("resources are %+v", s.Resources)
	}
}

func TestEgressFlags(t *testing.T) {
	_, c, err := parse(t, "--runtime-image=x", "--egress-allow=10.0.0.0/8,files.crm.svc", "--egress-allow=*.example.com",
		"--whatsapp-endpoint=http://sim.test.svc:9000", "--whatsapp-root-key="+rootKey)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"10.0.0.0/8", "files.crm.svc", "*.example.com"}; !reflect.DeepEqual(c.Settings.EgressAllow, want) || c.Settings.AllowLoopback {
		t.Errorf("allowed are %v, loopback %t", c.Settings.EgressAllow, c.Settings.AllowLoopback)
	}
	if _, c, _ = parse(t, "--runtime-image=x", "--egress-allow-loopback"); !c.Settings.AllowLoopback {
		t.Error("loopback is not allowed")
	}
	o := newOptions(flag.NewFlagSet("test", flag.ContinueOnError))
	if err := o.addEgress("10.0.0.0/8,http://example.com"); err == nil || !strings.Contains(err.Error(), "must be a CIDR") {
		t.Errorf("a URL: %v", err)
	}
}
