package store

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/wasession/wasession/runtime/chat"
)

const (
	stranger chat.ID = "15550009999@c.us"
	friend   chat.ID = "15550008888@c.us"
)

// queued is a message of the account that is to wait.
func queued(to chat.ID, stanza string, ts int64) chat.SendQueued {
	return chat.SendQueued{Message: chat.Message{
		Chat: to, Stanza: stanza, FromMe: true, FromAPI: true, Timestamp: ts, Ack: chat.AckPending,
		Type: chat.TypeText, Body: "text of " + stanza, Raw: []byte("raw of " + stanza),
	}}
}

func ended(to chat.ID, stanza string, ack chat.Ack) chat.SendEnded {
	return chat.SendEnded{AckChanged: chat.AckChanged{Chat: to, Stanzas: []string{stanza}, Ack: ack, Timestamp: 500}}
}

// waitingOf are the IDs of what waits, those of new chats with a plus.
func waitingOf(t *testing.T, s *Store) (ids []string) {
	t.Helper()
	for _, w := range must(s.Sending(t.Context(), true))(t).Waiting {
		id := w.ID.Stanza
		if w.New {
			id = "+" + id
		}
		ids = append(ids, id)
	}
	return ids
}

func wantWaiting(t *testing.T, s *Store, want ...string) {
	t.Helper()
	got := waitingOf(t, s)
	if len(got) != len(want) {
		t.Fatalf("%v wait, want %v", got, want)
	}
	for i := range got {
		if got[i] != want[i] {
			t.Errorf("%v wait, want %v", got, want)
		}
	}
}

func TestMessagesWaitInOrder(t *testing.T) {
	s := open(t, Options{})
	apply(t, s, chat.MessageReceived{Message: chat.Message{Chat: friend, Stanza: "IN", Timestamp: 50, Type: chat.TypeText, Body: "hi", Ack: chat.AckDevice}})
	apply(t, s, queued(stranger, "A", 100), queued(friend, "B", 100), queued(stranger, "C", 90))
	wantWaiting(t, s, "+A", "B", "+C")
	if m := must(s.Message(t.Context(), stranger, "A"))(t); m.Ack != chat.AckPending || string(m.Raw) != "raw of A" || m.Body != "text of A" {
		t.Errorf("the message is %+v", m)
	}
	// A second time the same changes nothing.
	apply(t, s, queued(stranger, "A", 100))
	wantWaiting(t, s, "+A", "B", "+C")

	apply(t, s, ended(stranger, "A", chat.AckServer))
	wantWaiting(t, s, "B", "C") // the stranger is none any more
	if m := must(s.Message(t.Context(), stranger, "A"))(t); m.Ack != chat.AckServer {
		t.Errorf("ack %s", m.Ack)
	}
	apply(t, s, ended(stranger, "C", chat.AckError), ended(friend, "B", chat.AckPending))
	wantWaiting(t, s)
	if m := must(s.Message(t.Context(), friend, "B"))(t); m.Ack != chat.AckPending {
		t.Errorf("in doubt it has ack %s", m.Ack)
	}
}

func TestWhatIsANewChat(t *testing.T) {
	s := open(t, Options{})
	isNew := func(id chat.ID, want bool, when string) {
		t.Helper()
		if _, got, err := s.Destination(t.Context(), id); err != nil || got != want {
			t.Errorf("%s: new is %t, want %t (%v)", when, got, want, err)
		}
	}
	isNew(stranger, true, "nothing is known")
	apply(t, s, queued(stranger, "A", 100))
	isNew(stranger, true, "a message waits")
	apply(t, s, ended(stranger, "A", chat.AckError))
	isNew(stranger, true, "it could not be sent")
	apply(t, s, queued(stranger, "A", 101)) // again, with the same ID
	wantWaiting(t, s, "+A")
	apply(t, s, chat.MessageReceived{Message: chat.Message{Chat: stranger, Stanza: "IN", Timestamp: 102, Type: chat.TypeText, Body: "hi", Ack: chat.AckDevice}})
	isNew(stranger, false, "they wrote")
	wantWaiting(t, s, "A")
	apply(t, s, chat.ChatDeleted{Chat: stranger})
	isNew(stranger, false, "the chat was deleted")
	wantWaiting(t, s) // with what waited

	must(0, s.Import(t.Context(), []chat.HistoryChat{{Chat: chat.Chat{ID: friend, ConversationTimestamp: 90}}}))(t)
	must(0, s.ImportDone(t.Context()))(t)
	isNew(friend, false, "the history has the chat")

	// A LID is the person whose number is known.
	apply(t, s, chat.LIDMapped{LID: "77@lid", Phone: friend})
	if to, isNew, err := s.Destination(t.Context(), "77@lid"); to != friend || isNew || err != nil {
		t.Errorf("the LID is %s, new %t, %v", to, isNew, err)
	}
}

func TestCancelledMessages(t *testing.T) {
	s := open(t, Options{})
	apply(t, s, queued(stranger, "A", 100), queued(stranger, "B", 101), queued(friend, "C", 102))
	if err := s.CancelSend(t.Context(), stranger, "X"); !errors.Is(err, chat.ErrNotFound) {
		t.Errorf("an unknown one: %v", err)
	}
	must(0, s.CancelSend(t.Context(), stranger, "A"))(t)
	if _, err := s.Message(t.Context(), stranger, "A"); !errors.Is(err, chat.ErrNotFound) {
		t.Errorf("the message is still there: %v", err)
	}
	wantWaiting(t, s, "+B", "+C")
	apply(t, s, queued(stranger, "A", 103)) // its ID can be used again
	wantWaiting(t, s, "+B", "+C", "+A")

	now := time.UnixMilli(1_000_000)
	waiting := must(s.Sending(t.Context(), false))(t).Waiting
	must(0, s.BeginSend(t.Context(), waiting[0], now, now, true))(t)
	if err := s.CancelSend(t.Context(), stranger, "B"); !errors.As(err, new(chat.Impossible)) {
		t.Errorf("one that is being sent: %v", err)
	}
	if n := must(s.CancelSends(t.Context()))(t); n != 2 {
		t.Errorf("%d were cancelled, want 2", n)
	}
	wantWaiting(t, s, "+B")
	must(0, s.TakeBackSend(t.Context(), waiting[0].ID))(t)
	must(0, s.CancelSend(t.Context(), stranger, "B"))(t)
	// What never was is not left behind, and the chat is new again.
	if all := must(s.Chats(t.Context(), chat.ChatQuery{Limit: 10}))(t); len(all) != 0 {
		t.Errorf("chats are left: %+v", all)
	}
	if _, isNew, err := s.Destination(t.Context(), stranger); !isNew || err != nil {
		t.Errorf("new %t, %v", isNew, err)
	}
}

func TestWhatWasSentIsKeptAsLongAsLimitsReach(t *testing.T) {
	s := open(t, Options{})
	at := func(seconds int64) time.Time { return time.Unix(1_000_000+seconds, 0) }
	for _, sent := range []chat.Sent{{Chat: friend, At: at(0)}, {Chat: stranger, At: at(1), New: true}, {Chat: friend, At: at(50)}, {Chat: friend, At: at(70)}} {
		must(0, s.NoteSent(t.Context(), sent))(t)
	}
	sent := must(s.Sending(t.Context(), true))(t).Sent
	if len(sent) != 3 || sent[0] != (chat.Sent{Chat: stranger, At: at(1), New: true}) || sent[2].At != at(70) {
		t.Errorf("kept %+v", sent)
	}
	must(0, s.NoteSent(t.Context(), chat.Sent{Chat: friend, At: at(86500)}))(t)
	if sent := must(s.Sending(t.Context(), true))(t).Sent; len(sent) != 1 {
		t.Errorf("a day later: %+v", sent)
	}
	if sent := must(s.Sending(t.Context(), false))(t).Sent; len(sent) != 0 {
		t.Errorf("without limits: %+v", sent)
	}
}

// A try is counted once, and survives the process.
func TestTriesAreCountedOnDisk(t *testing.T) {
	s := open(t, Options{})
	apply(t, s, queued(stranger, "A", 100))
	now := time.UnixMilli(2_000_123)
	for range 2 {
		w := must(s.Sending(t.Context(), true))(t).Waiting[0]
		must(0, s.BeginSend(t.Context(), w, now, now.Add(time.Minute), true))(t)
	}
	got := must(s.Sending(t.Context(), true))(t)
	if w := got.Waiting[0]; w.Tries != 2 || !w.RetryAt.Equal(now.Add(time.Minute)) || len(got.Sent) != 1 || !got.Sent[0].New {
		t.Errorf("%+v", got)
	}
	if n := must(s.CountWaiting(t.Context()))(t); n != 1 || !must(s.IsWaiting(t.Context(), "A"))(t) || must(s.IsWaiting(t.Context(), "B"))(t) {
		t.Errorf("%d wait", n)
	}
}

func TestTheFirstLinkCounts(t *testing.T) {
	s := open(t, Options{})
	if got := must(s.Sending(t.Context(), true))(t).Since; !got.IsZero() {
		t.Errorf("before any: %s", got)
	}
	for _, at := range []int64{1000, 2000} {
		must(0, s.NoteLinked(t.Context(), time.Unix(at, 0)))(t)
	}
	if got := must(s.Sending(t.Context(), true))(t).Since; got.Unix() != 1000 {
		t.Errorf("since %s", got)
	}
}

// That nothing waits is remembered, until a message is queued.
func TestAMessageWaitsThoughNothingDidBefore(t *testing.T) {
	s := open(t, Options{})
	for _, stanza := range []string{"A", "B"} {
		for range 2 {
			if got := must(s.Sending(t.Context(), false))(t); len(got.Waiting) != 0 {
				t.Fatalf("%d wait before %s", len(got.Waiting), stanza)
			}
		}
		apply(t, s, queued(friend, stanza, 100))
		if got := must(s.Sending(t.Context(), false))(t); len(got.Waiting) != 1 || got.Waiting[0].ID.Stanza != stanza {
			t.Fatalf("%s: %+v", stanza, got.Waiting)
		}
		apply(t, s, ended(friend, stanza, chat.AckServer))
	}
}

// The ID of a status may be chosen, so that one that failed is tried again with other
// contents and for other people.
func TestAStatusThatFailedIsReplaced(t *testing.T) {
	s := open(t, Options{})
	status := sent(chat.StatusBroadcast, "A", 100)
	status.Message.FromAPI, status.Message.Audience = true, []chat.ID{alice}
	apply(t, s, status, chat.AckChanged{Chat: chat.StatusBroadcast, Stanzas: []string{"A"}, Ack: chat.AckError})
	next := status
	next.Message.Body, next.Message.Audience = "the next", []chat.ID{friend}
	apply(t, s, next)
	m := must(s.Message(t.Context(), chat.StatusBroadcast, "A"))(t)
	if m.Body != "the next" || m.Ack != chat.AckPending || !slices.Equal(m.Audience, []chat.ID{friend}) {
		t.Errorf("it is %+v", m)
	}
	last := next
	last.Message.Body = "a repetition"
	apply(t, s, last)
	if m := must(s.Message(t.Context(), chat.StatusBroadcast, "A"))(t); m.Body != "the next" {
		t.Errorf("one that may be on its way was replaced: %+v", m)
	}
}
