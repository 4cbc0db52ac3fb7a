package delivery

import (
	"strconv"
	"testing"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
)

// An event is delivered or becomes a dead letter, never both and never neither,
// also where the outbox fills up during a delivery.
func TestAnEventIsDeliveredOrADeadLetter(t *testing.T) {
	f, r := newFixture(t), newReceiver(t)
	under, release := make(chan struct{}, 100), make(chan struct{})
	r.answers(func(delivery) int { under <- struct{}{}; <-release; return 200 })
	compiled, err := CompileWebhooks([]v1.Webhook{hook(r, "message")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.store.Webhook(t.Context(), compiled[0].Key); err != nil {
		t.Fatal(err)
	}
	// Once: settings that change would have the first event sent again.
	f.dispatcher.Configure(Settings{Webhooks: compiled, MaxEvents: 5})
	f.emit("message", 1, 5)
	<-under // the page of five has been read, and its first event is being sent
	f.emit("message", 6, 15)
	until(t, "the dead letters", func() bool { return len(f.deliveries(chat.DeliveryFailed)) >= 15 })
	close(release)
	r.expect(t, 1, 16, 17, 18, 19, 20)
	until(t, "the end", func() bool { return len(f.deliveries(chat.DeliveryPending)) == 0 })
	var letters []int
	for _, l := range f.deliveries(chat.DeliveryFailed) {
		n, err := strconv.Atoi(string(l.Event.Payload))
		if err != nil {
			t.Fatal(err)
		}
		letters = append(letters, n)
	}
	for i, n := range letters {
		if n != i+2 {
			t.Fatalf("dead letters %v, want 2 to 15", letters)
		}
	}
	if len(letters) != 14 {
		t.Errorf("dead letters %v, want 2 to 15", letters)
	}
	select {
	case d := <-r.got:
		t.Errorf("%d was delivered as well", d.number)
	default:
	}
}
