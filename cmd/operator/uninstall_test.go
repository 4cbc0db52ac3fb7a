package main

import (
	"flag"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"
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
	if want := (types.NamespacedName{Namespace: "ops", Name: "chat"}); got.Deployment != want || got.Lease != "wasession-operator" {
		t.Errorf("the operator is %v with the lease %q", got.Deployment, got.Lease)
	}
	if !reflect.DeepEqual(got.Namespaces, []string{"crm"}) || u.timeout != 30*time.Second {
		t.Errorf("namespaces are %v, the time limit is %s", got.Namespaces, u.timeout)
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
