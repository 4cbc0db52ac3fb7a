package controllers

import (
	"fmt"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

func TestAFailingSessionIsTriedAtLeastOnceAMinute(t *testing.T) {
	limiter := backoff()
	failing := reconcile.Request{NamespacedName: types.NamespacedName{Namespace: "crm", Name: "sales"}}
	if first := limiter.When(failing); first > 10*time.Millisecond {
		t.Errorf("the first attempt waits %s", first)
	}
	var last time.Duration
	for range 100 {
		last = limiter.When(failing)
	}
	if last != time.Minute {
		t.Errorf("after many failures it waits %s", last)
	}
	// Failures of one, or of thousands, are no matter of another.
	for i := range 1000 {
		limiter.When(reconcile.Request{NamespacedName: types.NamespacedName{Namespace: "crm", Name: fmt.Sprint(i)}})
	}
	other := reconcile.Request{NamespacedName: types.NamespacedName{Namespace: "crm", Name: "support"}}
	if wait := limiter.When(other); wait > 10*time.Millisecond {
		t.Errorf("another session waits %s", wait)
	}
}
