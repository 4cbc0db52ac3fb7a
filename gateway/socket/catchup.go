package socket

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/wasession/wasession/gateway/fleet"
)

const (
	// mostCatchUps is how many sessions a client catches up with at a time.
	mostCatchUps = 2
	// turnTime is how long it does before others have their turn.
	turnTime = 15 * time.Second
	// retryRest is how long a client waits after a stream could not be opened.
	retryRest = time.Second
)

// turn is a session that a client is catching up with.
type turn struct {
	cancel context.CancelFunc
	ended  chan struct{}
}

// behind notes that the client must catch up, and sees to it that it does. It reports
// false if it does not begin at once: a turn that was granted is for others then.
func (c *client) behind(l lag) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.isIn(l.feed) || c.ended {
		return false
	}
	free := c.catchUps < mostCatchUps
	if l.granted = l.granted && free; l.granted {
		c.lags = slices.Insert(c.lags, 0, l)
	} else {
		c.lags = append(c.lags, l)
	}
	if free {
		c.catchUps++
		c.workers.Go(c.catchUp)
	}
	return free
}

// catchUp takes one session after the other that the client is behind with.
func (c *client) catchUp() {
	for {
		c.mu.Lock()
		if len(c.lags) == 0 || c.ended {
			c.catchUps--
			c.mu.Unlock()
			return
		}
		l := c.lags[0]
		c.lags = c.lags[1:]
		ctx, cancel := context.WithCancel(c.ctx)
		t := turn{cancel, make(chan struct{})}
		c.turns[l.feed] = t
		c.mu.Unlock()
		after, live := c.take(ctx, l)
		cancel()
		c.mu.Lock()
		if c.turns[l.feed].ended == t.ended { // it may wait, and have another turn already
			delete(c.turns, l.feed)
		}
		c.mu.Unlock()
		if !live {
			l.feed.again(lag{client: c, feed: l.feed, after: after})
		}
		close(t.ended)
	}
}

// take has a turn with a session, which begins if there is a place. It returns how far
// the client came, and whether it is live now.
func (c *client) take(ctx context.Context, l lag) (after string, live bool) {
	f, after := l.feed, l.after
	pod, last, ok := f.enter(l)
	if !ok {
		return after, true // it waits with the feed
	}
	defer f.exit()
	s, err := c.hub.Open(ctx, pod, after)
	if err != nil {
		pause(ctx, retryRest, nil)
		return after, false
	}
	defer s.Close()
	c.hub.metrics.catchUps.Inc()
	ctx, cancel := context.WithTimeout(ctx, turnTime)
	defer cancel()
	for {
		if after >= s.Newest() {
			after = max(after, last) // all that the feed had when this began
		}
		if f.tryAttach(lag{client: c, feed: f, after: after}) {
			return after, true
		}
		e, err := c.hub.next(ctx, s, f.key)
		switch {
		case errors.Is(err, errSkip):
			continue
		case err != nil:
			return after, false
		case e.id <= after:
			continue
		}
		if c.wish.wants(e) && e.body != nil {
			if err := c.queue.put(ctx, item{f, e}); err != nil {
				return after, false
			}
		}
		after = e.id
	}
}

// enter begins a client's turn and returns where the session's events come from. If
// all turns are taken, or the stream is not open, the client waits with the feed.
func (f *feed) enter(l lag) (pod fleet.Pod, last string, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.pod == (fleet.Pod{}) && l.granted:
		f.turns--
	case f.pod == (fleet.Pod{}):
	case l.granted:
		return f.pod, f.last, true
	case f.turns < mostTurns:
		f.turns++
		return f.pod, f.last, true
	}
	if l.granted = false; l.client.follows(f) {
		f.waiting = append(f.waiting, l)
	}
	return fleet.Pod{}, "", false
}

// exit ends a turn, and grants it to whoever waits longest and can begin at once.
func (f *feed) exit() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for f.pod != (fleet.Pod{}) && len(f.waiting) > 0 {
		next := f.waiting[0]
		f.waiting = slices.Delete(f.waiting, 0, 1)
		next.granted = true
		if next.client.behind(next) {
			return
		}
	}
	f.turns--
}

func (f *feed) tryAttach(l lag) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.attach(l)
}

// again places a client after its turn.
func (f *feed) again(l lag) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if l.client.follows(f) {
		f.place(l)
	}
}
