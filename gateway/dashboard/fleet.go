package dashboard

import (
	"context"
	"net/http"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/wasession/wasession/gateway/history"
)

// fleetView is what the page about all sessions shows.
type fleetView struct {
	Total  int
	Counts []count
	// Unread and Chats are those of all sessions.
	Unread, Chats int64
	// Charts are drawn from the history; none if the gateway keeps none.
	Charts []chart
	// Waiting says that the history has not begun yet, Off that there is none.
	Waiting, Off bool
}

// fleetPage shows the sessions as a whole.
func (d *Dashboard) fleetPage(v *visit) error {
	f, err := v.fleet(v.r.Context())
	if err != nil {
		return err
	}
	return v.show(http.StatusOK, "fleet", f)
}

// fleetLive sends the page's content anew when sessions change, and with each point of
// the history.
func (d *Dashboard) fleetLive(v *visit) error {
	return v.stream(func(ctx context.Context, s *stream) error {
		points, stop := d.points()
		defer stop()
		return s.followAnd(ctx, points, func([]types.NamespacedName) error {
			f, err := v.fleet(ctx)
			if err != nil {
				return err
			}
			return s.show("fleet", "part-fleet", f)
		})
	})
}

func (v *visit) fleet(ctx context.Context) (fleetView, error) {
	rows, err := v.listed(ctx)
	if err != nil {
		return fleetView{}, err
	}
	f := fleetView{Total: len(rows), Off: v.d.History == nil}
	seen, counts := map[types.NamespacedName]bool{}, map[string]int{}
	for _, r := range rows {
		seen[types.NamespacedName{Namespace: r.Namespace, Name: r.Resource}] = true
		counts[r.Status]++
		f.Unread += r.Unread
		f.Chats += r.Chats
	}
	for _, state := range states[1:] {
		f.Counts = append(f.Counts, count{Value: state.value, Label: state.label, Count: counts[state.value], Tone: state.tone})
	}
	if f.Off {
		return f, nil
	}
	points := v.d.History.Points(func(key types.NamespacedName) bool { return seen[key] })
	if f.Waiting = len(points) < 2; !f.Waiting {
		f.Charts = chartsOf(points, v.d.History.Every)
	}
	return f, nil
}

// chartsOf are the charts of a history with a point each so often.
func chartsOf(points []history.Point, every time.Duration) []chart {
	unit := "a minute"
	if every != time.Minute {
		unit = "in " + every.String()
	}
	values := func(of func(p history.Point) int64) []int64 {
		all := make([]int64, len(points))
		for i, p := range points {
			all[i] = of(p)
		}
		return all
	}
	statuses := newChart("Sessions by status", points)
	statuses.stacked = true
	for _, state := range states[1:] {
		statuses.add(state.label, state.tone, values(func(p history.Point) int64 { return int64(p.Statuses[state.value]) }))
	}
	messages := newChart("Messages", points)
	messages.Sums, messages.Unit = true, unit
	messages.add("Received", "good", values(func(p history.Point) int64 { return p.Received }))
	messages.add("Sent", "busy", values(func(p history.Point) int64 { return p.Sent }))
	deliveries := newChart("Deliveries to webhooks", points)
	deliveries.Sums, deliveries.Unit = true, unit
	deliveries.add("Delivered", "good", values(func(p history.Point) int64 { return p.Delivered }))
	deliveries.add("Given up", "bad", values(func(p history.Point) int64 { return p.Failed }))
	return []chart{statuses.drawn(), messages.drawn(), deliveries.drawn()}
}
