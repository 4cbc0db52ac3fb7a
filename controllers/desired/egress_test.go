package desired

import (
	"encoding/json"
	"net/netip"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/wasession/wasession/api/addresses"
	"github.com/wasession/wasession/api/v1alpha1"
)

// policyOf returns the egress rules of a session's policy as the API server sees them.
func policyOf(t *testing.T, s *v1alpha1.WhatsAppSession, settings Settings, services Services) []networkingv1.NetworkPolicyEgressRule {
	t.Helper()
	raw, err := json.Marshal(NetworkPolicy(s, settings, services))
	if err != nil {
		t.Fatal(err)
	}
	var policy networkingv1.NetworkPolicy
	if err := json.Unmarshal(raw, &policy); err != nil {
		t.Fatal(err)
	}
	return policy.Spec.Egress
}

// blocksAllow reports whether the rules' IP blocks allow an address, as a network
// plugin evaluates them.
func blocksAllow(rules []networkingv1.NetworkPolicyEgressRule, address netip.Addr) bool {
	for _, rule := range rules {
		for _, peer := range rule.To {
			if peer.IPBlock == nil || !netip.MustParsePrefix(peer.IPBlock.CIDR).Contains(address) {
				continue
			}
			excepted := false
			for _, except := range peer.IPBlock.Except {
				excepted = excepted || netip.MustParsePrefix(except).Contains(address)
			}
			if !excepted {
				return true
			}
		}
	}
	return false
}

// The policy and the runtime agree on what is public: both use one table.
func TestPolicyAgreesWithTheTable(t *testing.T) {
	rules := policyOf(t, load(t, "minimal"), Settings{}, nil)
	check := func(address netip.Addr) {
		t.Helper()
		if got, want := blocksAllow(rules, address), addresses.Judge(address) == addresses.Public; got != want {
			t.Errorf("%s: the policy says %t, the table %t", address, got, want)
		}
	}
	for _, list := range [][]addresses.Block{addresses.Registry, addresses.Beside} {
		for _, block := range list {
			first, last := block.Prefix.Addr(), lastOf(block.Prefix)
			for _, address := range []netip.Addr{first, last, first.Prev(), last.Next()} {
				if !address.IsValid() {
					continue
				}
				check(address)
				if address.Is4() {
					b, v4 := addresses.NAT64.Addr().As16(), address.As4()
					copy(b[12:], v4[:])
					check(netip.AddrFrom16(b))
				}
			}
		}
	}
	for _, address := range []string{"1.1.1.1", "8.8.8.8", "2a00:1450::1", "2606:4700::1111", "64:ff9b::8.8.8.8"} {
		check(netip.MustParseAddr(address))
	}
}

func lastOf(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for i := p.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 0x80 >> (i % 8)
	}
	address, _ := netip.AddrFromSlice(b)
	return address
}

func withWebhook(t *testing.T, url string) *v1alpha1.WhatsAppSession {
	t.Helper()
	s := load(t, "minimal")
	s.Spec.Webhooks = []v1alpha1.WebhookSpec{{URL: url}}
	return s
}

// extra returns the rules besides DNS and public addresses, in short form.
func extra(t *testing.T, rules []networkingv1.NetworkPolicyEgressRule) string {
	t.Helper()
	raw, err := json.Marshal(rules[2:])
	if err != nil {
		t.Fatal(err)
	}
	short := strings.NewReplacer("namespaceSelector:{matchLabels:{kubernetes.io/metadata.name:", "ns:{", "matchLabels:", "", "protocol:TCP,", "")
	return short.Replace(strings.ReplaceAll(string(raw), `"`, ""))
}

func TestServicesInThePolicy(t *testing.T) {
	app := map[string]string{"app": "hook"}
	tcp := func(port int32, to intstr.IntOrString) corev1.ServicePort {
		return corev1.ServicePort{Port: port, TargetPort: to, Protocol: corev1.ProtocolTCP}
	}
	all := Services{
		{Namespace: "other", Name: "hook"}:     service("10.96.0.9", app, tcp(80, intstr.FromInt32(8080)), tcp(443, intstr.FromString("tls")), corev1.ServicePort{Port: 80, Protocol: corev1.ProtocolUDP}),
		{Namespace: "crm", Name: "near"}:       service("10.96.0.8", app, tcp(80, intstr.IntOrString{})),
		{Namespace: "other", Name: "headless"}: service(corev1.ClusterIPNone, app, tcp(80, intstr.FromInt32(8080))),
		{Namespace: "other", Name: "manual"}:   service("10.96.0.7", nil, tcp(80, intstr.FromInt32(8080))),
		{Namespace: "unseen", Name: "hook"}:    nil,
		{Namespace: "com", Name: "example"}:    nil,
	}
	const hook = "[{ports:[{port:8080}],to:[{podSelector:{{app:hook}},ns:{other}}}]}]"
	for url, want := range map[string]string{
		"http://hook.other.svc/x":                     hook,
		"http://HOOK.other.svc.cluster.local.:80/x":   hook,
		"http://hook.other/x":                         hook,
		"https://hook.other.svc":                      "[{ports:[{port:tls}],to:[{podSelector:{{app:hook}},ns:{other}}}]}]",
		"http://hook.other.svc:81":                    "[]",
		"http://near/x":                               "[{ports:[{port:80}],to:[{podSelector:{{app:hook}},ns:{crm}}}]}]",
		"http://near.other.svc/x":                     "[]",
		"http://headless.other.svc:8080":              "[{ports:[{port:8080}],to:[{podSelector:{{app:hook}},ns:{other}}}]}]",
		"http://pod-0.headless.other.svc.example:900": "[{ports:[{port:900}],to:[{podSelector:{{app:hook}},ns:{other}}}]}]",
		"http://manual.other.svc":                     "[]",
		"http://hook.unseen.svc":                      "[{to:[{podSelector:{},ns:{unseen}}}]}]",
		"https://hooks.example.com":                   "[]",
		"https://example.com":                         "[]",
		"http://hook.unseen":                          "[]",
		"http://10.1.2.3:8080/x":                      "[{ports:[{port:8080}],to:[{ipBlock:{cidr:10.1.2.3/32}}]}]",
		"https://[fd00:1::5]/x":                       "[{ports:[{port:443}],to:[{ipBlock:{cidr:fd00:1::5/128}}]}]",
		"http://8.8.8.8/":                             "[]",
		"http://169.254.169.254/":                     "[]",
		"http://127.0.0.1:1/":                         "[]",
		"http://[64:ff9b::169.254.169.254]/":          "[]",
	} {
		if got := extra(t, policyOf(t, withWebhook(t, url), Settings{}, all)); got != want {
			t.Errorf("%s adds\n%s, want\n%s", url, got, want)
		}
	}
}

func TestAllowedInThePolicy(t *testing.T) {
	s := load(t, "minimal")
	s.Spec.Storage.Media = &v1alpha1.MediaSpec{Type: v1alpha1.MediaS3, S3: &v1alpha1.S3Spec{Endpoint: "http://minio.s3.svc:9000"}}
	s.Spec.Proxy = &v1alpha1.ProxySpec{URL: "socks5://10.7.7.7"}
	s.Spec.Egress = &v1alpha1.EgressSpec{Allow: []v1alpha1.EgressTarget{"10.1.2.3/16", "169.254.20.10", "files.crm.svc", "*.corp.example.com"}}
	services := Services{
		{Namespace: "s3", Name: "minio"}: service("10.96.0.9", map[string]string{"app": "minio"}, corev1.ServicePort{Port: 9000, TargetPort: intstr.FromInt32(9001)}),
		{Namespace: "crm", Name: "files"}: service("10.96.0.8", map[string]string{"app": "files"},
			corev1.ServicePort{Port: 80, TargetPort: intstr.FromInt32(8080)}, corev1.ServicePort{Port: 443, TargetPort: intstr.FromInt32(8443)}),
	}
	settings := Settings{WhatsAppEndpoint: "http://10.9.9.9:9000", EgressAllow: []string{"fd00::/8"}}
	const want = "[{to:[{ipBlock:{cidr:fd00::/8}},{ipBlock:{cidr:10.1.0.0/16}},{ipBlock:{cidr:169.254.20.10/32}}]}," +
		"{ports:[{port:9001}],to:[{podSelector:{{app:minio}},ns:{s3}}}]}," +
		"{ports:[{port:1080}],to:[{ipBlock:{cidr:10.7.7.7/32}}]}," +
		"{ports:[{port:9000}],to:[{ipBlock:{cidr:10.9.9.9/32}}]}," +
		"{ports:[{port:8080},{port:8443}],to:[{podSelector:{{app:files}},ns:{crm}}}]}]"
	if got := extra(t, policyOf(t, s, settings, services)); got != want {
		t.Errorf("the policy adds\n%s, want\n%s", got, want)
	}
}
