package access

import (
	"context"
	"slices"

	"k8s.io/apimachinery/pkg/types"
)

// Action is a kind of call, named as in WAHA's scoped keys.
type Action string

// The actions that a key can grant.
const (
	Read    Action = "read"
	Send    Action = "send"
	Control Action = "control"
	Setting Action = "setting"
	App     Action = "app"
	Delete  Action = "delete"
)

// Actions are all actions.
var actions = []Action{Read, Send, Control, Setting, App, Delete}

// Call is what a caller wants to do to a session.
type Call struct {
	Action Action
	// Verb and Subresource say the same in the words of Kubernetes' authorization.
	Verb, Subresource string
}

// See is the call that finds out about a session.
var See = Call{Action: Read, Verb: "get"}

// Caller is who makes a call.
type Caller interface {
	// Name is who it is, for the audit log.
	Name() string
	// May says whether the caller may do something to the session with this resource
	// name, which need not exist.
	May(ctx context.Context, session types.NamespacedName, call Call) (bool, error)
	// Might says whether there may be a session that the caller may make the call to. It
	// asks nobody: only May is certain.
	Might(call Call) bool
	// Sees says whether the caller may know about a session at all.
	Sees(ctx context.Context, session types.NamespacedName) (bool, error)
	// Lists says whether a list of sessions shows the caller this one.
	Lists(ctx context.Context, session types.NamespacedName) (bool, error)
	// Home is the namespace that the caller is limited to; empty if it is not limited
	// to one.
	Home() string
	// Admin says whether the caller may manage keys.
	Admin(ctx context.Context) (bool, error)
	// Scrapes says whether the caller may read the gateway's metrics.
	Scrapes(ctx context.Context) (bool, error)
}

// Key is an API key. One that is not an admin key is limited to Namespaces or to one
// session, and within these to Actions; nil Actions allow all.
type Key struct {
	ID         string
	IsAdmin    bool
	IsActive   bool
	Namespaces []string
	// Session is the resource name of the only session; zero for none.
	Session types.NamespacedName
	Actions []Action
}

// Name implements Caller.
func (k Key) Name() string { return "key:" + k.ID }

// May implements Caller.
func (k Key) May(_ context.Context, session types.NamespacedName, call Call) (bool, error) {
	if call.Verb == "create" && call.Subresource == "" && k.Session.Name != "" {
		return false, nil // the key of one session makes no others
	}
	return k.reaches(session) && k.Might(call), nil
}

// Might implements Caller.
func (k Key) Might(call Call) bool {
	return k.IsAdmin || k.Actions == nil || slices.Contains(k.Actions, call.Action)
}

// Sees implements Caller.
func (k Key) Sees(_ context.Context, session types.NamespacedName) (bool, error) {
	return k.reaches(session), nil
}

// Lists implements Caller.
func (k Key) Lists(ctx context.Context, session types.NamespacedName) (bool, error) {
	return k.May(ctx, session, See)
}

func (k Key) reaches(session types.NamespacedName) bool {
	switch {
	case k.IsAdmin:
		return true
	case k.Session != types.NamespacedName{}:
		return k.Session == session
	}
	return slices.Contains(k.Namespaces, session.Namespace)
}

// Home implements Caller.
func (k Key) Home() string {
	switch {
	case k.IsAdmin:
		return ""
	case k.Session != types.NamespacedName{}:
		return k.Session.Namespace
	case len(k.Namespaces) == 1:
		return k.Namespaces[0]
	}
	return ""
}

// Admin implements Caller.
func (k Key) Admin(context.Context) (bool, error) { return k.IsAdmin, nil }

// Scrapes implements Caller.
func (k Key) Scrapes(context.Context) (bool, error) { return k.IsAdmin, nil }
