package controllers

import (
	"testing"

	"k8s.io/apimachinery/pkg/types"
)

func TestTheEndOfAPodIsToldOnce(t *testing.T) {
	var ended endedPods
	sales, support := types.NamespacedName{Namespace: "crm", Name: "sales"}, types.NamespacedName{Namespace: "crm", Name: "support"}
	for i, step := range []struct {
		session types.NamespacedName
		pod     types.UID
		want    bool
	}{
		{sales, "1", true}, {sales, "1", false}, {support, "1", true}, {sales, "2", true}, {sales, "2", false},
	} {
		if got := ended.first(step.session, step.pod); got != step.want {
			t.Errorf("step %d: %t, want %t", i, got, step.want)
		}
	}
	ended.forget(sales)
	if len(ended.pods) != 1 {
		t.Errorf("it remembers %v after a session has gone", ended.pods)
	}
}
