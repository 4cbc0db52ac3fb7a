package controllers

import (
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/types"
)

func TestSightingsMeasureByOneClock(t *testing.T) {
	sales := types.NamespacedName{Namespace: "crm", Name: "sales"}
	start := time.Date(2026, time.March, 29, 1, 59, 0, 0, time.UTC)
	var s sightings
	for _, step := range []struct {
		what   string
		object types.UID
		now    time.Time
		want   time.Duration
	}{
		{"first seen", "a", start, 0},
		{"seen again", "a", start.Add(10 * time.Second), 10 * time.Second},
		{"another of the name", "b", start.Add(11 * time.Second), 0},
		{"seen again", "b", start.Add(14 * time.Second), 3 * time.Second},
		{"the clock steps back", "b", start.Add(-6 * time.Hour), 0},
		{"and goes on from there", "b", start.Add(-6*time.Hour + time.Minute), time.Minute},
	} {
		if got := s.since(sales, step.object, step.now); got != step.want {
			t.Errorf("%s: seen for %s, want %s", step.what, got, step.want)
		}
	}
	s.forget(sales)
	if got := s.since(sales, "b", start); got != 0 || len(s.first) != 1 {
		t.Errorf("a session that was forgotten has been seen for %s; %d are remembered", got, len(s.first))
	}
}
