package access

import (
	"fmt"
	"testing"
	"time"
)

func TestWrongKeysAreLimitedByAddress(t *testing.T) {
	now := time.Unix(1000, 0)
	a := &Attempts{PerMinute: 6, Now: func() time.Time { return now }}
	const here, there = "192.0.2.1:1000", "192.0.2.2:1000"
	a.Judged(here, "good", true)
	for n := range 6 {
		if wait := a.Wait(here, fmt.Sprint(n)); wait != 0 {
			t.Fatalf("attempt %d must wait for %v", n, wait)
		}
		a.Judged(here, fmt.Sprint(n), false)
	}
	if wait := a.Wait("192.0.2.1:2000", "7"); wait != 10*time.Second {
		t.Errorf("one more must wait for %v", wait)
	}
	if wait := a.Wait(here, "another good one"); wait == 0 {
		t.Error("a key is tried that was not let in before")
	}
	if wait := a.Wait(here, "good"); wait != 0 {
		t.Errorf("one that was let in must wait for %v", wait)
	}
	if wait := a.Wait(there, "7"); wait != 0 {
		t.Errorf("another address must wait for %v", wait)
	}
	now = now.Add(9 * time.Second)
	if wait := a.Wait(here, "7"); wait < time.Second/2 || wait > 2*time.Second {
		t.Errorf("a second before, it must wait for %v", wait)
	}
	now = now.Add(time.Second)
	if wait := a.Wait(here, "7"); wait != 0 {
		t.Errorf("after its time, it must wait for %v", wait)
	}
	// A key that is withdrawn loses its privilege.
	a.Judged(here, "good", false)
	if wait := a.Wait(here, "good"); wait == 0 {
		t.Error("a key that was withdrawn is tried for ever")
	}
	none := &Attempts{}
	for range 100 {
		none.Judged(here, "x", false)
	}
	if wait := none.Wait(here, "x"); wait != 0 {
		t.Errorf("without a limit, it must wait for %v", wait)
	}
}

func TestAttemptsTakeBoundedMemory(t *testing.T) {
	a := &Attempts{PerMinute: 1}
	for n := range 2*mostAttempts + 5 {
		from := fmt.Sprintf("10.%d.%d.%d:1", n>>16, n>>8&255, n&255)
		a.Judged(from, "x", false)
		a.Judged(from, "y", true)
	}
	if len(a.wrong) > mostAttempts || len(a.letIn) > mostAttempts {
		t.Errorf("%d and %d are kept", len(a.wrong), len(a.letIn))
	}
}

func TestWhatCountsAsOneAddress(t *testing.T) {
	for from, want := range map[string]string{
		"192.0.2.1:80":           "192.0.2.1/32",
		"[::ffff:192.0.2.1]:80":  "192.0.2.1/32",
		"[2001:db8:1:2:3::4]:80": "2001:db8:1:2::/64",
		"[fe80::1%eth0]:80":      "fe80::/64",
		"@":                      "invalid Prefix",
	} {
		if got := networkOf(from).String(); got != want {
			t.Errorf("%s counts as %s, want %s", from, got, want)
		}
	}
}
