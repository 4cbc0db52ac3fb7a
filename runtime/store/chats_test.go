package store

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
)

func TestChatsByIDs(t *testing.T) {
	s := open(t, Options{})
	apply(t, s, chat.LIDMapped{LID: aliceLID, Phone: alice}, received(alice, "A1", 100), received(bob, "B1", 200), received(team, "T1", 300))
	for name, test := range map[string]struct {
		ids  []chat.ID
		want []chat.ID
	}{
		"two, newest first":      {[]chat.ID{alice, bob}, []chat.ID{bob, alice}},
		"by the LID and by both": {[]chat.ID{aliceLID, alice}, []chat.ID{alice}},
		"unknown ones":           {[]chat.ID{"404@c.us", team}, []chat.ID{team}},
		"none":                   {[]chat.ID{}, nil},
		"quotes and the like":    {[]chat.ID{`"]'--`}, nil},
		"all":                    {nil, []chat.ID{team, bob, alice}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := idsOf(t, s, chat.ChatQuery{IDs: test.ids}); !slices.Equal(got, test.want) {
				t.Errorf("%v, want %v", got, test.want)
			}
		})
	}
	if _, err := s.Chats(t.Context(), chat.ChatQuery{SortBy: "age; DROP TABLE chats"}); err == nil {
		t.Error("an unknown field is not an error")
	}
	if _, err := s.Chat(t.Context(), "404@c.us"); !errors.Is(err, chat.ErrNotFound) {
		t.Errorf("error is %v", err)
	}
}

func TestNamesSortWithoutCaseAndTheNamelessLast(t *testing.T) {
	s := open(t, Options{})
	for i, name := range []string{"zoe", "Ärzte", "Bob", "", "alice", "élan"} {
		id := chat.ID(fmt.Sprintf("%d@c.us", i))
		apply(t, s, received(id, "A", 100), chat.ContactNamed{ID: id, Name: name})
	}
	var names []string
	for _, c := range must(s.Chats(t.Context(), chat.ChatQuery{SortBy: chat.SortName}))(t) {
		names = append(names, c.Name)
	}
	if want := []string{"alice", "Bob", "zoe", "Ärzte", "élan", ""}; !slices.Equal(names, want) {
		t.Errorf("%q, want %q", names, want)
	}
}

func TestUnreadMessagesAreThoseOfOthersNotRead(t *testing.T) {
	s := open(t, Options{})
	apply(t, s, received(alice, "A1", 100), chat.SelfRead{Chat: alice}, received(alice, "A2", 200))
	fromAPI := sent(alice, "S1", 250)
	fromAPI.Message.FromAPI = true
	apply(t, s, fromAPI, received(alice, "A3", 300))
	unread := func(since int64, limit int) (ids []string) {
		for _, m := range must(s.UnreadMessages(t.Context(), alice, since, limit))(t) {
			ids = append(ids, m.Stanza)
		}
		return ids
	}
	for _, test := range []struct {
		since int64
		limit int
		want  []string
	}{{0, 30, []string{"A3", "A2"}}, {0, 0, []string{"A3", "A2"}}, {0, 1, []string{"A3"}}, {250, 30, []string{"A3"}}} {
		if got := unread(test.since, test.limit); !slices.Equal(got, test.want) {
			t.Errorf("since %d, limit %d: %v, want %v", test.since, test.limit, got, test.want)
		}
	}
	apply(t, s, chat.SelfRead{Chat: alice})
	if got := unread(0, 30); got != nil {
		t.Errorf("all read: %v", got)
	}
	if got := must(s.UnreadMessages(t.Context(), "404@c.us", 0, 30))(t); got != nil {
		t.Errorf("of an unknown chat: %v", got)
	}
}

func TestAMessageKeepsAllItCameWith(t *testing.T) {
	s := open(t, Options{})
	m := inGroup(team, alice, "A1", 100).Message
	m.SenderName, m.Ack, m.FromAPI, m.Type, m.Body = "Al", chat.AckPlayed, true, chat.TypeLocation, strings.Repeat("ü\x00", 3000)
	m.Media = &chat.Media{MIMEType: "image/jpeg", Filename: "a.jpg", Size: 1 << 40}
	m.Location = &chat.Location{Latitude: 38.889939, Longitude: -77.03, Live: true, Name: "n", Address: "a", URL: "u", Description: "d", Thumbnail: []byte{0xff, 0}}
	m.VCards = []string{"BEGIN:VCARD", ""}
	m.ReplyTo = &chat.Reply{Stanza: "Q", Participant: bob, Body: "quoted", HasMedia: true, Raw: []byte{1, 2, 0}}
	m.Mentions, m.Audience = []chat.ID{bob}, []chat.ID{alice}
	m.EditedAt, m.PinnedUntil, m.Starred, m.Raw = 120, 130, true, []byte{0, 1, 0xff}
	apply(t, s, chat.MessageReceived{Message: m})
	live := must(s.Message(t.Context(), team, "A1"))(t)
	importAll(t, s, chat.HistoryChat{Chat: chat.Chat{ID: team}, Messages: []chat.Message{func() chat.Message { h := m; h.Stanza = "A2"; return h }()}})
	imported := must(s.Message(t.Context(), team, "A2"))(t)
	imported.Stanza = "A1"
	want := fmt.Sprintf("%+v %+v %+v %+v", m, *m.Media, *m.Location, *m.ReplyTo)
	for name, got := range map[string]chat.Message{"live": live, "imported": imported} {
		if got.Media == nil || got.Location == nil || got.ReplyTo == nil {
			t.Fatalf("%s: %+v", name, got)
		}
		media, location, reply := *got.Media, *got.Location, *got.ReplyTo
		got.Media, got.Location, got.ReplyTo = m.Media, m.Location, m.ReplyTo // pointers
		if text := fmt.Sprintf("%+v %+v %+v %+v", got, media, location, reply); text != want {
			t.Errorf("%s\n got %s\nwant %s", name, text, want)
		}
	}
}

// TestTheStoredFormOfDetails pins the format that existing databases contain.
func TestTheStoredFormOfDetails(t *testing.T) {
	const stored = `{"media":{"MIMEType":"image/png","Filename":"f","Size":7},` +
		`"location":{"Latitude":1.5,"Longitude":-2,"Live":true,"Name":"n","Address":"a","URL":"u","Description":"d","Thumbnail":"/w=="},` +
		`"vCards":["v"],"replyTo":{"Stanza":"Q","Participant":"1@c.us","Body":"b","HasMedia":true,"Raw":"AQ=="},"mentions":["2@c.us"],"audience":["3@c.us"]}`
	var m chat.Message
	if err := decodeDetail([]byte(stored), &m); err != nil {
		t.Fatal(err)
	}
	if again := must(encodeDetail(&m))(t); again != stored {
		t.Errorf("written as\n%s\nread from\n%s", again, stored)
	}
	if err := decodeDetail([]byte("{"), &m); !errors.Is(err, ErrDamaged) {
		t.Errorf("error is %v", err)
	}
}
