package controllers

import (
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/resourceversion"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// ownWrites remembers what was written for sessions and the caches do not show
// yet. A reconcile that follows at once would write it all again.
type ownWrites struct {
	mu     sync.Mutex
	writes map[types.NamespacedName]map[string]ownWrite // by session, then by object
}

type ownWrite struct {
	version string
	at      time.Time
}

// ownWritePatience is how long a cache may be behind. An object that was deleted
// right after it was written is never shown; then it is written again.
const ownWritePatience = 5 * time.Second

// remember adds an object as it was written.
func (o *ownWrites) remember(session types.NamespacedName, object, version string, now time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.writes == nil {
		o.writes = map[types.NamespacedName]map[string]ownWrite{}
	}
	if o.writes[session] == nil {
		o.writes[session] = map[string]ownWrite{}
	}
	o.writes[session][object] = ownWrite{version, now}
}

// behind returns for how long to wait for the caches at most, 0 if they show all
// that was written for the session. shown is what they hold now, by object.
func (o *ownWrites) behind(session types.NamespacedName, shown map[string]client.Object, now time.Time) time.Duration {
	o.mu.Lock()
	defer o.mu.Unlock()
	var wait time.Duration
	for object, write := range o.writes[session] {
		left := ownWritePatience - now.Sub(write.at)
		if left <= 0 || shows(shown[object], write.version) {
			delete(o.writes[session], object)
			continue
		}
		wait = max(wait, left)
	}
	if len(o.writes[session]) == 0 {
		delete(o.writes, session)
	}
	return wait
}

func shows(object client.Object, version string) bool {
	if object == nil || isNil(object) {
		return false
	}
	order, err := resourceversion.CompareResourceVersion(object.GetResourceVersion(), version)
	return err != nil || order >= 0
}

func (o *ownWrites) forget(session types.NamespacedName) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.writes, session)
}

// shown is what the caches hold of the session's objects, by kind.
func (s *scope) shown() map[string]client.Object {
	return map[string]client.Object{
		"Pod": s.pod, "PersistentVolumeClaim": s.claim, "ConfigMap": s.configMap,
		"Service": s.service, "NetworkPolicy": s.networkPolicy, "Secret": s.keysSecret,
		"Ingress": s.exposure.ingress, "HTTPRoute": s.exposure.route,
	}
}

// wrote remembers one of the session's objects as it was written.
func (r *Reconciler) wrote(s *scope, kind string, object client.Object) {
	if _, watched := s.shown()[kind]; watched && object.GetResourceVersion() != "" {
		r.own.remember(s.key(), kind, object.GetResourceVersion(), s.now)
	}
}
