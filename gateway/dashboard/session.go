package dashboard

import (
	"context"
	"net/http"
	"slices"

	"k8s.io/apimachinery/pkg/types"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/gateway/access"
	"github.com/wasession/wasession/gateway/fleet"
)

// What the pages of a session need, in the words of Kubernetes' authorization too.
var (
	controlCall = access.Call{Action: access.Control, Verb: "update", Subresource: "control"}
	pairCall    = access.Call{Action: access.Control, Verb: "get", Subresource: "control"}
	chatsCall   = access.Call{Action: access.Read, Verb: "get", Subresource: "chats"}
	deleteCall  = access.Call{Action: access.Delete, Verb: "delete"}
)

// frame is what every page of a session shows: its name and status, live, and its tabs.
// A page's data has one as Frame, and its template begins with
// {{template "session-head" .}}.
type frame struct {
	facts
	// Tab is the path of the page's tab.
	Tab string
}

// frame is the frame of a page of a session.
func (v *visit) frame(s session, tab string) frame { return frame{v.d.facts(s.Session), tab} }

// overview is the first page of a session.
type overview struct {
	Frame   frame
	Session session
	// Rights are what the visitor may do.
	CanControl, CanPair, CanDelete, CanRead bool
	// ByCode says that the session waits for a code to be typed in on the phone.
	ByCode bool
	// Advice is what to do about the problem; empty if nothing is known to help.
	Advice string
	// ManagedBy is the tool that keeps the session in Git; empty if there is none.
	ManagedBy string
}

// sessionPage shows one session.
func (d *Dashboard) sessionPage(v *visit) error {
	s, err := v.resource()
	if err != nil {
		return err
	}
	o, err := v.overview(s)
	if err != nil {
		return err
	}
	return v.show(http.StatusOK, "session", o)
}

func (v *visit) overview(s session) (overview, error) {
	if err := v.mustMay(s, access.See); err != nil {
		return overview{}, err
	}
	o := overview{Frame: v.frame(s, ""), Session: s, ByCode: s.Spec.Pairing.Method == v1alpha1.PairPhoneCode, Advice: adviceOf(s), ManagedBy: fleet.OwnerOf(s)}
	for call, may := range map[access.Call]*bool{controlCall: &o.CanControl, pairCall: &o.CanPair, deleteCall: &o.CanDelete, chatsCall: &o.CanRead} {
		var err error
		if *may, err = v.may(s, call); err != nil {
			return overview{}, err
		}
	}
	return o, nil
}

// sessionLive sends what changes of a session: its head, which every page has, and its
// state, which the first page has. A session that has gone leads back to the list.
func (d *Dashboard) sessionLive(v *visit) error {
	s, err := v.resource()
	if err != nil {
		return err
	}
	key, tab := s.Key(), v.r.URL.Query().Get("tab")
	return v.stream(func(ctx context.Context, st *stream) error {
		return st.follow(ctx, func(keys []types.NamespacedName) error {
			if keys != nil && !slices.Contains(keys, key) {
				return nil
			}
			s, err := v.resource()
			if err != nil {
				_ = st.event("go", []byte(Root))
				return err
			}
			if err := st.show("session", "part-head", pageOf{v.frame(s, tab)}); err != nil || tab != "" {
				return err
			}
			o, err := v.overview(s)
			if err != nil {
				return err
			}
			return st.show("session", "part-state", o)
		})
	})
}

// pageOf is the data of a page that has a frame and nothing else.
type pageOf struct{ Frame frame }
