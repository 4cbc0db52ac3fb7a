package chats

import (
	"reflect"
	"testing"
	"time"

	"github.com/wasession/wasession/gateway/dashboard/pod"
)

func given(s string) *string { return &s }

func TestRow(t *testing.T) {
	const hour = 1_700_000_000
	at := time.Unix(hour, 0).UTC()
	row := func(r Row) Row {
		r.Key, r.Color = "c-"+keyOf(r.ID), colorOf(r.ID)
		return r
	}
	for _, c := range []struct {
		what string
		from pod.Summary
		want Row
	}{
		{"a chat with a name", pod.Summary{
			Chat: pod.Chat{ID: "1555@c.us", Name: given("Bob Stone"), Timestamp: hour, Unread: 3},
			Last: &pod.Message{Body: "hi\nthere", Ack: 2},
		}, Row{ID: "1555@c.us", Avatar: Avatar{Name: "Bob Stone", Initials: "BS"}, Preview: "hi there", At: at, Unread: "3", Href: "/x/1555@c.us"}},
		{"without a name, pinned and muted", pod.Summary{Chat: pod.Chat{ID: "15550002222@c.us", Pinned: true, Muted: true, MarkedUnread: true}},
			Row{ID: "15550002222@c.us", Avatar: Avatar{Name: "+15550002222", Initials: "1"}, Unread: "•", Pinned: true, Muted: true, Href: "/x/15550002222@c.us"}},
		{"an own voice message that was played", pod.Summary{
			Chat: pod.Chat{ID: "1@c.us", Name: given("A"), Archived: true},
			Last: &pod.Message{FromMe: true, Ack: 4, HasMedia: true, Data: pod.Data{Message: pod.Content{Audio: &pod.File{IsVoice: true}}}},
		}, Row{ID: "1@c.us", Avatar: Avatar{Name: "A", Initials: "A"}, Kind: "Voice message", Preview: "Voice message", Ack: &Ack{"played", "Played", "✓✓"}, Archived: true, Href: "/x/1@c.us"}},
		{"a group says who wrote", pod.Summary{
			Chat: pod.Chat{ID: "12@g.us", Name: given("Team"), Unread: 1000},
			Last: &pod.Message{Chat: "12@g.us", Participant: given("1555@c.us"), Body: "ok"},
		}, Row{ID: "12@g.us", Avatar: Avatar{Name: "Team", Initials: "T"}, From: "1555", Preview: "ok", Unread: "999+", IsGroup: true, Href: "/x/12@g.us"}},
		{"a hostile name", pod.Summary{Chat: pod.Chat{ID: `x"/../@g.us`, Name: given("\u202e\x00<b>\n")}},
			Row{ID: `x"/../@g.us`, Avatar: Avatar{Name: "<b>", Initials: "B"}, IsGroup: true, Href: "/x/x%22%2F..%2F@g.us"}},
	} {
		want := row(c.want)
		if got := NewRow(c.from, "/x"); !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\n got %+v\nwant %+v", c.what, got, want)
		}
	}
}

func TestNamesWithoutAName(t *testing.T) {
	for id, want := range map[string]string{
		"15550001111@c.us": "+15550001111", "123@lid": "Hidden number", "1203@g.us": "Group 1203", "7@newsletter": "Channel 7",
		"status@broadcast": "Status updates", "9@broadcast": "Broadcast 9", "<b>@c.us": "<b>", "": "",
	} {
		if got := nameOf(pod.Chat{ID: id, Name: given("\u202e ")}); got != want {
			t.Errorf("%q: %q, want %q", id, got, want)
		}
	}
}

func TestView(t *testing.T) {
	inbox := pod.Chat{ID: "15550001111@c.us", Name: given("Zoë Müller")}
	unread := pod.Chat{ID: "2@c.us", Unread: 1}
	archived := pod.Chat{ID: "3@c.us", Archived: true, Unread: 1}
	for _, c := range []struct {
		box, search string
		want        []bool // inbox, unread, archived
	}{
		{"inbox", "", []bool{true, true, false}},
		{"", "", []bool{true, true, false}},
		{"'; --", "", []bool{true, true, false}},
		{"unread", "", []bool{false, true, false}},
		{"archived", "", []bool{false, false, true}},
		{"archived", "zoë", []bool{true, false, false}}, // a search looks everywhere
		{"inbox", " MÜLLER ", []bool{true, false, false}},
		{"inbox", "+1 (555) 000", []bool{true, false, false}},
		{"inbox", "c.us", []bool{false, false, false}},
		{"inbox", "---", []bool{false, false, false}},
	} {
		v := NewView(c.box, c.search)
		for i, chat := range []pod.Chat{inbox, unread, archived} {
			if got := v.shows(chat); got != c.want[i] {
				t.Errorf("box %q, search %q: chat %d is shown: %t", c.box, c.search, i, got)
			}
		}
	}
}
