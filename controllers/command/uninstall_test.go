package command

import (
	"flag"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"

	"github.com/wasession/wasession/controllers/uninstall"
)

func TestUninstallFlags(t *testing.T) {
	flags := flag.NewFlagSet("test", flag.ContinueOnError)
	u := newUninstallFlags(flags)
	if err := flags.Parse([]string{"--namespace=ops", "--deployment=chat", "--session=crm/sales", "--session=crm/support", "--watch-namespaces=crm", "--timeout=30s"}); err != nil {
		t.Fatal(err)
	}
	got, err := u.uninstall(&rest.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if want := []types.NamespacedName{{Namespace: "crm", Name: "sales"}, {Namespace: "crm", Name: "support"}}; !reflect.DeepEqual(got.Sessions, want) {
		t.Errorf("sessions are %v", got.Sessions)
	}
	if want := []uninstall.Operator{{Deployment: "chat", Lease: "wasession-operator"}}; got.Namespace != "ops" || !reflect.DeepEqual(got.Operators, want) {
		t.Errorf("operators are %v in %s", got.Operators, got.Namespace)
	}
	if !reflect.DeepEqual(got.Namespaces, []string{"crm"}) || u.timeout != 30*time.Second {
		t.Errorf("namespaces are %v, the time limit is %s", got.Namespaces, u.timeout)
	}
}

// Each shard has a Deployment and a lease of its own: those that its operator uses.
func TestEveryShardIsUninstalled(t *testing.T) {
	flags := flag.NewFlagSet("test", flag.ContinueOnError)
	u := newUninstallFlags(flags)
	if err := flags.Parse([]string{"--deployment=chat", "--shard=a", "--shard=b"}); err != nil {
		t.Fatal(err)
	}
	got, err := u.operators()
	if err != nil {
		t.Fatal(err)
	}
	var want []uninstall.Operator
	for deployment, selector := range map[string]string{"chat": "!wasession.dev/shard", "chat-a": "wasession.dev/shard=a", "chat-b": "wasession.dev/shard=b"} {
		shard, err := (&options{watchLabelSelector: selector}).shard()
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, uninstall.Operator{Deployment: deployment, Lease: leaseOf(shard)})
	}
	slices.SortFunc(want, func(a, b uninstall.Operator) int { return strings.Compare(a.Deployment, b.Deployment) })
	if !reflect.DeepEqual(got, want) {
		t.Errorf("operators are %v, want %v", got, want)
	}
}

func TestASessionToUninstallNeedsItsNamespace(t *testing.T) {
	for _, value := range []string{"sales", "/sales", "crm/", ""} {
		flags := flag.NewFlagSet("test", flag.ContinueOnError)
		flags.SetOutput(io.Discard)
		newUninstallFlags(flags)
		if err := flags.Parse([]string{"--session=" + value}); err == nil || !strings.Contains(err.Error(), "not namespace/name") {
			t.Errorf("%q: %v", value, err)
		}
	}
}
