package fleet

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	toolscache "k8s.io/client-go/tools/cache"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/wasession/wasession/api/v1alpha1"
)

// Session is a session and its pod, as last seen. It is shared: nobody changes it.
type Session struct {
	*v1alpha1.WhatsAppSession
	// Called is what clients call it.
	Called string
	Pod    Pod
}

// Key is the name of the session's resource.
func (s Session) Key() types.NamespacedName { return client.ObjectKeyFromObject(s.WhatsAppSession) }

// Pod is where a session's runtime is. It is zero while there is none.
type Pod struct {
	// UID is the audience of tokens for it.
	UID types.UID
	// IP is its address.
	IP string
}

// Fleet holds all sessions.
type Fleet struct {
	nameOf func(*v1alpha1.WhatsAppSession) string

	mu       sync.RWMutex
	sessions map[types.NamespacedName]*v1alpha1.WhatsAppSession
	pods     map[types.NamespacedName]Pod
	// named are the sessions that clients call by a name.
	named map[string][]types.NamespacedName
	// listeners are told the key of each session that changes.
	listeners map[*listener]struct{}
	// recent is when sessions changed last; pruned is when old entries were removed.
	recent map[types.NamespacedName]time.Time
	pruned time.Time
}

// New returns a Fleet that follows the cache, which was made with ByObject. nameOf
// is what clients call a session. The sessions are known once the cache has synced.
func New(ctx context.Context, c cache.Cache, nameOf func(*v1alpha1.WhatsAppSession) string) (*Fleet, error) {
	f := newFleet(nameOf)
	if err := follow(ctx, c, &v1alpha1.WhatsAppSession{}, f.setSession, f.removeSession); err != nil {
		return nil, err
	}
	if err := follow(ctx, c, &corev1.Pod{}, f.setPod, f.removePod); err != nil {
		return nil, err
	}
	return f, nil
}

func newFleet(nameOf func(*v1alpha1.WhatsAppSession) string) *Fleet {
	return &Fleet{
		nameOf:   nameOf,
		sessions: map[types.NamespacedName]*v1alpha1.WhatsAppSession{}, pods: map[types.NamespacedName]Pod{},
		named: map[string][]types.NamespacedName{}, listeners: map[*listener]struct{}{},
		recent: map[types.NamespacedName]time.Time{}, pruned: time.Now(),
	}
}

// follow calls set for each object of a kind that comes or changes, and removed for
// each that goes.
func follow[T client.Object](ctx context.Context, c cache.Cache, kind T, set, removed func(T)) error {
	informer, err := c.GetInformer(ctx, kind)
	if err != nil {
		return fmt.Errorf("watching %T: %w", kind, err)
	}
	_, err = informer.AddEventHandler(toolscache.ResourceEventHandlerFuncs{
		AddFunc:    func(object any) { given(object, set) },
		UpdateFunc: func(_, object any) { given(object, set) },
		DeleteFunc: func(object any) {
			if gone, ok := object.(toolscache.DeletedFinalStateUnknown); ok {
				object = gone.Obj
			}
			given(object, removed)
		},
	})
	if err != nil {
		return fmt.Errorf("following %T: %w", kind, err)
	}
	return nil
}

func given[T any](object any, f func(T)) {
	if typed, ok := object.(T); ok {
		f(typed)
	}
}

func (f *Fleet) setSession(s *v1alpha1.WhatsAppSession) {
	key := client.ObjectKeyFromObject(s)
	f.mu.Lock()
	if old := f.sessions[key]; old == nil || f.nameOf(old) != f.nameOf(s) {
		f.unname(old)
		f.named[f.nameOf(s)] = append(f.named[f.nameOf(s)], key)
	}
	f.sessions[key] = s
	f.mu.Unlock()
	f.tell(key)
}

func (f *Fleet) removeSession(s *v1alpha1.WhatsAppSession) {
	key := client.ObjectKeyFromObject(s)
	f.mu.Lock()
	f.unname(f.sessions[key])
	delete(f.sessions, key)
	f.mu.Unlock()
	f.tell(key)
}

// unname forgets what a session is called. The caller holds the lock.
func (f *Fleet) unname(s *v1alpha1.WhatsAppSession) {
	if s == nil {
		return
	}
	name, key := f.nameOf(s), client.ObjectKeyFromObject(s)
	left := slices.DeleteFunc(f.named[name], func(k types.NamespacedName) bool { return k == key })
	if len(left) == 0 {
		delete(f.named, name)
		return
	}
	f.named[name] = left
}

func (f *Fleet) setPod(pod *corev1.Pod) {
	session := pod.Labels[v1alpha1.LabelSession]
	if session == "" {
		return
	}
	key := types.NamespacedName{Namespace: pod.Namespace, Name: session}
	place := Pod{UID: pod.UID, IP: pod.Status.PodIP}
	if pod.Status.Phase != corev1.PodRunning || pod.DeletionTimestamp != nil || place.IP == "" {
		place = Pod{} // a pod that is being stopped ends its calls, and takes no more
	}
	f.mu.Lock()
	changed := f.pods[key] != place
	f.pods[key] = place
	f.mu.Unlock()
	if changed {
		f.tell(key)
	}
}

func (f *Fleet) removePod(pod *corev1.Pod) {
	key := types.NamespacedName{Namespace: pod.Namespace, Name: pod.Labels[v1alpha1.LabelSession]}
	f.mu.Lock()
	delete(f.pods, key)
	f.mu.Unlock()
	f.tell(key)
}

// Get returns the session with this resource name.
func (f *Fleet) Get(key types.NamespacedName) (Session, bool) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return f.get(key)
}

func (f *Fleet) get(key types.NamespacedName) (Session, bool) {
	s, ok := f.sessions[key]
	if !ok {
		return Session{}, false
	}
	return Session{s, f.nameOf(s), f.pods[key]}, true
}

// Named returns the sessions that clients call so, in the order of their namespaces,
// and in each the oldest first: a later one of the same name is Stalled.
func (f *Fleet) Named(name string) []Session {
	f.mu.RLock()
	defer f.mu.RUnlock()
	var all []Session
	for _, key := range f.named[name] {
		s, _ := f.get(key)
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b Session) int {
		return cmp.Or(strings.Compare(a.Namespace, b.Namespace), a.CreationTimestamp.Compare(b.CreationTimestamp.Time), strings.Compare(a.Name, b.Name))
	})
	return all
}

// All returns all sessions, in the order of their keys.
func (f *Fleet) All() []Session {
	f.mu.RLock()
	all := make([]Session, 0, len(f.sessions))
	for key := range f.sessions {
		s, _ := f.get(key)
		all = append(all, s)
	}
	f.mu.RUnlock()
	slices.SortFunc(all, byKey)
	return all
}

func byKey(a, b Session) int {
	if order := strings.Compare(a.Namespace, b.Namespace); order != 0 {
		return order
	}
	return strings.Compare(a.Name, b.Name)
}
