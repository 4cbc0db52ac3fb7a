package packaging

import (
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
)

// salesFleet are the sessions of config/samples/fleet/sales, with their accounts.
var salesFleet = map[string]string{
	"sales/berlin": "4915112345601", "sales/hamburg": "4915112345602", "sales/munich": "4915112345603",
	"sales/cologne": "4915112345604", "sales/vienna": "4366012345605", "sales/zurich": "41791234566",
	"sales/hotline": "4915112345607",
}

// The sample of a fleet gives every number what the component says, and one number
// what only that one has.
func TestFleetSample(t *testing.T) {
	all := render(t, "kustomize", "config/samples/fleet/sales")
	wantFleet(t, all, salesFleet)
	for name, want := range map[string]string{"berlin": "5Gi", "hotline": "50Gi"} {
		size, _, err := unstructured.NestedString(all.one(t, v1alpha1.Kind, name).Object, "spec", "storage", "claim", "size")
		if err != nil || size != want {
			t.Errorf("%s has a volume of %s (%v), want %s", name, size, err, want)
		}
	}
}

// wantFleet applies sessions, and checks that the API server then has the wanted ones
// with their accounts, and with what the component shared says.
func wantFleet(t *testing.T, sessions objects, want map[string]string) {
	t.Helper()
	for _, session := range sessions {
		ensureNamespace(t, session.GetNamespace())
	}
	install(t, sessions)
	list := &v1alpha1.WhatsAppSessionList{}
	if err := api.List(t.Context(), list, client.MatchingLabels{"app.kubernetes.io/part-of": "fleet"}); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, session := range list.Items {
		got[session.Namespace+"/"+session.Name] = session.Spec.Pairing.Account
		if len(session.Spec.Webhooks) != 1 || session.Spec.Webhooks[0].Name != "crm" {
			t.Errorf("%s has the webhooks %v", session.Name, session.Spec.Webhooks)
		}
	}
	wantEqual(t, got, want)
}
