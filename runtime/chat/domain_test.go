package chat

import "testing"

func TestAcksHaveTheirNames(t *testing.T) {
	for name, want := range map[string]Ack{"ERROR": -1, "PENDING": 0, "SERVER": 1, "DEVICE": 2, "READ": 3, "PLAYED": 4} {
		got, ok := ParseAck(name)
		if !ok || got != want || got.String() != name {
			t.Errorf("%s is %d, %v, named %s", name, got, ok, got)
		}
	}
	for _, name := range []string{"", "read", "SEEN", "3"} {
		if _, ok := ParseAck(name); ok {
			t.Errorf("%q is taken for an ack", name)
		}
	}
}

func TestAcksNeverFallSaveThatAnErrorEndsPending(t *testing.T) {
	for is := AckError; is <= AckPlayed; is++ {
		for news := AckError; news <= AckPlayed; news++ {
			want := max(is, news)
			if is == AckPending && news == AckError {
				want = AckError
			}
			if got := is.Raised(news); got != want {
				t.Errorf("%s after %s is %s, want %s", is, news, got, want)
			}
		}
	}
}

func TestMutedUntilATimeOrForEver(t *testing.T) {
	for _, test := range []struct {
		until, now int64
		want       bool
	}{{0, 100, false}, {-1, 100, true}, {100, 99, true}, {100, 100, false}} {
		c := Chat{MutedUntil: test.until}
		if got := c.MutedAt(test.now); got != test.want {
			t.Errorf("until %d at %d: %v", test.until, test.now, got)
		}
	}
}

func TestTheBestName(t *testing.T) {
	c := Contact{PushName: "push"}
	if c.BestName() != "push" {
		t.Errorf("%q", c.BestName())
	}
	c.BusinessName = "business"
	if c.BestName() != "business" {
		t.Errorf("%q", c.BestName())
	}
	c.Name = "name"
	if c.BestName() != "name" {
		t.Errorf("%q", c.BestName())
	}
}

func TestAMessagesIDAndAChatsKind(t *testing.T) {
	m := Message{Chat: "1@g.us", Arrived: "1@g.us", Stanza: "A", FromMe: true, Participant: "2@c.us"}
	if got := m.ID().String(); got != "true_1@g.us_A_2@c.us" {
		t.Errorf("%s", got)
	}
	if c := (Chat{ID: "1@g.us"}); c.Kind() != KindGroup {
		t.Errorf("%s", c.Kind())
	}
}
