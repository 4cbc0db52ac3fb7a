package controllers

import (
	"context"
	"fmt"
	"sync"

	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/resourceversion"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
)

// report writes the status if it differs from the one there is, and records the
// transitions as Events.
func (r *Reconciler) report(ctx context.Context, s *scope, after v1alpha1.WhatsAppSessionStatus) error {
	before := s.session.Status
	if equality.Semantic.DeepEqual(before, after) {
		return nil
	}
	fields, err := runtime.DefaultUnstructuredConverter.ToUnstructured(&after)
	if err != nil {
		return fmt.Errorf("encoding the status: %w", err)
	}
	object := &unstructured.Unstructured{Object: map[string]any{"status": fields}}
	object.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind(v1alpha1.Kind))
	object.SetNamespace(s.session.Namespace)
	object.SetName(s.session.Name)
	object.SetUID(s.session.UID) // never write to a new session of the same name
	err = r.Status().Apply(ctx, client.ApplyConfigurationFromUnstructured(object), fieldOwner, client.ForceOwnership)
	if apierrors.IsNotFound(err) {
		return nil // the session has been deleted
	}
	if err != nil {
		return fmt.Errorf("writing the status: %w", err)
	}
	r.written.remember(s.key(), s.session.UID, object.GetResourceVersion(), after)
	for _, t := range transitions(before, after) {
		r.event(s.session, t.eventType, t.reason, t.action, "%s", t.note)
	}
	return nil
}

// statusMemo holds written statuses that the cache may not show yet. Without
// it, a reconcile that follows immediately would see the previous status and
// record the same transition twice.
type statusMemo struct {
	mu      sync.Mutex
	entries map[types.NamespacedName]memo
}

type memo struct {
	uid     types.UID
	version string
	status  v1alpha1.WhatsAppSessionStatus
}

func (m *statusMemo) remember(key types.NamespacedName, uid types.UID, version string, status v1alpha1.WhatsAppSessionStatus) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.entries == nil {
		m.entries = map[types.NamespacedName]memo{}
	}
	m.entries[key] = memo{uid, version, status}
}

// refresh gives the session the status that was written last, as long as the
// session is from before that; then it forgets it.
func (m *statusMemo) refresh(session *v1alpha1.WhatsAppSession) {
	m.mu.Lock()
	defer m.mu.Unlock()
	key := client.ObjectKeyFromObject(session)
	entry, ok := m.entries[key]
	if !ok {
		return
	}
	order, err := resourceversion.CompareResourceVersion(session.ResourceVersion, entry.version)
	if err != nil || order >= 0 || entry.uid != session.UID {
		delete(m.entries, key)
		return
	}
	session.Status = *entry.status.DeepCopy()
}

func (m *statusMemo) forget(key types.NamespacedName) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.entries, key)
}
