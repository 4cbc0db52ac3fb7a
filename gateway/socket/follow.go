package socket

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/types"

	"github.com/wasession/wasession/gateway/fleet"
	"github.com/wasession/wasession/gateway/waha"
)

// place is where a session is among feeds, or would be.
func place(feeds []*feed, key types.NamespacedName) (int, bool) {
	return slices.BinarySearchFunc(feeds, key, func(f *feed, key types.NamespacedName) int { return compare(f.key, key) })
}

func compare(a, b types.NamespacedName) int {
	if order := strings.Compare(a.Namespace, b.Namespace); order != 0 {
		return order
	}
	return strings.Compare(a.Name, b.Name)
}

// followOnly makes the client follow these sessions and no others. It sorts them.
func (c *client) followOnly(sessions []fleet.Session) {
	slices.SortFunc(sessions, func(a, b fleet.Session) int { return compare(a.Key(), b.Key()) })
	for i := len(c.feeds) - 1; i >= 0; i-- {
		if _, wanted := slices.BinarySearchFunc(sessions, c.feeds[i].key, func(s fleet.Session, key types.NamespacedName) int {
			return compare(s.Key(), key)
		}); !wanted {
			c.drop(c.feeds[i])
		}
	}
	c.mu.Lock()
	c.feeds = slices.Grow(c.feeds, len(sessions)-len(c.feeds))
	c.mu.Unlock()
	for _, s := range sessions {
		c.add(s)
	}
}

// add makes the client follow a session, from where it asked to go on. Only one
// goroutine adds and drops.
func (c *client) add(s fleet.Session) {
	i, ok := place(c.feeds, s.Key())
	if ok {
		return
	}
	f := c.hub.follow(c.ctx, s.Key())
	c.mu.Lock()
	c.feeds = slices.Insert(c.feeds, i, f)
	c.mu.Unlock()
	f.join(c, c.wish.takeSince(waha.Qualified(s.Namespace, s.Called), s.Called))
}

// drop makes the client follow a session no longer. Nothing of it is given to the
// client after that.
func (c *client) drop(f *feed) {
	c.mu.Lock()
	if i, ok := place(c.feeds, f.key); ok {
		c.feeds = slices.Delete(c.feeds, i, i+1)
	}
	granted := slices.ContainsFunc(c.lags, func(l lag) bool { return l.feed == f && l.granted })
	c.lags = slices.DeleteFunc(c.lags, func(l lag) bool { return l.feed == f })
	running, ok := c.turns[f]
	c.mu.Unlock()
	if ok {
		running.cancel()
		<-running.ended
	}
	if granted {
		f.exit()
	}
	f.leave(c)
	c.queue.drop(f)
	c.hub.unfollow(f)
}

// opened waits until the streams of the sessions have been opened or could not be, and
// no longer than until done.
func (c *client) opened(done <-chan struct{}) {
	for _, f := range c.feeds {
		select {
		case <-f.tried:
		case <-done:
			return
		}
	}
}
