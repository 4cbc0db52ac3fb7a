package api

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/wire"
	"github.com/wasession/wasession/test/simulator"
	"github.com/wasession/wasession/test/simulator/stanza"
)

// channelJSON is a channel as WhatsApp describes it.
func channelJSON(id, name, subscribers, role string) string {
	return `{"id":"` + id + `","state":{"type":"ACTIVE"},"thread_metadata":{"creation_time":"1700000000","invite":"x","name":{"text":"` + name +
		`","id":"1","update_time":"1"},"description":{"text":"","id":"1","update_time":"1"},"subscribers_count":` + subscribers +
		`,"verification":"VERIFIED","picture":null,"preview":{"id":"","type":"PREVIEW","direct_path":""}},"viewer_metadata":{"mute":"OFF","role":"` + role + `"}}`
}

// Whatever the answers about channels are, a call ends with a reason, and a list with
// what can be read of it.
func TestForgedAnswersAboutChannels(t *testing.T) {
	w := paired(t)
	const id = "120363000000500001@newsletter"
	var answer atomic.Pointer[string] // the session asks by itself too, after its login
	answer.Store(new(""))
	w.sim.HandleIQ("w:mex", "get", "query", func(context.Context, *simulator.IQ) ([]waBinary.Node, error) {
		return []waBinary.Node{stanza.Node("result", nil, []byte(*answer.Load()))}, nil
	})
	for _, forged := range []string{
		"", "null", "{", "[]", `"x"`, "\x00\xff", strings.Repeat("[", 100_000), `{"data":null}`, `{"data":{}}`, `{"data":"x"}`,
		`{"data":{"xwa2_newsletter":null}}`, `{"data":{"xwa2_newsletter":7}}`,
		`{"data":{"xwa2_newsletter":` + channelJSON("15550002222@s.whatsapp.net", "News", `"1"`, "OWNER") + `}}`,
		`{"data":{"xwa2_newsletter":` + channelJSON("../x@newsletter", "News", `"1"`, "OWNER") + `}}`,
		`{"data":{"xwa2_newsletter":` + channelJSON(id, "News", `1e999`, "OWNER") + `}}`,
		`{"data":{"xwa2_newsletter":` + channelJSON(id, "News", `"99999999999999999999"`, "OWNER") + `}}`,
		`{"errors":[{}]}`, `{"errors":[{"message":"no","extensions":{"error_code":-1}}]}`, `{"errors":[{"extensions":{"error_code":1e999}}]}`,
	} {
		answer.Store(&forged)
		status, body := w.call("GET", channelsPath+"/"+id, nil)
		if status != http.StatusUnprocessableEntity && status != http.StatusNotFound {
			t.Errorf("%.80q: %d %s", forged, status, body)
		}
	}
	answer.Store(new(`{"data":{"xwa2_newsletter_subscribed":[null,` + channelJSON("15550002222@s.whatsapp.net", "A person", `"1"`, "OWNER") + "," +
		channelJSON(id, strings.Repeat("x", 1<<20), `"-7"`, "EMPEROR") + "," + channelJSON(id, "News", `"7"`, "SUBSCRIBER") + `]}}`))
	if got := w.channels(""); len(got) != 2 || got[0] != "News" || len(got[1]) > 1<<10 {
		t.Errorf("%d are listed", len(got))
	}
	if rows := w.chats(""); len(rows) != 0 {
		t.Errorf("left are %v", rows)
	}
}

// A notification about a channel changes no other chat.
func TestForgedNotificationsAboutChannels(t *testing.T) {
	w := paired(t)
	w.written("hello")
	for _, update := range []string{
		"", "{", `{"data":{"xwa2_notify_newsletter_on_leave":{"id":"15550002222@s.whatsapp.net","role":"GUEST"}}}`,
		`{"data":{"xwa2_notify_newsletter_on_leave":{"id":"@newsletter"}}}`,
		`{"data":{"xwa2_notify_newsletter_on_mute_change":{"id":"15550002222@s.whatsapp.net","mute":"ON"}}}`,
		`{"data":{"xwa2_notify_newsletter_on_join":{}}}`,
		`{"data":{"xwa2_notify_newsletter_on_join":` + channelJSON("15550002222@s.whatsapp.net", "Not Bob", `"1"`, "OWNER") + `}}`,
		`{"data":{"xwa2_notify_newsletter_on_join":` + channelJSON("1@newsletter", "News", `1e999`, "OWNER") + `}}`,
	} {
		w.alice.Notify("mex", types.ServerJID, nil, stanza.Node("update", waBinary.Attrs{"op_name": "x"}, []byte(update)))
	}
	w.ok(w.alice.Companion().WaitIdle(w.ctx))
	rows := w.chats("")
	if row := rows[bobChat]; len(rows) != 1 || row.Name == nil || *row.Name != "Bob" || len(w.messages(bobChat, "")) != 1 {
		t.Errorf("the chats are %+v", rows)
	}
}

// What a channel's admins post is bounded like what contacts send, and cannot be taken
// for something else.
func TestHostilePosts(t *testing.T) {
	w := paired(t)
	n := w.sim.AddNewsletter(w.bob, "News")
	w.ok(w.alice.Follow(n))
	hello, id := w.written("hello"), n.JID().String()
	key := stanzaOf(hello)
	for _, msg := range []*waE2E.Message{
		{ProtocolMessage: &waE2E.ProtocolMessage{Type: waE2E.ProtocolMessage_REVOKE.Enum()}},
		{ProtocolMessage: &waE2E.ProtocolMessage{Type: waE2E.ProtocolMessage_HISTORY_SYNC_NOTIFICATION.Enum(), HistorySyncNotification: &waE2E.HistorySyncNotification{}}},
		{ProtocolMessage: &waE2E.ProtocolMessage{Type: waE2E.ProtocolMessage_APP_STATE_SYNC_KEY_SHARE.Enum(), AppStateSyncKeyShare: &waE2E.AppStateSyncKeyShare{}}},
		{DeviceSentMessage: &waE2E.DeviceSentMessage{DestinationJID: new(bobPN + "@s.whatsapp.net"), Message: simulator.TextMessage("not by Alice")}},
		{ReactionMessage: &waE2E.ReactionMessage{Text: new("👍")}},
		{PollUpdateMessage: &waE2E.PollUpdateMessage{}},
		{EncReactionMessage: &waE2E.EncReactionMessage{}},
	} {
		_, err := n.Post(w.ctx, w.bob, msg)
		w.ok(err)
	}
	last := w.posted(n, w.bob, strings.Repeat("\u202e\x00", 1000))
	if last.FromMe {
		t.Error("a post is the account's own")
	}
	if rows := w.messages(bobChat, ""); len(rows) != 1 || stanzaOf(rows[0].ID) != key || len(rows[0].Reactions) != 0 {
		t.Errorf("Bob's chat has %+v", rows)
	}
	for _, row := range w.messages(id, "?limit=100") {
		if row.FromMe {
			t.Errorf("a post is the account's own: %+v", row)
		}
	}
	if n := len(w.events(chat.EventMessageReaction)) + len(w.events(chat.EventMessageRevoked)); n != 0 {
		t.Errorf("%d events", n)
	}
}

// A message that the session sent is reacted to by the number that WhatsApp lists it under.
func TestReactionsToAMessageThatAChannelDoesNotList(t *testing.T) {
	w := paired(t)
	_, c := w.created(m{"name": "Mine"})
	var sent wire.Message
	w.do(http.StatusCreated, "POST", "/api/sendText", m{"session": name, "chatId": c.ID, "text": "hello"}, &sent)
	w.sim.HandleIQ("newsletter", "get", "messages", func(context.Context, *simulator.IQ) ([]waBinary.Node, error) {
		return []waBinary.Node{stanza.Node("messages", nil, nil)}, nil
	})
	status, body := w.call("PUT", "/api/reaction", m{"messageId": sent.ID, "reaction": "👍"})
	if status != http.StatusUnprocessableEntity || !strings.Contains(string(body), "not among the last 100") {
		t.Errorf("reacted: %d %s", status, body)
	}
	if rows := w.messages(c.ID, ""); len(rows) != 1 || len(rows[0].Reactions) != 0 {
		t.Errorf("the messages are %+v", rows)
	}
}
