package dashboard

import (
	"testing"
	"time"

	"github.com/wasession/wasession/gateway/history"
)

func TestLinesOfAChart(t *testing.T) {
	began := time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)
	points := []history.Point{
		{At: began, Statuses: map[string]int{"WORKING": 2, "FAILED": 1}, Counters: history.Counters{Received: 10}},
		{At: began.Add(time.Minute), Statuses: map[string]int{"WORKING": 3}, Counters: history.Counters{Received: 30, Sent: 5}},
		{At: began.Add(2 * time.Minute), Statuses: map[string]int{"WORKING": 4}, Counters: history.Counters{Received: 50, Failed: 2}},
	}
	charts := chartsOf(points, time.Minute)
	statuses, messages, deliveries := charts[0], charts[1], charts[2]

	if len(statuses.Lines) != 2 || statuses.Most != 5 || statuses.Lines[0].Shown != 4 || statuses.Lines[1].Shown != 0 {
		t.Errorf("statuses: %+v", statuses)
	}
	// The failed ones stand on the working ones.
	if got, want := statuses.Lines[1].Area, "M0.0 80.0L500.0 80.0L1000.0 40.0L1000.0 40.0L500.0 80.0L0.0 120.0Z"; got != want {
		t.Errorf("the area is %s, want %s", got, want)
	}
	if got, want := messages.Lines[0].Edge, "M0.0 160.0L500.0 80.0L1000.0 0.0"; got != want || messages.Lines[0].Shown != 90 || messages.Most != 50 {
		t.Errorf("messages: %+v, want %s", messages, want)
	}
	if deliveries.Lines[0].Shown != 0 || deliveries.Lines[1].Shown != 2 || deliveries.Most != 2 {
		t.Errorf("deliveries: %+v", deliveries)
	}
	if got, want := messages.Words(), "Messages from 09:00 to 09:02 UTC: received 90, sent 5 in this time"; got != want {
		t.Errorf("in words: %s, want %s", got, want)
	}
}

func TestTheEndOfAnAxis(t *testing.T) {
	for n, want := range map[int64]int64{0: 1, 1: 1, 2: 2, 3: 5, 6: 10, 11: 20, 21: 50, 51: 100, 1000: 1000, 1001: 2000} {
		if got := axisEnd(n); got != want {
			t.Errorf("for %d it is %d, want %d", n, got, want)
		}
	}
}
