package server

import (
	"context"

	"k8s.io/apimachinery/pkg/types"

	"github.com/wasession/wasession/gateway/access"
	"github.com/wasession/wasession/gateway/fleet"
	"github.com/wasession/wasession/gateway/waha"
)

// resolve finds the session that a caller means by a name. It considers only what
// the caller may see, so that what a neighbour has changes no answer.
func (s *Server) resolve(ctx context.Context, c caller, given string) (fleet.Session, bool, error) {
	noteOf(ctx).session = given
	namespace, name := waha.SplitName(given)
	var seen []fleet.Session
	for _, session := range s.Fleet.Named(name) {
		if namespace != "" && session.Namespace != namespace {
			continue
		}
		if n := len(seen); n > 0 && seen[n-1].Namespace == session.Namespace {
			continue // the older one has the name
		}
		sees, err := c.Sees(ctx, session.Key())
		if err != nil {
			return fleet.Session{}, false, err
		}
		if sees {
			seen = append(seen, session)
		}
	}
	switch len(seen) {
	case 0:
		return fleet.Session{}, false, nil
	case 1:
		noteOf(ctx).session = waha.Qualified(seen[0].Namespace, seen[0].Called)
		return seen[0], true, nil
	}
	var qualified []string
	for _, session := range seen {
		qualified = append(qualified, waha.Qualified(session.Namespace, name))
	}
	return fleet.Session{}, false, waha.Ambiguous(name, qualified)
}

// allow says whether a caller may do something to a session that it sees.
func allow(ctx context.Context, c caller, session types.NamespacedName, call access.Call) error {
	may, err := c.May(ctx, session, call)
	if err != nil {
		return err
	}
	if !may {
		return waha.Forbidden
	}
	return nil
}
