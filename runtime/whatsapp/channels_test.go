package whatsapp

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"github.com/wasession/wasession/runtime/chat"
)

const newsID chat.ID = "120363000000500001@newsletter"

// newsMeta is a channel as WhatsApp describes it.
const newsMeta = `{"id":"120363000000500001@newsletter","state":{"type":"ACTIVE"},"thread_metadata":{"creation_time":"1700000000",
		"invite":"0029Va4K","name":{"text":"News","id":"1","update_time":"1700000000000000"},"description":{"text":"What is new","id":"1","update_time":"1"},
		"subscribers_count":"36","verification":"VERIFIED","picture":{"id":"1","type":"IMAGE","direct_path":"/v/p?x=1"},
		"preview":{"id":"1","type":"PREVIEW","url":"https://pps.whatsapp.net/q"},"settings":{"reaction_codes":{"value":"ALL"}}},
		"viewer_metadata":{"mute":"ON","role":"OWNER"}}`

func newsletter(t *testing.T, change ...string) *types.NewsletterMetadata {
	t.Helper()
	var n types.NewsletterMetadata
	if err := json.Unmarshal([]byte(strings.NewReplacer(change...).Replace(newsMeta)), &n); err != nil {
		t.Fatal(err)
	}
	return &n
}

func TestChannelsAreTranslated(t *testing.T) {
	want := chat.Channel{
		ID: newsID, Name: "News", Description: "What is new", Invite: "0029Va4K", Picture: "https://mmg.whatsapp.net/v/p?x=1",
		Preview: "https://pps.whatsapp.net/q", Role: chat.ChannelOwner, Verified: true, Muted: true, Subscribers: 36,
	}
	if got, ok := channelOf(newsletter(t)); !ok || got != want {
		t.Errorf("%+v", got)
	}
	big := strings.Repeat("ä", 1<<20)
	got, ok := channelOf(newsletter(t, `"text":"News"`, `"text":"`+big+`"`, "What is new", big, `"36"`, `"-36"`, "0029Va4K", "../evil?x",
		"/v/p?x=1", "//evil.example/p", "pps.whatsapp.net/q", "evil.example/.whatsapp.net", "VERIFIED", "GOLD", "OWNER", "EMPEROR"))
	if !ok || len(got.Name) > 1<<10 || len(got.Description) > maxTopic || got.Name == "" ||
		got.Subscribers != 0 || got.Invite != "" || got.Picture != "" || got.Preview != "" || got.Verified || got.Role != chat.ChannelGuest {
		t.Errorf("of a hostile owner: %d %d bytes, %+v", len(got.Name), len(got.Description), got.Role)
	}
	for _, id := range []string{"15550002222@s.whatsapp.net", "1203@g.us", "x@newsletter", "newsletter"} {
		if got, ok := channelOf(newsletter(t, string(newsID), id)); ok {
			t.Errorf("%s is taken for a channel: %+v", id, got)
		}
	}
	if _, ok := channelOf(nil); ok {
		t.Error("nothing is taken for a channel")
	}
	if got, _ := channelOf(newsletter(t, `"viewer_metadata":{"mute":"ON","role":"OWNER"}`, `"viewer_metadata":null`)); got.Role != chat.ChannelGuest || got.Muted {
		t.Errorf("without a viewer: %+v", got)
	}
}

func TestWhatHappensToChannelsElsewhere(t *testing.T) {
	news := types.NewJID("120363000000500001", types.NewsletterServer)
	at := events.MexNotificationData{Timestamp: time.Unix(1700000000, 0)}
	for name, c := range map[string]struct {
		event any
		want  []chat.Change
	}{
		"followed": {
			&events.NewsletterJoin{Mex: at, NewsletterMetadata: *newsletter(t)},
			[]chat.Change{chat.ChannelSeen{Chat: newsID, Name: "News", Muted: true, Followed: true, Timestamp: 1700000000}},
		},
		"unfollowed": {&events.NewsletterLeave{ID: news}, []chat.Change{chat.ChatDeleted{Chat: newsID}}},
		"muted":      {&events.NewsletterMuteChange{ID: news, Mute: types.NewsletterMuteOn}, []chat.Change{chat.Muted{Chat: newsID, Until: -1}}},
		"unmuted":    {&events.NewsletterMuteChange{ID: news, Mute: types.NewsletterMuteOff}, []chat.Change{chat.Muted{Chat: newsID}}},
		// No other chat is touched, whatever the notification says.
		"unfollowed a person": {&events.NewsletterLeave{ID: types.NewJID("15550002222", types.DefaultUserServer)}, nil},
		"muted a group":       {&events.NewsletterMuteChange{ID: types.NewJID("1203", types.GroupServer), Mute: types.NewsletterMuteOn}, nil},
		"followed nothing":    {&events.NewsletterJoin{}, nil},
	} {
		if got := channelChanges(c.event); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestWhyWhatsAppRefusesSomethingAboutAChannel(t *testing.T) {
	graph := func(code int) error {
		return types.GraphQLErrors{{Message: "no", Extensions: types.GraphQLErrorExtensions{ErrorCode: code}}}
	}
	often, _ := limited(graph(429))
	number := json.Unmarshal([]byte(`{"subscribers_count":"1e999"}`), new(types.NewsletterThreadMetadata))
	for name, c := range map[string]struct {
		err, want error
		text      string
	}{
		"not found":     {graph(404), chat.ErrNotFound, "no such channel"},
		"no such posts": {whatsmeow.ErrIQNotFound, chat.ErrNotFound, "no such channel"},
		"forbidden":     {graph(403), chat.ErrRefused, "not an admin"},
		"again":         {graph(409), chat.ErrRefused, "so already"},
		"unknown":       {graph(599), chat.ErrRefused, "599 no"},
		"too many":      {&whatsmeow.IQError{Code: 429}, often, "how often"},
		"too many too":  {graph(429), often, "how often"},
		"no answer":     {whatsmeow.ErrIQTimedOut, chat.ErrUnanswered, ""},
		"offline":       {whatsmeow.ErrNotConnected, chat.ErrNotConnected, ""},
		"given up":      {context.Canceled, context.Canceled, ""},
		"forged number": {number, chat.Impossible("WhatsApp's answer cannot be read"), "1e999"},
	} {
		if err := channelFailure(c.err); !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
