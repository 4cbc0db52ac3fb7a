package dashboard

import (
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// activity is what only the session's pod knows.
type activity struct {
	// Last is the newest message, of whatever chat; nil if there is none.
	Last *lastMessage
	// Waiting and Failed are how many deliveries to webhooks wait and were given up, as
	// far as they are counted; Capped says that there may be more.
	Waiting, Failed int
	Capped          bool
	// Hooks says whether the session has webhooks at all.
	Hooks bool
	// Problem is why the session did not tell; empty if it did.
	Problem string
}

type lastMessage struct {
	Chat string
	At   time.Time
}

// mostCounted limits how many deliveries are counted.
const mostCounted = 100

// sessionActivity is loaded after the page, as the pod may take a while to answer.
func (d *Dashboard) sessionActivity(v *visit) error {
	s, err := v.session()
	if err != nil {
		return err
	}
	a, err := v.activity(s)
	if isTold(err) { // nobody asked for it, so it is no notice
		a.Problem = sentence(err.Error())
	} else if err != nil {
		return err
	}
	return v.part(http.StatusOK, "session", "part-activity", a)
}

func (v *visit) activity(s session) (activity, error) {
	a := activity{Hooks: len(s.Spec.Webhooks) > 0}
	var chats []struct {
		ID          string `json:"id"`
		Name        string `json:"name"`
		LastMessage *struct {
			Timestamp float64 `json:"timestamp"`
		} `json:"lastMessage"`
	}
	if err := v.call(http.MethodGet, s.api("chats/overview")+"?limit=1", nil, &chats); err != nil {
		return a, err
	}
	if len(chats) > 0 && chats[0].LastMessage != nil {
		name := chats[0].Name
		if name == "" {
			name = chats[0].ID
		}
		a.Last = &lastMessage{name, time.Unix(int64(chats[0].LastMessage.Timestamp), 0)}
	}
	if a.Hooks {
		for state, count := range map[string]*int{"pending": &a.Waiting, "failed": &a.Failed} {
			var deliveries []struct{}
			query := url.Values{"state": {state}, "limit": {strconv.Itoa(mostCounted)}}
			if err := v.call(http.MethodGet, s.api("webhooks/deliveries")+"?"+query.Encode(), nil, &deliveries); err != nil {
				return a, err
			}
			*count = len(deliveries)
			a.Capped = a.Capped || *count == mostCounted
		}
	}
	return a, nil
}
