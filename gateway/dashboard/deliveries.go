package dashboard

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"time"

	"github.com/wasession/wasession/gateway/dashboard/pod"
	"github.com/wasession/wasession/gateway/dashboard/text"
	"github.com/wasession/wasession/gateway/waha"
)

// deliveryRoutes are the page of what waits for webhooks.
func (d *Dashboard) deliveryRoutes() []route {
	const page = ofSession + "/deliveries"
	return []route{
		{"GET " + page, d.deliveriesPage},
		{"GET " + page + "/live", d.deliveriesLive},
		{"POST " + page + "/replay", d.replay},
	}
}

const (
	// mostDeliveries is how many are shown of those that wait, and of those that were
	// given up.
	mostDeliveries = 100
	// queueTime is how often an open page looks at the queue, which no event tells of.
	queueTime = 5 * time.Second
)

// deliveriesView is what the page of deliveries shows.
type deliveriesView struct {
	Frame frame
	// Webhooks are those of the resource; Webhook is the one that is shown, empty for all.
	Webhooks []string
	Webhook  string
	// Waiting and Failed are the first of them. MoreWaiting and MoreFailed: there are
	// others.
	Waiting, Failed         []delivery
	MoreWaiting, MoreFailed bool
	CanReplay               bool
	// Problem is why they are not known, and Done what a button has done.
	Problem, Done string
	// csrf is the token of the forms.
	csrf string
}

// Live is the address of the stream that keeps the page current.
func (v deliveriesView) Live() string { return v.Frame.Path + "/deliveries/live" + v.Query() }

// Query keeps the choice of a webhook.
func (v deliveriesView) Query() string {
	if v.Webhook == "" {
		return ""
	}
	return "?webhook=" + v.Webhook
}

// deliveryTable is a table of deliveries.
type deliveryTable struct {
	Rows              []delivery
	Failed, CanReplay bool
	// Replay is where the button of a row leads, with this token.
	Replay, CSRF string
}

// FailedTable is the table of what was given up.
func (v deliveriesView) FailedTable() deliveryTable {
	return deliveryTable{v.Failed, true, v.CanReplay, v.Frame.Path + "/deliveries/replay" + v.Query(), v.csrf}
}

// WaitingTable is the table of what waits.
func (v deliveriesView) WaitingTable() deliveryTable { return deliveryTable{Rows: v.Waiting} }

// delivery is the delivery of an event to a webhook, for people.
type delivery struct {
	ID                      string
	Webhook, Event, EventID string
	RequestID               string
	At, Next, GivenUp       time.Time
	Attempts                int
	Answer                  string
}

func newDelivery(d pod.Delivery) delivery {
	const most = 300
	v := delivery{
		Webhook: text.Line(d.Webhook, 128), Event: text.Line(d.Event, 64), EventID: text.Line(d.EventID, 64),
		At: time.UnixMilli(d.Timestamp), Attempts: d.Attempts, Next: millis(d.NextAttempt), GivenUp: millis(d.FailedAt),
	}
	if d.ID != nil {
		v.ID = strconv.FormatInt(*d.ID, 10)
	}
	if d.RequestID != nil {
		v.RequestID = text.Line(*d.RequestID, 64)
	}
	if d.Error != nil {
		v.Answer = text.Line(*d.Error, most)
	}
	return v
}

func millis(at *int64) time.Time {
	if at == nil {
		return time.Time{}
	}
	return time.UnixMilli(*at)
}

func (d *Dashboard) deliveriesPage(v *visit) error {
	view, err := v.onDeliveries()
	if err != nil {
		return err
	}
	if v.asksPart() {
		return v.part(http.StatusOK, "deliveries", "part-deliveries", view)
	}
	return v.show(http.StatusOK, "deliveries", view)
}

// onDeliveries reads what waits and what was given up.
func (v *visit) onDeliveries() (deliveriesView, error) {
	s, err := v.session()
	if err == nil {
		err = v.mustMay(s, pod.ReadChats)
	}
	if err != nil {
		return deliveriesView{}, err
	}
	view := deliveriesView{Frame: v.frame(s, "deliveries"), csrf: v.d.cookies.token(v.login)}
	for _, w := range s.Spec.Webhooks {
		view.Webhooks = append(view.Webhooks, w.Name)
	}
	if wanted := v.r.URL.Query().Get("webhook"); slices.Contains(view.Webhooks, wanted) {
		view.Webhook = wanted
	}
	if view.CanReplay, err = v.may(s, pod.Control); err != nil {
		return deliveriesView{}, err
	}
	client := v.podOf(s)
	view.Failed, view.MoreFailed, err = readDeliveries(v.r.Context(), client, "failed", view.Webhook)
	if err == nil {
		view.Waiting, view.MoreWaiting, err = readDeliveries(v.r.Context(), client, "pending", view.Webhook)
	}
	var problem pod.Problem
	if errors.As(err, &problem) {
		view.Problem, err = sentence(problem.Text), nil
	}
	return view, err
}

func readDeliveries(ctx context.Context, c pod.Client, state, webhook string) (all []delivery, more bool, err error) {
	found, err := c.Deliveries(ctx, state, webhook, mostDeliveries+1, 0)
	if err != nil {
		return nil, false, err
	}
	if len(found) > mostDeliveries {
		found, more = found[:mostDeliveries], true
	}
	for _, d := range found {
		all = append(all, newDelivery(d))
	}
	return all, more, nil
}

// deliveriesLive looks at the queue now and then while the page is open, and sends it
// if it has changed.
func (d *Dashboard) deliveriesLive(v *visit) error {
	if _, err := v.onDeliveries(); err != nil {
		return err
	}
	return v.stream(func(ctx context.Context, st *stream) error {
		tick := time.NewTicker(queueTime)
		defer tick.Stop()
		var shown deliveriesView
		for first := true; ; first = false {
			if err := st.check(ctx); err != nil {
				return err
			}
			view, err := v.onDeliveries()
			if err != nil {
				return err
			}
			token := view.csrf
			if view.csrf = ""; first || !reflect.DeepEqual(view, shown) {
				shown, view.csrf = view, token
				err = st.show("deliveries", "part-deliveries", view)
			} else {
				err = st.write([]byte(": alive\n\n"))
			}
			if err != nil {
				return err
			}
			select {
			case <-ctx.Done():
				return nil
			case <-tick.C:
			}
		}
	})
}

// replay queues what was given up again: one delivery, or all that the page is about.
func (d *Dashboard) replay(v *visit) error {
	s, err := v.session()
	if err != nil {
		return err
	}
	var ids []int64
	if given := v.r.PostFormValue("id"); given != "" {
		id, err := strconv.ParseInt(given, 10, 64)
		if err != nil {
			return waha.BadRequest("id must be the number of a delivery")
		}
		ids = append(ids, id)
	}
	n, err := v.podOf(s).Replay(v.r.Context(), v.r.URL.Query().Get("webhook"), ids...)
	if err != nil {
		return told(err)
	}
	if !v.asksPart() {
		return v.to(s.Path + "/deliveries")
	}
	view, err := v.onDeliveries()
	if err != nil {
		return err
	}
	view.Done = counted(n, "event") + " will be sent again, behind what waits already."
	return v.part(http.StatusOK, "deliveries", "part-done", view)
}
