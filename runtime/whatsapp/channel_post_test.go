package whatsapp

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"github.com/wasession/wasession/runtime/chat"
)

func TestPostsAreTranslated(t *testing.T) {
	news := types.NewJID("120363000000500001", types.NewsletterServer)
	at := time.Unix(1700000000, 0)
	post := func(msg *waE2E.Message, change ...func(*events.Message)) []chat.Change {
		evt := &events.Message{RawMessage: msg, Message: msg, Info: types.MessageInfo{
			MessageSource: types.MessageSource{Chat: news, Sender: news}, ID: "3EB0AAAA", ServerID: 101, Timestamp: at,
		}}
		for _, c := range change {
			c(evt)
		}
		return mapper{}.messageChanges(evt)
	}
	row := func(stanza, body string, at int64) chat.Message {
		return chat.Message{
			Chat: newsID, Arrived: newsID, Stanza: stanza, Timestamp: at, ServerID: 101, Type: chat.TypeText, Body: body,
			Ack: chat.AckDevice, Raw: marshal(text(body)),
		}
	}
	revoked := row("3EB0AAAA", "", 1700000000)
	revoked.Type, revoked.Raw = chat.TypeOther, nil
	edit := func(evt *events.Message) {
		evt.Info.Edit = types.EditAttributeAdminEdit
		evt.NewsletterMeta = &events.NewsletterMessageMeta{EditTS: time.UnixMilli(1700000060123), OriginalTS: at}
	}
	for name, c := range map[string]struct{ got, want []chat.Change }{
		"a post": {post(text("News")), []chat.Change{chat.MessageReceived{Message: row("3EB0AAAA", "News", 1700000000)}}},
		"an edit": {post(text("Newer"), edit), []chat.Change{
			chat.Edited{Message: row("3EB0AAAA.1700000060123", "Newer", 1700000060), Target: "3EB0AAAA"},
		}},
		"an edit without its time": {post(text("Newer"), func(evt *events.Message) { evt.Info.Edit = types.EditAttributeAdminEdit }), []chat.Change{
			chat.Edited{Message: row("3EB0AAAA.1700000000000", "Newer", 1700000000), Target: "3EB0AAAA"},
		}},
		"a deletion": {post(&waE2E.Message{}, func(evt *events.Message) { evt.Info.Edit = types.EditAttributeAdminRevoke }), []chat.Change{
			chat.Revoked{Message: revoked, Target: "3EB0AAAA"},
		}},
		"nothing": {post(&waE2E.Message{}), nil},
		// Posts are not wrapped in the protocol messages of other chats.
		"a protocol message": {post(&waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{Type: waE2E.ProtocolMessage_REVOKE.Enum()}}), nil},
		"a forged chat":      {post(text("x"), func(evt *events.Message) { evt.Info.Chat.User = "../x" }), nil},
	} {
		if !reflect.DeepEqual(c.got, c.want) {
			t.Errorf("%s:\n%+v, want\n%+v", name, c.got, c.want)
		}
	}
}

func TestPostsOfAListAreTranslated(t *testing.T) {
	news := types.NewJID("120363000000500001", types.NewsletterServer)
	info := types.MessageInfo{MessageSource: types.MessageSource{Chat: news, Sender: news}, ID: "3EB0AAAA", ServerID: 101}
	counts := map[string]int{}
	for range 1000 {
		counts[strings.Repeat("y", len(counts)%60)+string(rune('a'+len(counts)%26))+string(rune(0x4e00+len(counts)))] = 1
	}
	got, ok := mapper{}.post(info, &types.NewsletterMessage{Message: text("News"), ViewsCount: -7, ReactionCounts: counts})
	if !ok || got.Message.Body != "News" || got.Message.ServerID != 101 || got.Views != 0 || len(got.Reactions) != mostReaction {
		t.Errorf("%+v, %d reactions", got.Message, len(got.Reactions))
	}
	got, ok = mapper{}.post(info, &types.NewsletterMessage{Message: text("News"), ViewsCount: 7, ReactionCounts: map[string]int{"👍": 2, "": 3, strings.Repeat("x", 65): 1, "👎": -1}})
	if !ok || got.Views != 7 || !reflect.DeepEqual(got.Reactions, map[string]int64{"👍": 2}) {
		t.Errorf("%+v", got)
	}
	if _, ok := (mapper{}).post(info, &types.NewsletterMessage{}); ok {
		t.Error("a post without content is shown")
	}
	info.ID = ""
	if _, ok := (mapper{}).post(info, &types.NewsletterMessage{Message: text("News")}); ok {
		t.Error("a post without an ID is shown")
	}
}
