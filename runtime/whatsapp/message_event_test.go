package whatsapp

import (
	"context"
	"reflect"
	"testing"
	"time"

	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/runtime/chat"
)

// The people of these tests. Carol's number is in nobody's directory.
var (
	alicePN  = types.NewJID("15550001111", types.DefaultUserServer)
	aliceLID = types.NewJID("1001", types.HiddenUserServer)
	bobPN    = types.NewJID("15550002222", types.DefaultUserServer)
	bobLID   = types.NewJID("1002", types.HiddenUserServer)
	carolLID = types.NewJID("1003", types.HiddenUserServer)
	lunch    = types.NewJID("120363000000000001", types.GroupServer)

	at = time.Unix(1_700_000_000, 0)
)

// phoneBook is a directory in memory.
type phoneBook map[types.JID]types.JID

func (b phoneBook) GetPNForLID(_ context.Context, lid types.JID) (types.JID, error) {
	return b[lid], nil
}

func (b phoneBook) GetLIDForPN(_ context.Context, pn types.JID) (types.JID, error) {
	for lid, p := range b {
		if p == pn {
			return lid, nil
		}
	}
	return types.EmptyJID, nil
}

// alices is the mapper of Alice's account, which knows Bob's number.
var alices = mapper{me: alicePN, myLID: aliceLID, numbers: phoneBook{bobLID: bobPN}}

// event is a message as the engine hands it on.
func event(source types.MessageSource, msg *waE2E.Message) *events.Message {
	evt := &events.Message{
		Info:       types.MessageInfo{MessageSource: source, ID: "NEW", PushName: "Somebody", Timestamp: at},
		RawMessage: msg,
	}
	return evt.UnwrapRaw()
}

func TestWhereMessagesBelong(t *testing.T) {
	for _, c := range []struct {
		name                       string
		source                     types.MessageSource
		chat, arrived, participant chat.ID
		fromMe                     bool
	}{
		{"by number", types.MessageSource{Chat: bobPN, Sender: bobPN},
			"15550002222@c.us", "15550002222@c.us", "", false},
		{"from another device", types.MessageSource{Chat: bobPN, Sender: types.JID{User: bobPN.User, Device: 3, Server: bobPN.Server}},
			"15550002222@c.us", "15550002222@c.us", "", false},
		{"by LID with the number beside", types.MessageSource{Chat: carolLID, Sender: carolLID, SenderAlt: types.NewJID("15550003333", types.DefaultUserServer)},
			"15550003333@c.us", "1003@lid", "", false},
		{"by LID, the number known", types.MessageSource{Chat: bobLID, Sender: bobLID},
			"15550002222@c.us", "1002@lid", "", false},
		{"by LID, the number unknown", types.MessageSource{Chat: carolLID, Sender: carolLID},
			"1003@lid", "1003@lid", "", false},
		{"typed on the phone", types.MessageSource{Chat: bobLID, Sender: aliceLID, IsFromMe: true, RecipientAlt: bobPN},
			"15550002222@c.us", "1002@lid", "", true},
		{"in a group by LID", types.MessageSource{Chat: lunch, Sender: bobLID, IsGroup: true},
			"120363000000000001@g.us", "120363000000000001@g.us", "15550002222@c.us", false},
		{"own, in a group", types.MessageSource{Chat: lunch, Sender: aliceLID, IsGroup: true, IsFromMe: true},
			"120363000000000001@g.us", "120363000000000001@g.us", "15550001111@c.us", true},
		{"a status", types.MessageSource{Chat: types.StatusBroadcastJID, Sender: bobPN, IsGroup: true},
			"status@broadcast", "status@broadcast", "15550002222@c.us", false},
		{"from a broadcast list", types.MessageSource{Chat: types.NewJID("1500000000", types.BroadcastServer), Sender: bobPN, IsGroup: true},
			"15550002222@c.us", "15550002222@c.us", "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			changes := alices.messageChanges(event(c.source, text("hi")))
			if len(changes) != 1 {
				t.Fatalf("changes %v", changes)
			}
			m := changes[0].(chat.MessageReceived).Message
			if m.Chat != c.chat || m.Arrived != c.arrived || m.Participant != c.participant || m.FromMe != c.fromMe {
				t.Errorf("chat %q, arrived %q, participant %q, from me %t", m.Chat, m.Arrived, m.Participant, m.FromMe)
			}
		})
	}
}

func TestMessageRow(t *testing.T) {
	msg := &waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{
		Text: proto.String("@1002 yes"),
		ContextInfo: &waE2E.ContextInfo{
			StanzaID: proto.String("OLD"), Participant: proto.String(bobLID.String()),
			QuotedMessage: text("lunch?"), MentionedJID: []string{bobLID.String(), "nonsense"},
		},
	}}
	changes := alices.messageChanges(event(types.MessageSource{Chat: bobPN, Sender: bobPN}, msg))
	want := chat.MessageReceived{Message: chat.Message{
		Chat: "15550002222@c.us", Arrived: "15550002222@c.us", Stanza: "NEW", SenderName: "Somebody",
		Timestamp: at.Unix(), Ack: chat.AckDevice, Type: chat.TypeText, Body: "@1002 yes",
		Mentions: []chat.ID{"1002@lid"},
		ReplyTo:  &chat.Reply{Stanza: "OLD", Participant: "1002@lid", Body: "lunch?", Raw: marshal(text("lunch?"))},
		Raw:      marshal(msg),
	}}
	if len(changes) != 1 || !reflect.DeepEqual(changes[0], want) {
		t.Errorf("got %+v\nwant %+v", changes, want)
	}
}

func TestWhatMessagesDoToOthers(t *testing.T) {
	direct := types.MessageSource{Chat: bobPN, Sender: bobPN}
	own := types.MessageSource{Chat: bobPN, Sender: alicePN, IsFromMe: true}
	group := types.MessageSource{Chat: lunch, Sender: bobPN, IsGroup: true}
	key := func(fromMe bool, participant string) *waCommon.MessageKey {
		k := &waCommon.MessageKey{ID: proto.String("OLD"), FromMe: &fromMe}
		if participant != "" {
			k.Participant = &participant
		}
		return k
	}
	react := func(k *waCommon.MessageKey) *waE2E.Message {
		return &waE2E.Message{ReactionMessage: &waE2E.ReactionMessage{Key: k, Text: proto.String("👍")}}
	}
	const bob, alice, room chat.ID = "15550002222@c.us", "15550001111@c.us", "120363000000000001@g.us"
	for _, c := range []struct {
		name   string
		source types.MessageSource
		msg    *waE2E.Message
		want   chat.Change // without its message
	}{
		{"Bob reacts to his own", direct, react(key(true, "")), chat.Reacted{Target: chat.MessageID{Chat: bob, Stanza: "OLD"}, Text: "👍", Timestamp: at.Unix()}},
		{"Bob reacts to mine", direct, react(key(false, "")), chat.Reacted{Target: chat.MessageID{Chat: bob, Stanza: "OLD", FromMe: true}, Text: "👍", Timestamp: at.Unix()}},
		{"I react to Bob's", own, react(key(false, "")), chat.Reacted{Target: chat.MessageID{Chat: bob, Stanza: "OLD"}, Text: "👍", Timestamp: at.Unix()}},
		{"I react to mine", own, react(key(true, "")), chat.Reacted{Target: chat.MessageID{Chat: bob, Stanza: "OLD", FromMe: true}, Text: "👍", Timestamp: at.Unix()}},
		{"Bob reacts to mine in a group", group, react(key(false, aliceLID.String())), chat.Reacted{Target: chat.MessageID{Chat: room, Stanza: "OLD", FromMe: true, Participant: alice}, Text: "👍", Timestamp: at.Unix()}},
		{"Bob reacts to his own in a group", group, react(key(true, "")), chat.Reacted{Target: chat.MessageID{Chat: room, Stanza: "OLD", Participant: bob}, Text: "👍", Timestamp: at.Unix()}},
		{"a revocation", direct, &waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{Type: waE2E.ProtocolMessage_REVOKE.Enum(), Key: key(true, "")}}, chat.Revoked{Target: "OLD"}},
		{"an edit", direct, &waE2E.Message{EditedMessage: future(&waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{Type: waE2E.ProtocolMessage_MESSAGE_EDIT.Enum(), Key: key(true, ""), EditedMessage: text("new")}})}, chat.Edited{Target: "OLD"}},
		{"a pin", direct, &waE2E.Message{PinInChatMessage: &waE2E.PinInChatMessage{Type: waE2E.PinInChatMessage_PIN_FOR_ALL.Enum(), Key: key(true, "")}, MessageContextInfo: &waE2E.MessageContextInfo{MessageAddOnDurationInSecs: proto.Uint32(60)}},
			chat.PinnedMessage{Chat: bob, Stanza: "OLD", Until: at.Unix() + 60}},
		{"a pin of unsaid length", direct, &waE2E.Message{PinInChatMessage: &waE2E.PinInChatMessage{Type: waE2E.PinInChatMessage_PIN_FOR_ALL.Enum(), Key: key(true, "")}},
			chat.PinnedMessage{Chat: bob, Stanza: "OLD", Until: at.Unix() + 7*86400}},
		{"an unpin", direct, &waE2E.Message{PinInChatMessage: &waE2E.PinInChatMessage{Type: waE2E.PinInChatMessage_UNPIN_FOR_ALL.Enum(), Key: key(true, "")}},
			chat.PinnedMessage{Chat: bob, Stanza: "OLD"}},
		{"keys", direct, &waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{Type: waE2E.ProtocolMessage_APP_STATE_SYNC_KEY_SHARE.Enum()}}, nil},
		{"a revocation of nothing", direct, &waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{Type: waE2E.ProtocolMessage_REVOKE.Enum()}}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			changes := alices.messageChanges(event(c.source, c.msg))
			if c.want == nil {
				if len(changes) != 0 {
					t.Errorf("changes %+v, want none", changes)
				}
				return
			}
			if len(changes) != 1 {
				t.Fatalf("changes %+v", changes)
			}
			if got := withoutMessage(changes[0]); !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

// withoutMessage leaves out how a change came, which other tests look at.
func withoutMessage(c chat.Change) chat.Change {
	switch c := c.(type) {
	case chat.Reacted:
		c.Message = chat.Message{}
		return c
	case chat.Revoked:
		c.Message = chat.Message{}
		return c
	case chat.Edited:
		c.Message = chat.Message{}
		return c
	}
	return c
}

func TestEditCarriesTheNewText(t *testing.T) {
	evt := event(types.MessageSource{Chat: bobPN, Sender: bobPN}, &waE2E.Message{EditedMessage: future(&waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{
		Type: waE2E.ProtocolMessage_MESSAGE_EDIT.Enum(), Key: &waCommon.MessageKey{ID: proto.String("OLD")}, EditedMessage: text("new"),
	}})})
	got := alices.messageChanges(evt)[0].(chat.Edited)
	if got.Message.Body != "new" || got.Message.Stanza != "NEW" {
		t.Errorf("edit %+v", got)
	}
}

func TestMappingsOfAMessage(t *testing.T) {
	pair := []chat.Change{chat.LIDMapped{LID: "1002@lid", Phone: "15550002222@c.us"}}
	for name, c := range map[string]struct {
		source types.MessageSource
		want   []chat.Change
	}{
		"LID first":       {types.MessageSource{Chat: bobLID, Sender: bobLID, SenderAlt: bobPN}, pair},
		"number first":    {types.MessageSource{Chat: bobPN, Sender: bobPN, SenderAlt: bobLID}, pair},
		"typed elsewhere": {types.MessageSource{Chat: bobLID, Sender: aliceLID, IsFromMe: true, RecipientAlt: bobPN}, pair},
		"nothing to tell": {types.MessageSource{Chat: bobPN, Sender: bobPN}, nil},
		"a group's chat":  {types.MessageSource{Chat: lunch, Sender: bobPN, IsGroup: true}, nil},
	} {
		if got := alices.mappings(c.source); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
