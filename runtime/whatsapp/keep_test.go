package whatsapp

import (
	"testing"
	"time"
)

func TestRedeliveriesBackOff(t *testing.T) {
	var r redelivery
	now := time.Unix(1_700_000_000, 0)
	want := redeliverFirst
	for range 12 {
		if got := r.next(now); got != want {
			t.Fatalf("waits %v, want %v", got, want)
		}
		want = min(2*want, redeliverMost)
		now = now.Add(want)
	}
	if got := r.next(now.Add(redeliverQuiet + time.Second)); got != redeliverFirst {
		t.Errorf("after a quiet time it waits %v", got)
	}
}
