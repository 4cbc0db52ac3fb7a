package controllers

import (
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"
)

// sightings remember since when this process has seen something of a session, by
// its own clock. The times in an object are of the API server's clock: a wait that
// is measured from them alone lasts for hours where the two differ by hours. A
// new process measures anew. The zero value is ready for use.
type sightings struct {
	mu    sync.Mutex
	first map[types.NamespacedName]sighting
}

type sighting struct {
	object types.UID
	at     time.Time
}

// since returns for how long the object has been seen. A session has one object
// at a time.
func (s *sightings) since(session types.NamespacedName, object types.UID, now time.Time) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.first == nil {
		s.first = map[types.NamespacedName]sighting{}
	}
	seen, ok := s.first[session]
	if !ok || seen.object != object || now.Before(seen.at) {
		seen = sighting{object, now}
		s.first[session] = seen
	}
	return now.Sub(seen.at)
}

func (s *sightings) forget(session types.NamespacedName) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.first, session)
}
