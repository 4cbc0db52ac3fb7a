package controllers

import (
	"context"
	"fmt"
	"sync"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/resourceversion"
	toolscache "k8s.io/client-go/tools/cache"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
)

// statusMemo holds written statuses that the cache may not show yet. Without
// it, a reconcile that follows immediately would see the previous status and
// record the same transition twice. An entry is dropped as soon as the cache
// shows it, so that no second copy of every status stays in memory.
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

// refresh gives the session the status that was written last, and the version
// that it has had since, as long as the session is from before that; then it
// forgets it.
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
	session.Status, session.ResourceVersion = *entry.status.DeepCopy(), entry.version
}

// drop forgets the status that was written last, if a session that the cache
// shows is not older.
func (m *statusMemo) drop(shown client.Object) {
	if session, ok := shown.(*v1alpha1.WhatsAppSession); ok {
		m.refresh(&v1alpha1.WhatsAppSession{ObjectMeta: metav1.ObjectMeta{
			Namespace: session.Namespace, Name: session.Name, UID: session.UID, ResourceVersion: session.ResourceVersion,
		}})
	}
}

// follow drops what the cache shows, from now on.
func (m *statusMemo) follow(ctx context.Context, sessions cache.Cache) error {
	informer, err := sessions.GetInformer(ctx, &v1alpha1.WhatsAppSession{})
	if err != nil {
		return fmt.Errorf("watching sessions: %w", err)
	}
	_, err = informer.AddEventHandler(toolscache.ResourceEventHandlerFuncs{UpdateFunc: func(_, shown any) {
		if session, ok := shown.(client.Object); ok {
			m.drop(session)
		}
	}})
	if err != nil {
		return fmt.Errorf("following sessions: %w", err)
	}
	return nil
}

// dropOldMemo drops what the cache showed before it was remembered.
func (r *Reconciler) dropOldMemo(ctx context.Context, s *scope) {
	shown := &v1alpha1.WhatsAppSession{}
	if r.Get(ctx, s.key(), shown) == nil {
		r.written.drop(shown)
	}
}

func (m *statusMemo) forget(key types.NamespacedName) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.entries, key)
}
