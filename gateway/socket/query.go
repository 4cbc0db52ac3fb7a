package socket

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/wasession/wasession/gateway/fleet"
)

// everything names all sessions, or all events.
const everything = "*"

// wish is what a client asks for.
type wish struct {
	// all asks for all sessions, else for those with these names.
	all   bool
	names []string
	// events are the names of events; nil for all.
	events map[string]bool
	// since has the ID of the last event received, by the session's name.
	since map[string]string
}

// maxEventName limits the name of an event that is asked for, in bytes.
const maxEventName = 64

var eventID = regexp.MustCompile(`^evt_[0-9a-z]{0,40}$`)

// parse reads a query. The error says what is wrong with it, in few words.
func parse(query url.Values) (wish, error) {
	w := wish{since: map[string]string{}}
	for _, value := range query["session"] {
		for name := range strings.SplitSeq(value, ",") {
			switch {
			case name == everything:
				w.all = true
			case name != "" && !slices.Contains(w.names, name):
				w.names = append(w.names, name)
			}
		}
	}
	w.all = w.all || len(w.names) == 0
	if err := w.parseEvents(query["events"]); err != nil {
		return wish{}, err
	}
	return w, w.parseSince(query)
}

func (w *wish) parseEvents(values []string) error {
	if len(values) == 0 {
		return nil
	}
	names, all := map[string]bool{}, false
	for _, value := range values {
		for name := range strings.SplitSeq(value, ",") {
			name = strings.TrimSpace(name)
			switch {
			case name == everything:
				all = true
			case name == "" || len(name) > maxEventName:
				return errors.New("events must be event names or *")
			}
			names[name] = true
		}
	}
	if !all {
		w.events = names
	}
	return nil
}

// parseSince reads where the client goes on. lastEventId is what a session's own
// websocket takes.
func (w *wish) parseSince(query url.Values) error {
	if last := query.Get("lastEventId"); last != "" {
		switch {
		case w.all || len(w.names) != 1:
			return errors.New("lastEventId needs one session: use since=<session>:<event id>")
		case !eventID.MatchString(last):
			return errors.New("lastEventId must be the id of an event")
		}
		w.since[w.names[0]] = last
	}
	for _, value := range query["since"] {
		session, id, _ := strings.Cut(value, ":")
		if session == "" || !eventID.MatchString(id) {
			return errors.New("since must be <session>:<event id>")
		}
		w.since[session] = max(w.since[session], id)
	}
	return nil
}

// wants says whether the client asked for an event.
func (w *wish) wants(e *event) bool { return w.events == nil || w.events[e.name] }

// takeSince returns where a session goes on that has these names, the most exact one
// first, and forgets it: it counts once.
func (w *wish) takeSince(names ...string) (id string) {
	for _, name := range names {
		if id == "" {
			id = w.since[name]
		}
		delete(w.since, name)
	}
	return id
}

// ambiguous finds a name in since that several of these sessions have.
func (w *wish) ambiguous(sessions []fleet.Session) error {
	if len(w.since) == 0 {
		return nil
	}
	seen := map[string]bool{}
	for _, s := range sessions {
		if seen[s.Called] && w.since[s.Called] != "" {
			return fmt.Errorf("since: several sessions are called %s: use namespace.name", s.Called)
		}
		seen[s.Called] = true
	}
	return nil
}
