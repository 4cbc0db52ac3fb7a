package packaging

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	metaac "k8s.io/client-go/applyconfigurations/meta/v1"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
	wasession "github.com/wasession/wasession/api/v1alpha1/applyconfiguration/api/v1alpha1"
)

// The typed apply configurations work on the wire: two owners share the status
// by condition type, and what one leaves out is removed.
func TestStatusApply(t *testing.T) {
	create(t, session(t, "applied", ""))
	apply := func(owner string, status *wasession.WhatsAppSessionStatusApplyConfiguration) {
		t.Helper()
		object := wasession.WhatsAppSession("applied", namespace).WithStatus(status)
		if err := api.Status().Apply(t.Context(), object, client.FieldOwner(owner), client.ForceOwnership); err != nil {
			t.Fatal(err)
		}
	}
	condition := func(kind string) *metaac.ConditionApplyConfiguration {
		return metaac.Condition().WithType(kind).WithStatus(metav1.ConditionFalse).WithReason(v1alpha1.ReasonProgressing).
			WithMessage("").WithLastTransitionTime(metav1.NewTime(time.Unix(1, 0)))
	}
	get := func() v1alpha1.WhatsAppSessionStatus {
		t.Helper()
		object := &v1alpha1.WhatsAppSession{}
		if err := api.Get(t.Context(), client.ObjectKey{Namespace: namespace, Name: "applied"}, object); err != nil {
			t.Fatal(err)
		}
		return object.Status
	}
	apply("operator", wasession.WhatsAppSessionStatus().WithObservedGeneration(1).WithPhase(v1alpha1.PhaseWorking).
		WithMe(wasession.AccountStatus().WithID("15551234567@c.us")).
		WithChats(wasession.ChatsStatus().WithTotal(3).WithArchived(0).WithUnread(1)).
		WithConditions(condition(v1alpha1.ConditionReady), condition(v1alpha1.ConditionPaired)))
	apply("other", wasession.WhatsAppSessionStatus().WithConditions(condition("example.com/Audited")))
	if status := get(); len(status.Conditions) != 3 || status.Me.ID != "15551234567@c.us" || status.Chats.Total != 3 {
		t.Errorf("after two owners the status is %+v", status)
	}
	apply("operator", wasession.WhatsAppSessionStatus().WithObservedGeneration(1).WithConditions(condition(v1alpha1.ConditionReady)))
	if status := get(); len(status.Conditions) != 2 || status.Me != nil || status.Phase != "" {
		t.Errorf("after leaving fields out the status is %+v", status)
	}
}

// `kubectl get was` shows what people look for first.
func TestColumns(t *testing.T) {
	create(t, session(t, "columns", ""))
	config := rest.CopyConfig(cluster)
	config.APIPath, config.GroupVersion, config.NegotiatedSerializer = "/apis", &v1alpha1.GroupVersion, scheme.Codecs.WithoutConversion()
	http, err := rest.RESTClientFor(config)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := http.Get().Namespace(namespace).Resource(v1alpha1.Resource).
		SetHeader("Accept", "application/json;as=Table;g=meta.k8s.io;v=v1").Do(t.Context()).Raw()
	if err != nil {
		t.Fatal(err)
	}
	var table metav1.Table
	if err := json.Unmarshal(raw, &table); err != nil {
		t.Fatal(err)
	}
	var names, wide []string
	for _, column := range table.ColumnDefinitions {
		if column.Priority > 0 {
			wide = append(wide, column.Name)
			continue
		}
		names = append(names, column.Name)
	}
	wantEqual(t, names, []string{"Name", "Phone", "Status", "Ready", "Reason", "Updated", "Age"})
	wantEqual(t, wide, []string{"Node", "Version", "URL", "Message"})
}

// Sessions can be selected by state in the API server, without reading all.
func TestSelectableFields(t *testing.T) {
	create(t, session(t, "running", ""))
	create(t, session(t, "stopped", "state: Stopped"))
	var list v1alpha1.WhatsAppSessionList
	if err := api.List(t.Context(), &list, client.InNamespace(namespace), client.MatchingFields{"spec.state": "Stopped"}); err != nil {
		t.Fatal(err)
	}
	if len(list.Items) != 1 || list.Items[0].Name != "stopped" {
		t.Errorf("stopped sessions are %+v", list.Items)
	}
}

// kubectl finds sessions by their short names and by their category.
func TestNames(t *testing.T) {
	crd := render(t, "kustomize", "config/crd").one(t, "CustomResourceDefinition", "whatsappsessions.wasession.dev")
	wantEqual(t, crd.Object["spec"].(map[string]any)["names"], map[string]any{
		"kind": "WhatsAppSession", "listKind": "WhatsAppSessionList", "plural": v1alpha1.Resource, "singular": "whatsappsession",
		"shortNames": []any{"was", "wasession"}, "categories": []any{"whatsapp"},
	})
}

// Every reason is a word that the API server accepts, has a constant named
// after its value or more specific than it, and is in the reference.
func TestReasons(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, "api", "v1alpha1", "conditions.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	reference := string(read(t, "docs", "reference", "conditions.md"))
	word := regexp.MustCompile(`^"[A-Z][A-Za-z]*"$`)
	seen := map[string]string{}
	ast.Inspect(file, func(node ast.Node) bool {
		constant, ok := node.(*ast.ValueSpec)
		if !ok {
			return true
		}
		name, value := constant.Names[0].Name, constant.Values[0].(*ast.BasicLit).Value
		if !word.MatchString(value) {
			t.Errorf("%s is %s", name, value)
		}
		key := name[:3] + value // conditions and reasons are separate
		if seen[key] != "" {
			t.Errorf("%s and %s are both %s", name, seen[key], value)
		}
		seen[key] = name
		if !strings.Contains(reference, "| `"+strings.Trim(value, `"`)+"` |") {
			t.Errorf("the reference lacks %s: run make manifests", value)
		}
		return true
	})
	if len(seen) < 40 {
		t.Errorf("found only %d constants: the test looks at the wrong file", len(seen))
	}
}
