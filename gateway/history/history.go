package history

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	"k8s.io/apimachinery/pkg/types"

	"github.com/wasession/wasession/api/v1alpha1"
	"github.com/wasession/wasession/gateway/fleet"
)

const (
	// Length is how many points are kept.
	Length = 120
	// atOnce is how many sessions are asked at a time, and patience how long one may
	// take.
	atOnce, patience = 8, 5 * time.Second
)

// Options are what a History needs. All are required.
type Options struct {
	Fleet *fleet.Fleet
	// StatusOf is a session's status, in the words of the API.
	StatusOf func(*v1alpha1.WhatsAppSession) string
	// Ask reads what a session tells of itself.
	Ask func(ctx context.Context, s fleet.Session) (Answer, error)
	// Every is the time between two points.
	Every time.Duration
	Log   *slog.Logger
}

// Counters are what a session has done since its process began.
type Counters struct {
	Received, Sent, Delivered, Failed int64
}

// Present is how a session is now.
type Present struct {
	// Chats are all its chats, Unread those that are not read.
	Chats, Unread int64
	// Pending are events that wait for webhooks, GivenUp those that no webhook took.
	Pending, GivenUp int64
	// LastMessage is the time of the newest message, Unix seconds; 0 for none.
	LastMessage int64
	// Free is the free space of its volume, in bytes.
	Free int64
}

// Answer is what a session tells of itself.
type Answer struct {
	Counters
	Present
}

// Point is what sessions did in the time before At.
type Point struct {
	At time.Time
	// Statuses are how many sessions had each status at At.
	Statuses map[string]int
	// Counters are how much was done since the point before.
	Counters
}

// History holds the points.
type History struct {
	Options

	mu sync.Mutex
	// times are those of the points, the oldest first; first is the number of the
	// oldest, counted from the beginning.
	times []time.Time
	first int
	// sessions are the points of each session, by number.
	sessions map[types.NamespacedName]*series
}

// series are the points of one session.
type series struct {
	// last are the counters when they were read last, from the pod of this UID.
	last Answer
	pod  types.UID
	// points begin with the number first.
	first  int
	points []sample
}

// sample is a session's part of a point. A rate above 65,535 counts as that.
type sample struct {
	status                            string
	received, sent, delivered, failed uint16
}

// New returns a History. Its owner calls Run.
func New(o Options) *History {
	return &History{Options: o, sessions: map[types.NamespacedName]*series{}}
}

// Run adds a point whenever it is time, until ctx ends.
func (h *History) Run(ctx context.Context) {
	tick := time.NewTicker(h.Every)
	defer tick.Stop()
	h.add(ctx, time.Now())
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			h.add(ctx, now)
		}
	}
}

// add asks all sessions and adds a point.
func (h *History) add(ctx context.Context, now time.Time) {
	all := h.Fleet.All()
	answers := make([]*Answer, len(all))
	var asking errgroup.Group
	asking.SetLimit(atOnce)
	for i, s := range all {
		if s.Pod == (fleet.Pod{}) {
			continue
		}
		asking.Go(func() error {
			ctx, cancel := context.WithTimeout(ctx, patience)
			defer cancel()
			if answer, err := h.Ask(ctx, s); err == nil {
				answers[i] = &answer
			} else {
				h.Log.Debug("Session did not answer", "session", s.Key(), "error", err)
			}
			return nil
		})
	}
	_ = asking.Wait() // none of them fails
	if ctx.Err() == nil {
		h.put(now, all, answers)
	}
}

// put adds a point from what the sessions answered; nil for those that did not.
func (h *History) put(now time.Time, all []fleet.Session, answers []*Answer) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.times = append(h.times, now)
	if len(h.times) > Length {
		h.times = h.times[1:]
		h.first++
	}
	number := h.first + len(h.times) - 1
	for i, s := range all {
		line := h.sessions[s.Key()]
		if line == nil {
			line = &series{first: number}
			h.sessions[s.Key()] = line
		}
		line.add(number, sample{status: h.StatusOf(s.WhatsAppSession)}, s.Pod.UID, answers[i])
	}
	for key, line := range h.sessions {
		if line.trim(h.first); len(line.points) == 0 {
			delete(h.sessions, key)
		}
	}
}

// add adds a sample. The first answer of a pod is where its counters begin.
func (l *series) add(number int, s sample, pod types.UID, now *Answer) {
	if now != nil {
		if l.pod == pod {
			s.received, s.sent = short(now.Received-l.last.Received), short(now.Sent-l.last.Sent)
			s.delivered, s.failed = short(now.Delivered-l.last.Delivered), short(now.Failed-l.last.Failed)
		}
		l.last, l.pod = *now, pod
	}
	for l.first+len(l.points) < number { // the session was gone meanwhile
		l.points = append(l.points, sample{})
	}
	l.points = append(l.points, s)
}

// trim forgets what is older than a point.
func (l *series) trim(first int) {
	if old := min(first-l.first, len(l.points)); old > 0 {
		l.points = l.points[old:]
		l.first += old
	}
}

func short(n int64) uint16 { return uint16(max(0, min(n, 1<<16-1))) } //nolint:gosec // within bounds

// Present is how the session of a pod was when it told last; false if it has not.
func (h *History) Present(session types.NamespacedName, pod types.UID) (Present, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	line := h.sessions[session]
	if line == nil || pod == "" || line.pod != pod {
		return Present{}, false
	}
	return line.last.Present, true
}

// Points adds up the sessions that shown says, the oldest point first.
func (h *History) Points(shown func(types.NamespacedName) bool) []Point {
	h.mu.Lock()
	defer h.mu.Unlock()
	points := make([]Point, len(h.times))
	for i, at := range h.times {
		points[i] = Point{At: at, Statuses: map[string]int{}}
	}
	for key, line := range h.sessions {
		if !shown(key) {
			continue
		}
		for i, s := range line.points {
			p := &points[line.first-h.first+i]
			if s.status != "" {
				p.Statuses[s.status]++
			}
			p.Received += int64(s.received)
			p.Sent += int64(s.sent)
			p.Delivered += int64(s.delivered)
			p.Failed += int64(s.failed)
		}
	}
	return points
}
