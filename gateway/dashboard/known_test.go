package dashboard

import (
	"reflect"
	"testing"

	"k8s.io/apimachinery/pkg/types"

	"github.com/wasession/wasession/gateway/access"
)

// The list tells a visitor nothing of sessions of others, not even that one has gone.
func TestChangesOfOthersAreNotTold(t *testing.T) {
	key := func(namespace, name string) types.NamespacedName {
		return types.NamespacedName{Namespace: namespace, Name: name}
	}
	mine, gone, lost, theirs := key("crm", "sales"), key("crm", "old"), key("hr", "lost"), key("hr", "secret-project")
	v := &visit{identity: identity{caller: access.Key{ID: "k", Namespaces: []string{"crm"}}}}
	got, err := v.known(t.Context(), []types.NamespacedName{mine, gone, lost, theirs},
		map[types.NamespacedName]facts{mine: {}, lost: {}}, map[types.NamespacedName]facts{mine: {}})
	if err != nil {
		t.Fatal(err)
	}
	// One that could be seen a moment ago must leave the page.
	if want := []types.NamespacedName{mine, gone, lost}; !reflect.DeepEqual(got, want) {
		t.Errorf("told of %v, want %v", got, want)
	}
}
