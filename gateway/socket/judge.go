package socket

import (
	"context"
	"reflect"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/wasession/wasession/gateway/access"
	"github.com/wasession/wasession/gateway/fleet"
	"github.com/wasession/wasession/gateway/waha"
)

// listen is the call that a client makes to each session whose events it gets.
var listen = access.Call{Action: access.Read, Verb: "get", Subresource: "messages"}

const (
	// judgeEvery is how often identities of Kubernetes are judged again: nobody tells
	// when their rights change. Keys are watched.
	judgeEvery = 20 * time.Second
	// patience is how often in a row the API server may not say what an identity may.
	patience = 3
)

// rights judges sessions for a caller, and asks for a whole namespace first.
type rights struct {
	caller access.Caller
	// whole says whether the caller may read all sessions of a namespace.
	whole map[string]bool
}

// reads says whether the caller may have a session's events.
func (r rights) reads(ctx context.Context, session types.NamespacedName) (bool, error) {
	whole, known := r.whole[session.Namespace]
	if !known {
		var err error
		if whole, err = r.caller.May(ctx, types.NamespacedName{Namespace: session.Namespace}, listen); err != nil {
			return false, err
		}
		r.whole[session.Namespace] = whole
	}
	if whole {
		return true, nil
	}
	return r.caller.May(ctx, session, listen)
}

// reach returns the sessions that the client follows: of all, those that a list shows
// the caller; of those it has named, those that it may read.
func (c *client) reach(ctx context.Context) (sessions []fleet.Session, err error) {
	r := rights{c.caller, map[string]bool{}}
	if !c.wish.all {
		return c.named(ctx, r)
	}
	return slices.DeleteFunc(c.hub.Fleet.All(), func(s fleet.Session) bool {
		ok := false
		if err == nil {
			ok, err = c.listed(ctx, r, s)
		}
		return !ok
	}), err
}

func (c *client) listed(ctx context.Context, r rights, s fleet.Session) (bool, error) {
	listed, err := c.caller.Lists(ctx, s.Key())
	if err != nil || !listed {
		return false, err
	}
	return r.reads(ctx, s.Key())
}

// named returns the sessions that the client has named and may read.
func (c *client) named(ctx context.Context, r rights) (sessions []fleet.Session, err error) {
	for _, name := range c.wish.names {
		s, found, err := c.find(ctx, name)
		if err != nil {
			return nil, err
		}
		if !found || slices.ContainsFunc(sessions, func(other fleet.Session) bool { return other.Key() == s.Key() }) {
			continue
		}
		reads, err := r.reads(ctx, s.Key())
		if err != nil {
			return nil, err
		}
		if reads {
			sessions = append(sessions, s)
		}
	}
	return sessions, nil
}

// find finds a session that the client has named. Once it is found, the name means it
// for as long as it exists.
func (c *client) find(ctx context.Context, name string) (fleet.Session, bool, error) {
	if s, ok := c.hub.Fleet.Get(c.resolved[name]); ok {
		return s, true, nil
	}
	s, found, err := c.visitor.Resolve(ctx, c.caller, name)
	if _, told := reasonOf(err); told {
		return fleet.Session{}, false, nil // several have the name now
	}
	if found {
		c.resolved[name] = s.Key()
	}
	return s, found, err
}

// resolve finds the sessions that the client names when it connects: it is told of
// those that do not exist for it, or that it may not read.
func (c *client) resolve(ctx context.Context) error {
	if c.wish.all {
		return nil
	}
	for _, name := range c.wish.names {
		s, found, err := c.visitor.Resolve(ctx, c.caller, name)
		if err != nil {
			return err
		}
		if !found {
			return waha.BadRequest("Session does not exist")
		}
		reads, err := c.caller.May(ctx, s.Key(), listen)
		if err != nil {
			return err
		}
		if !reads {
			return waha.Forbidden
		}
		c.resolved[name] = s.Key()
	}
	return nil
}

// judge keeps to what the caller may, until ctx ends or it may nothing more.
func (c *client) judge(ctx context.Context, changed <-chan struct{}) closing {
	tick := time.NewTicker(judgeEvery)
	defer tick.Stop()
	for failed := 0; ; {
		var err error
		select {
		case <-ctx.Done():
			return closing{}
		case <-c.woken:
			err = c.meet(ctx, c.takeMoved())
		case <-changed:
			changed = c.visitor.Changed()
			err = c.again(ctx)
		case <-tick.C:
			if _, watched := c.caller.(access.Key); watched {
				continue
			}
			failed++
			if err = c.again(ctx); err == nil {
				failed = 0
			}
		}
		if err == nil || ctx.Err() != nil {
			continue
		}
		if end, told := reasonOf(err); told {
			return end
		}
		c.hub.Log.Warn("A websocket's rights could not be judged", "caller", c.countedAs, "error", err)
		if failed >= patience {
			return laterAgain
		}
	}
}

// meet follows sessions that have come, and drops those that have gone. What fails is
// made up for when rights are judged the next time.
func (c *client) meet(ctx context.Context, moved map[types.NamespacedName]struct{}) error {
	if !c.wish.all {
		return c.review(ctx)
	}
	r := rights{c.caller, map[string]bool{}}
	for key := range moved {
		s, is := c.hub.Fleet.Get(key)
		if is {
			var err error
			if is, err = c.listed(ctx, r, s); err != nil {
				return err
			}
		}
		if is {
			c.add(s)
		} else if i, ok := place(c.feeds, key); ok {
			c.drop(c.feeds[i])
		}
	}
	return nil
}

// again finds out who the caller is now, and what it may.
func (c *client) again(ctx context.Context) error {
	caller, err := c.visitor.Again(ctx)
	if err != nil {
		return err
	}
	_, watched := caller.(access.Key)
	if watched && reflect.DeepEqual(caller, c.caller) {
		return nil // another key has changed
	}
	c.caller = caller
	return c.review(ctx)
}

func (c *client) review(ctx context.Context) error {
	sessions, err := c.reach(ctx)
	if err != nil {
		return err
	}
	c.followOnly(sessions)
	return nil
}
