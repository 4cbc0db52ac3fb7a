package waha

import (
	"cmp"
	"time"

	"github.com/wasession/wasession/api/v1alpha1"
)

// EngineName is the engine that clients take the sessions for.
const EngineName = "GOWS"

// Session is WAHA's SessionInfo.
type Session struct {
	Name   string `json:"name"`
	Status string `json:"status"`
	Config Config `json:"config"`
	Me     *Me    `json:"me"`
	// Presence is always null: it is not tracked.
	Presence   any        `json:"presence"`
	Timestamps Timestamps `json:"timestamps"`
	Engine     Engine     `json:"engine"`
	// Namespace is where the session's resource is, beyond what WAHA has.
	Namespace string `json:"namespace"`
}

// Me is the linked account.
type Me struct {
	ID       string  `json:"id"`
	LID      *string `json:"lid"`
	JID      *string `json:"jid"`
	PushName string  `json:"pushName"`
}

// Timestamps are in Unix milliseconds.
type Timestamps struct {
	// Activity is the time of the last change of the session's status.
	Activity int64 `json:"activity"`
}

// Engine names the engine of a session.
type Engine struct {
	Engine string `json:"engine"`
}

// NewSession is a session's state, as its resource tells it.
func NewSession(s *v1alpha1.WhatsAppSession) Session {
	return Session{
		Name: NameOf(s), Namespace: s.Namespace, Status: StatusOf(s), Config: NewConfig(s),
		Me: newMe(s.Status.Me), Timestamps: Timestamps{lastChange(s).UnixMilli()}, Engine: Engine{EngineName},
	}
}

// NameOf is what clients call a session.
func NameOf(s *v1alpha1.WhatsAppSession) string { return cmp.Or(s.Spec.SessionName, s.Name) }

// StatusOf is a session's status in WAHA's words. What was asked for counts at once,
// before the operator has seen it.
func StatusOf(s *v1alpha1.WhatsAppSession) string {
	seen := s.Status.ObservedGeneration == s.Generation
	switch {
	case s.Spec.State == v1alpha1.SessionStopped:
		return string(v1alpha1.PhaseStopped)
	case s.Status.Phase == v1alpha1.PhaseStopped && !seen:
		return string(v1alpha1.PhaseStarting)
	}
	return string(cmp.Or(s.Status.Phase, v1alpha1.PhaseStarting))
}

func newMe(m *v1alpha1.AccountStatus) *Me {
	if m == nil {
		return nil
	}
	return &Me{ID: m.ID, LID: optional(m.LID), PushName: m.PushName}
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// lastChange is when a condition changed last, or the resource was created.
func lastChange(s *v1alpha1.WhatsAppSession) time.Time {
	last := s.CreationTimestamp.Time
	for _, c := range s.Status.Conditions {
		if c.LastTransitionTime.After(last) {
			last = c.LastTransitionTime.Time
		}
	}
	return last
}
