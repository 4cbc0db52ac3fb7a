package dashboard

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/wasession/wasession/gateway/dashboard/chats"
	"github.com/wasession/wasession/gateway/dashboard/pod"
	"github.com/wasession/wasession/gateway/dashboard/text"
)

// eventRoutes are the page of a session's events.
func (d *Dashboard) eventRoutes() []route {
	const page = ofSession + "/events"
	return []route{
		{"GET " + page, d.eventsPage},
		{"GET " + page + "/live", d.eventsLive},
	}
}

// eventsView is what the page of events shows.
type eventsView struct {
	Frame    frame
	Families []family
}

// family is a sort of events, by how their names begin.
type family struct{ Prefix, Label string }

// families are the sorts of events that can be chosen. An event belongs to the first
// that fits.
var families = []family{
	{"message.ack", "Receipts"}, {"message.reaction", "Reactions"}, {"message", "Messages"}, {"chat", "Chats"}, {"group", "Groups"},
	{"presence", "Presence"}, {"call", "Calls"}, {"session", "Session"}, {"", "Others"},
}

func familyOf(event string) string {
	for _, f := range families {
		if strings.HasPrefix(event, f.Prefix) {
			return f.Label
		}
	}
	return ""
}

// maxJSON is how much is shown of an event's payload, in characters.
const maxJSON = 20_000

// eventRow is an event, for people.
type eventRow struct {
	ID, Name, Family string
	At               time.Time
	// Who and What say in a line what it is about.
	Who, What string
	JSON      string
	Clipped   bool
}

func newEventRow(e pod.Event) eventRow {
	row := eventRow{ID: text.Line(e.ID, 64), Name: text.Line(e.Name, 64), Family: familyOf(e.Name), At: time.UnixMilli(e.At).UTC()}
	var payload struct {
		ID       string `json:"id"`
		From     string `json:"from"`
		Body     string `json:"body"`
		AckName  string `json:"ackName"`
		Status   string `json:"status"`
		Archived *bool  `json:"archived"`
		Policy   string `json:"policy"`
		Reaction struct {
			Text string `json:"text"`
		} `json:"reaction"`
	}
	// Events of other shapes have no such members, and show their payload alone.
	_ = json.Unmarshal(e.Payload, &payload)
	if id := payload.From; id != "" {
		row.Who, _, _ = chats.Named(id, "", "")
	} else if strings.Contains(payload.ID, "@") {
		row.Who, _, _ = chats.Named(payload.ID, "", "")
	}
	switch {
	case payload.Body != "":
		row.What = text.Line(payload.Body, 120)
	case payload.AckName != "":
		row.What = text.Line(payload.AckName, 20)
	case payload.Reaction.Text != "":
		row.What = text.Line(payload.Reaction.Text, 16)
	case payload.Archived != nil && *payload.Archived:
		row.What = strings.TrimSpace("archived " + text.Line(payload.Policy, 64))
	case payload.Archived != nil:
		row.What = "taken out of the archive"
	case payload.Status != "":
		row.What = text.Line(payload.Status, 40)
	}
	var pretty bytes.Buffer
	if json.Indent(&pretty, e.Payload, "", "  ") != nil {
		pretty.Reset()
		pretty.Write(e.Payload)
	}
	row.JSON, row.Clipped = text.Clip(text.Lines(pretty.String()), maxJSON)
	return row
}

func (d *Dashboard) eventsPage(v *visit) error {
	s, err := v.session()
	if err == nil {
		err = v.mustMay(s, pod.ReadMessages)
	}
	if err != nil {
		return err
	}
	return v.show(http.StatusOK, "events", eventsView{v.frame(s, "events"), families})
}

// eventsLive sends the session's events as they happen.
func (d *Dashboard) eventsLive(v *visit) error {
	s, err := v.session()
	if err == nil {
		err = v.mustMay(s, pod.ReadMessages)
	}
	if err != nil {
		return err
	}
	return v.stream(func(ctx context.Context, st *stream) error {
		return v.followEvents(ctx, st, s.Key(), follower{show: func(events []pod.Event) error {
			rows := make([]eventRow, len(events))
			for i, e := range events {
				rows[len(events)-1-i] = newEventRow(e)
			}
			html, err := d.html("events", "part-events", v.view(rows))
			if err != nil {
				return err
			}
			return st.event("events", html)
		}, begin: func(running bool) error {
			if running {
				return st.event("state", []byte("running"))
			}
			return st.event("state", []byte("stopped"))
		}})
	})
}
