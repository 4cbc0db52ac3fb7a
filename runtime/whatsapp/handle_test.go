package whatsapp

import (
	"log/slog"
	"slices"
	"testing"

	"go.mau.fi/whatsmeow/types/events"
)

// whatsmeow passes each of these events on in a goroutine of its own, so that they
// may come in any order.
func TestALinkIsToldBeforeTheLoginAndOnce(t *testing.T) {
	for name, order := range map[string][]any{
		"in order":        {&events.PairSuccess{}, &events.Connected{}},
		"the login first": {&events.Connected{}, &events.PairSuccess{}},
	} {
		t.Run(name, func(t *testing.T) {
			told := newRecorder()
			a, err := Open(t.Context(), Options{Dir: t.TempDir(), Handler: told, Logger: slog.New(slog.DiscardHandler), Device: aDevice})
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := a.Close(); err != nil {
					t.Error(err)
				}
			}()
			pairedDevice(t, a.db, "15550001111")
			for _, evt := range order {
				a.handle(a.current(), evt)
				if a.Me().ID != aliceID {
					t.Errorf("after %T it is %+v", evt, a.Me())
				}
			}
			if want := []Turn{Paired{}, Connected{}}; !slices.Equal(told.turns, want) {
				t.Errorf("the turns are %#v, want %#v", told.turns, want)
			}
		})
	}
}

// A session that has logged in again does not wait for what has already been told.
func TestALossThatIsToldAfterTheNextLogin(t *testing.T) {
	l := paired(t)
	l.handle(l.current(), &events.Disconnected{})
	l.recorder.mu.Lock()
	defer l.recorder.mu.Unlock()
	if last := l.turns[len(l.turns)-2:]; !slices.Equal(last, []Turn{Disconnected{}, Connected{}}) {
		t.Errorf("the last turns are %#v", last)
	}
}
