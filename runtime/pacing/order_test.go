package pacing

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/wasession/wasession/runtime/chat"
)

var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

// waits are messages by the names of their chats; those of new chats begin with "+".
func waits(names ...string) (all []chat.Waiting) {
	for i, name := range names {
		w := chat.Waiting{ID: chat.MessageID{Chat: chat.ID(name), Stanza: fmt.Sprint(i), FromMe: true}, QueuedAt: noon}
		w.New = name[0] == '+'
		all = append(all, w)
	}
	return all
}

// before is a message that was sent a time before noon.
func before(d time.Duration, name string) chat.Sent {
	return chat.Sent{Chat: chat.ID(name), At: noon.Add(-d), New: name[0] == '+'}
}

func TestOrder(t *testing.T) {
	tried := func(d time.Duration, names ...string) []chat.Waiting {
		all := waits(names...)
		all[0].Tries, all[0].RetryAt = 1, noon.Add(d)
		return all
	}
	for _, c := range []struct {
		name    string
		limits  Limits
		sent    []chat.Sent
		waiting []chat.Waiting
		want    string // chat@seconds after noon, in order
	}{
		{"nothing waits", Limits{PerMinute: 1}, nil, nil, ""},
		{"no limits", Limits{}, nil, waits("a", "b", "a", "+c"), "a@0 b@0 a@0 +c@0"},
		{"so many in any minute", Limits{PerMinute: 2}, nil, waits("a", "b", "c", "d", "e"), "a@0 b@0 c@60 d@60 e@120"},
		{"what was sent counts", Limits{PerMinute: 2}, []chat.Sent{before(90*time.Second, "x"), before(50*time.Second, "x"), before(20*time.Second, "x")},
			waits("a", "b"), "a@10 b@40"},
		{"one contact holds no other back", Limits{PerMinute: 10, PerContact: 1}, []chat.Sent{before(10*time.Second, "a")},
			waits("a", "a", "b", "b", "c"), "b@0 c@0 a@50 b@60 a@110"},
		{"a chat keeps its order", Limits{PerContact: 1}, nil, waits("a", "b", "a", "b", "a"), "a@0 b@0 a@60 b@60 a@120"},
		{"equal times go by age", Limits{PerMinute: 1}, []chat.Sent{before(0, "x")}, waits("b", "a", "b"), "b@60 a@120 b@180"},
		{"new contacts wait for a day, others do not", Limits{NewPerDay: 1}, []chat.Sent{before(time.Hour, "+x")},
			waits("+a", "b", "+c", "b"), fmt.Sprintf("b@0 b@0 +a@%d +c@%d", 23*3600, 47*3600)},
		{"the second message of a new contact is none", Limits{NewPerDay: 1}, nil, waits("+a", "+a", "+b", "+a"),
			fmt.Sprintf("+a@0 +a@0 +a@0 +b@%d", 24*3600)},
		{"a chat that is sent to is not new twice", Limits{NewPerDay: 1, PerContact: 1}, nil, waits("+a", "+a", "+b"),
			fmt.Sprintf("+a@0 +a@60 +b@%d", 24*3600)},
		{"a new contact that was tried in vain is not counted again", Limits{NewPerDay: 1}, []chat.Sent{before(time.Hour, "+a"), before(time.Minute, "+a")},
			waits("+a", "+b"), fmt.Sprintf("+a@0 +b@%d", 23*3600)},
		{"nor does it count twice", Limits{NewPerDay: 2}, []chat.Sent{before(time.Hour, "+a"), before(time.Minute, "+a")}, waits("+b"), "+b@0"},
		{"what is being sent holds its chat back, and counts once", Limits{PerMinute: 1}, []chat.Sent{before(5*time.Second, "a")},
			tried(55*time.Second, "a", "a", "b"), "a@55 a@55 b@115"},
		{"a doubtful one is due again", Limits{PerMinute: 1}, []chat.Sent{before(2*time.Minute, "a")}, tried(-time.Minute, "a", "a"), "a@0 a@0"},
		{"the clock went back", Limits{PerMinute: 1}, []chat.Sent{before(-time.Hour, "a")}, waits("a"), "a@60"},
		{"what is older than a limit does not count", Limits{PerMinute: 1, PerContact: 1, NewPerDay: 1},
			[]chat.Sent{before(25*time.Hour, "+x"), before(time.Minute, "a")}, waits("a", "+b"),
			"a@0 +b@60"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := ""
			for i, at := range Order(noon, c.limits, c.sent, c.waiting) {
				got += fmt.Sprintf(" %s@%d", c.waiting[i].ID.Chat, int(at.Sub(noon).Seconds()))
			}
			if got != "" {
				got = got[1:]
			}
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// Whatever waits: each message is planned once, the limits hold in every window, and
// chats keep their order.
func TestOrderKeepsTheLimits(t *testing.T) {
	l := Limits{PerMinute: 5, PerContact: 2, NewPerDay: 3}
	var names []string
	for i := range 120 {
		names = append(names, []string{"a", "b", "+c", fmt.Sprintf("+new%d", i%7), "d"}[i%5])
	}
	waiting := waits(names...)
	var at []time.Time
	last, chats, fresh := map[chat.ID]int{}, map[chat.ID][]time.Time{}, []time.Time(nil)
	for i, due := range Order(noon, l, nil, waiting) {
		id := waiting[i].ID.Chat
		if before, ok := last[id]; ok && before > i {
			t.Errorf("%s: message %d after %d", id, i, before)
		} else if !ok && waiting[i].New {
			fresh = append(fresh, due)
		}
		last[id] = i
		at, chats[id] = append(at, due), append(chats[id], due)
	}
	if len(at) != len(waiting) || !slices.IsSortedFunc(at, time.Time.Compare) {
		t.Fatalf("%d of %d are planned, in order: %v", len(at), len(waiting), at)
	}
	within := func(what string, times []time.Time, most int, per time.Duration) {
		for i := most; i < len(times); i++ {
			if times[i].Sub(times[i-most]) < per {
				t.Errorf("%s: %d within %s at %s", what, most+1, per, times[i])
			}
		}
	}
	within("all", at, l.PerMinute, time.Minute)
	within("new", fresh, l.NewPerDay, 24*time.Hour)
	for id, times := range chats {
		within(string(id), times, l.PerContact, time.Minute)
	}
}

func BenchmarkOrder(b *testing.B) {
	var names []string
	for i := range 1000 {
		names = append(names, fmt.Sprintf("+%d", i))
	}
	waiting := waits(names...)
	for b.Loop() {
		for range Order(noon, Limits{PerMinute: 20, PerContact: 2, NewPerDay: 50}, nil, waiting) { //nolint:revive // walks it
		}
	}
}
