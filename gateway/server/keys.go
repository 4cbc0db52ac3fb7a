package server

import (
	"net/http"
	"slices"
	"time"

	"github.com/wasession/wasession/gateway/access"
	"github.com/wasession/wasession/gateway/waha"
)

// shownKey is WAHA's ApiKeyDTO. The key itself is shown when it is made, and empty
// after that.
type shownKey struct {
	ID       string                 `json:"id"`
	Key      string                 `json:"key"`
	IsActive bool                   `json:"isActive"`
	IsAdmin  bool                   `json:"isAdmin"`
	Session  *string                `json:"session"`
	Actions  map[access.Action]bool `json:"actions"`
	// Namespaces and LastUsedAt are beyond what WAHA has. LastUsedAt is null for a key that
	// was not used yet.
	Namespaces []string   `json:"namespaces"`
	LastUsedAt *time.Time `json:"lastUsedAt"`
}

// wantedKey is WAHA's ApiKeyRequest.
type wantedKey struct {
	IsAdmin    bool                   `json:"isAdmin"`
	IsActive   *bool                  `json:"isActive"`
	Session    string                 `json:"session"`
	Actions    map[access.Action]bool `json:"actions"`
	Namespaces []string               `json:"namespaces"`
}

// byAdmins lets only callers through that may manage keys.
func byAdmins(handle func(http.ResponseWriter, *http.Request, caller) error) func(http.ResponseWriter, *http.Request, caller) error {
	return func(w http.ResponseWriter, r *http.Request, c caller) error {
		admin, err := c.Admin(r.Context())
		if err != nil {
			return err
		}
		if !admin {
			return waha.Forbidden
		}
		return handle(w, r, c)
	}
}

func (s *Server) listKeys(w http.ResponseWriter, _ *http.Request, _ caller) error {
	all := []shownKey{}
	for _, key := range s.Keys.All() {
		all = append(all, s.show(key, key.ID, ""))
	}
	return writeJSON(w, http.StatusOK, all)
}

func (s *Server) show(key access.Key, id, secret string) shownKey {
	shown := shownKey{ID: id, Key: secret, IsActive: key.IsActive, IsAdmin: key.IsAdmin, Namespaces: key.Namespaces}
	if at := s.Keys.LastUsed(id); !at.IsZero() {
		shown.LastUsedAt = &at
	}
	if key.Session.Name != "" {
		name := waha.Qualified(key.Session.Namespace, key.Session.Name)
		if session, ok := s.Fleet.Get(key.Session); ok {
			name = waha.Qualified(session.Namespace, session.Called)
		}
		shown.Session = &name
	}
	if key.Actions != nil {
		shown.Actions = map[access.Action]bool{}
		for _, action := range access.Actions() {
			shown.Actions[action] = slices.Contains(key.Actions, action)
		}
	}
	return shown
}

func (s *Server) createKey(w http.ResponseWriter, r *http.Request, c caller) error {
	key, err := s.wanted(w, r, c)
	if err != nil {
		return err
	}
	return s.makeKey(w, r, key)
}

// createScoped returns the handler of WAHA's calls for keys with given actions.
func (s *Server) createScoped(actions ...access.Action) func(http.ResponseWriter, *http.Request, caller) error {
	return func(w http.ResponseWriter, r *http.Request, c caller) error {
		key, err := s.wanted(w, r, c)
		if err != nil {
			return err
		}
		if key.Session.Name == "" {
			return waha.BadRequest("session is required")
		}
		key.IsAdmin, key.Actions = false, actions
		return s.makeKey(w, r, key)
	}
}

func (s *Server) makeKey(w http.ResponseWriter, r *http.Request, key access.Key) error {
	id, secret, err := s.KeyWriter.Create(r.Context(), key)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusCreated, s.show(key, id, secret))
}

func (s *Server) updateKey(w http.ResponseWriter, r *http.Request, c caller) error {
	key, err := s.wanted(w, r, c)
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	ok, err := s.KeyWriter.Update(r.Context(), id, key)
	if err != nil {
		return err
	}
	if !ok {
		return waha.Fail(http.StatusNotFound, "API key not found")
	}
	return writeJSON(w, http.StatusOK, s.show(key, id, ""))
}

func (s *Server) deleteKey(w http.ResponseWriter, r *http.Request, _ caller) error {
	ok, err := s.KeyWriter.Delete(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if !ok {
		return waha.Fail(http.StatusNotFound, "API key not found")
	}
	return writeJSON(w, http.StatusOK, struct{}{})
}

// wanted reads what a key is to allow.
func (s *Server) wanted(w http.ResponseWriter, r *http.Request, c caller) (access.Key, error) {
	var in wantedKey
	if err := input(w, r, &in); err != nil {
		return access.Key{}, err
	}
	key := access.Key{IsAdmin: in.IsAdmin, IsActive: in.IsActive == nil || *in.IsActive, Namespaces: in.Namespaces}
	if in.Actions != nil {
		key.Actions = []access.Action{}
		for action, allowed := range in.Actions {
			if !slices.Contains(access.Actions(), action) {
				return access.Key{}, waha.BadRequest("actions may have read, send, control, setting, app and delete only")
			}
			if allowed {
				key.Actions = append(key.Actions, action)
			}
		}
		slices.Sort(key.Actions)
	}
	if in.Session != "" {
		session, ok, err := s.resolve(r.Context(), c, in.Session)
		switch {
		case err != nil:
			return access.Key{}, err
		case !ok:
			return access.Key{}, waha.UnknownSession(in.Session)
		}
		key.Session = session.Key()
	}
	if !key.IsAdmin && key.Session.Name == "" && len(key.Namespaces) == 0 {
		return access.Key{}, waha.BadRequest("session is required, or isAdmin, or namespaces")
	}
	return key, nil
}
