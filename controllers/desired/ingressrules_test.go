package desired

import (
	"reflect"
	"testing"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/wasession/wasession/api/v1alpha1"
)

func TestWhoMayReachTheAPI(t *testing.T) {
	for name, c := range map[string]struct {
		own, fleet []string
		want       []string // none: everyone
	}{
		"nobody is named":          {},
		"the session names one":    {own: []string{"ingress"}, want: []string{"crm", "ingress", "wasession-system"}},
		"the operator names one":   {fleet: []string{"gateways"}, want: []string{"crm", "gateways", "wasession-system"}},
		"both name some":           {own: []string{"n8n", "gateways"}, fleet: []string{"gateways"}, want: []string{"crm", "gateways", "n8n", "wasession-system"}},
		"the session names itself": {own: []string{"crm"}, want: []string{"crm", "wasession-system"}},
	} {
		s := &v1alpha1.WhatsAppSession{ObjectMeta: metav1.ObjectMeta{Name: "sales", Namespace: "crm"}}
		s.Spec.API = &v1alpha1.APISpec{AllowedNamespaces: c.own}
		settings := Settings{AllowedNamespaces: c.fleet, OperatorNamespace: "wasession-system"}
		policy := typed[networkingv1.NetworkPolicy](t, NetworkPolicy(s, settings, nil))
		var got []string
		rule := policy.Spec.Ingress[0]
		for _, peer := range rule.From {
			got = append(got, peer.NamespaceSelector.MatchLabels["kubernetes.io/metadata.name"])
			if peer.PodSelector == nil || len(peer.PodSelector.MatchLabels) > 0 {
				t.Errorf("%s: pods are limited to %v", name, peer.PodSelector)
			}
		}
		if !reflect.DeepEqual(got, c.want) || len(rule.Ports) != 1 || rule.Ports[0].Port.IntValue() != 3000 {
			t.Errorf("%s: allowed are %v on %v, want %v", name, got, rule.Ports, c.want)
		}
	}
}
