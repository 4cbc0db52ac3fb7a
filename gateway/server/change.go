package server

import (
	"cmp"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"k8s.io/apimachinery/pkg/types"

	"github.com/wasession/wasession/api/chathttp"
	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/gateway/access"
	"github.com/wasession/wasession/gateway/fleet"
	"github.com/wasession/wasession/gateway/waha"
)

// What the calls that write do to a session.
var (
	createCall  = access.Call{Action: access.Setting, Verb: "create"}
	updateCall  = access.Call{Action: access.Setting, Verb: "patch"}
	deleteCall  = access.Call{Action: access.Delete, Verb: "delete"}
	controlCall = access.Call{Action: access.Control, Verb: "update", Subresource: "control"}
)

// maxConfig is the longest body of a call that writes a session, in bytes.
const maxConfig = 1 << 20

// input decodes a small JSON body. An empty one is an empty object.
func input(w http.ResponseWriter, r *http.Request, into any) error {
	raw, err := io.ReadAll(chathttp.Steady(w, http.MaxBytesReader(w, r.Body, maxConfig), bodyPace))
	if err != nil {
		return bodyProblem(err)
	}
	if len(raw) == 0 {
		return nil
	}
	if err := json.Unmarshal(raw, into); err != nil {
		var told waha.Failure
		if errors.As(err, &told) {
			return told
		}
		return waha.BadRequest(wrongForm(err))
	}
	return nil
}

// wrongForm says which member of a body has the wrong form, if one has.
func wrongForm(err error) string {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) && wrong.Field != "" {
		return wrong.Field + " must not be " + wrong.Value
	}
	return "body must be a JSON object"
}

func (s *Server) createSession(w http.ResponseWriter, r *http.Request, c caller) error {
	var in waha.Create
	if err := input(w, r, &in); err != nil {
		return err
	}
	return s.create(w, r, c, in)
}

func (s *Server) create(w http.ResponseWriter, r *http.Request, c caller, wish waha.Create) error {
	namespace, name := waha.SplitName(cmp.Or(wish.Name, generated()))
	if !waha.ValidName(name) {
		return waha.BadRequest("name must match ^[a-zA-Z0-9_-]{1,54}$ regular expression")
	}
	namespace = cmp.Or(namespace, c.Home(), s.DefaultNamespace)
	if namespace == "" {
		return waha.BadRequest("name must be namespace.name: the key reaches several namespaces")
	}
	noteOf(r.Context()).session = waha.Qualified(namespace, name)
	key := types.NamespacedName{Namespace: namespace, Name: waha.ResourceName(name)}
	if err := allow(r.Context(), c, key, createCall); err != nil {
		return err
	}
	session, err := s.Manage.Create(r.Context(), namespace, name, wish)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusCreated, waha.NewSession(session))
}

// generated is a name for a session whose client gives none.
func generated() string { return "session-" + strings.ToLower(rand.Text()[:16]) }

func (s *Server) updateSession(w http.ResponseWriter, r *http.Request, c caller) error {
	session, err := s.admit(r, c, updateCall, r.PathValue("session"))
	if err != nil {
		return err
	}
	var in waha.Update
	if err := input(w, r, &in); err != nil {
		return err
	}
	changed, err := s.Manage.Update(r.Context(), session.Key(), in.Config)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, waha.NewSession(changed))
}

func (s *Server) deleteSession(w http.ResponseWriter, r *http.Request, c caller) error {
	session, err := s.admit(r, c, deleteCall, r.PathValue("session"))
	if err != nil {
		return err
	}
	if err := s.Manage.Delete(r.Context(), session.Key()); err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, struct{}{})
}

func (s *Server) startSession(w http.ResponseWriter, r *http.Request, c caller) error {
	session, err := s.admit(r, c, controlCall, r.PathValue("session"))
	if err != nil {
		return err
	}
	return s.start(w, r, c, session, "start")
}

// start starts a session that is stopped. One that has a pod is started, or
// restarted, by the pod: it may have failed.
func (s *Server) start(w http.ResponseWriter, r *http.Request, c caller, session fleet.Session, verb string) error {
	if session.Spec.State != v1alpha1.SessionStopped && session.Pod != (fleet.Pod{}) {
		if err := s.Manage.Free(r.Context(), session.Key()); err != nil {
			return err
		}
		return s.command(w, r, c, session, verb)
	}
	return s.setState(w, r, session, v1alpha1.SessionRunning)
}

func (s *Server) setState(w http.ResponseWriter, r *http.Request, session fleet.Session, state v1alpha1.SessionState) error {
	changed, err := s.Manage.SetState(r.Context(), session.Key(), state)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusCreated, waha.NewSession(changed))
}

func (s *Server) stopSession(w http.ResponseWriter, r *http.Request, c caller) error {
	session, err := s.admit(r, c, controlCall, r.PathValue("session"))
	if err != nil {
		return err
	}
	return s.setState(w, r, session, v1alpha1.SessionStopped)
}

func (s *Server) restartSession(w http.ResponseWriter, r *http.Request, c caller) error {
	session, err := s.admit(r, c, controlCall, r.PathValue("session"))
	if err != nil {
		return err
	}
	return s.start(w, r, c, session, "restart")
}

func (s *Server) logoutSession(w http.ResponseWriter, r *http.Request, c caller) error {
	session, err := s.admit(r, c, controlCall, r.PathValue("session"))
	if err != nil {
		return err
	}
	return s.logout(w, r, c, session)
}

// logout asks the pod: only it can unlink the device.
func (s *Server) logout(w http.ResponseWriter, r *http.Request, c caller, session fleet.Session) error {
	if err := s.Manage.Free(r.Context(), session.Key()); err != nil {
		return err
	}
	return s.command(w, r, c, session, "logout")
}

// command tells the pod what to do.
func (s *Server) command(w http.ResponseWriter, r *http.Request, c caller, session fleet.Session, verb string) error {
	setBody(r, nil)
	return s.send(w, r, c, controlCall, session, "/api/sessions/"+url.PathEscape(session.Called)+"/"+verb, url.Values{})
}
