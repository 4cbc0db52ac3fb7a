package dashboard

import (
	"fmt"
	"testing"
	"time"
)

// An address that guesses is stopped; the others go on.
func TestFailedLoginsAreCounted(t *testing.T) {
	clock := newClock()
	a := newAttempts(clock.now)
	for range attemptsEach {
		if !a.allowed("192.0.2.1") {
			t.Fatal("refused early")
		}
		a.failed("192.0.2.1")
	}
	if a.allowed("192.0.2.1") {
		t.Error("one attempt too many is allowed")
	}
	if !a.allowed("192.0.2.2") {
		t.Error("another address is refused")
	}
	clock.time = clock.time.Add(attemptEachAfter)
	if !a.allowed("192.0.2.1") {
		t.Error("refused after the time that it was told to wait")
	}
}

// Many addresses together are stopped too.
func TestFailedLoginsOfAllAreCounted(t *testing.T) {
	clock := newClock()
	a := newAttempts(clock.now)
	for i := range attemptsAll {
		a.failed(fmt.Sprintf("192.0.2.%d", i))
	}
	if a.allowed("198.51.100.1") {
		t.Error("one attempt too many is allowed")
	}
	clock.time = clock.time.Add(time.Second)
	if !a.allowed("198.51.100.1") {
		t.Error("refused for ever")
	}
}
