package whatsapp

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/proto/waHistorySync"
	"go.mau.fi/whatsmeow/proto/waSyncAction"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/store"
	"github.com/wasession/wasession/runtime/whatsapp/content"
	"github.com/wasession/wasession/runtime/wire"
)

func encode(ev chat.Event) ([]byte, error) {
	return wire.Encoder{Raw: func(m chat.Message) any { return NewRawData(m, "") }}.Payload(ev)
}

// FuzzMessage takes the way of a message: from the bytes that a contact's client
// encrypted, and what it chose of the envelope, into the store, to a page and an
// event, and back by its id.
func FuzzMessage(f *testing.F) {
	nan := math.NaN()
	for _, m := range []*waE2E.Message{
		text("hi"),
		{LocationMessage: &waE2E.LocationMessage{DegreesLatitude: &nan, DegreesLongitude: proto.Float64(math.Inf(1))}},
		{ImageMessage: &waE2E.ImageMessage{Annotations: []*waE2E.InteractiveAnnotation{{PolygonVertices: []*waE2E.Point{{X: &nan}}}}}},
		{ExtendedTextMessage: &waE2E.ExtendedTextMessage{Text: proto.String("re"), ContextInfo: &waE2E.ContextInfo{
			StanzaID: proto.String("../x"), Participant: proto.String("../x@lid"), QuotedMessage: text("q"), MentionedJID: []string{"1@lid", "..@g.us", ""},
		}}},
		{ProtocolMessage: &waE2E.ProtocolMessage{Type: waE2E.ProtocolMessage_MESSAGE_EDIT.Enum(), EditedMessage: text("edited")}},
		{ReactionMessage: &waE2E.ReactionMessage{Text: proto.String("👍")}},
		{DocumentMessage: &waE2E.DocumentMessage{FileName: proto.String("../../x"), Mimetype: proto.String("a/b\r\n"), FileLength: proto.Uint64(math.MaxUint64)}},
		{PollCreationMessage: &waE2E.PollCreationMessage{Name: proto.String("?")}},
		{},
	} {
		f.Add(marshal(m), "3EB0AAAA", "Bob", int64(1_700_000_000), false)
	}
	f.Add(marshal(text("x")), "/../../../x/config", "\x00\xff", int64(-1), true)
	f.Add(marshal(text("x")), strings.Repeat("_@", 500), strings.Repeat("n", 5000), int64(math.MaxInt64), true)
	f.Add([]byte{0xff, 0xff}, "A_B", "", int64(0), false)

	s, err := store.Open(context.Background(), filepath.Join(f.TempDir(), "chats.db"), store.Options{Encode: encode})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = s.Close() })
	a := &Account{mapped: map[chat.LIDMapped]struct{}{}}
	m := mapper{me: alicePN, myLID: aliceLID}
	senders := 15550000000
	f.Fuzz(func(t *testing.T, raw []byte, id, pushName string, at int64, group bool) {
		var msg waE2E.Message
		if id == "" || proto.Unmarshal(raw, &msg) != nil {
			return // nothing that the engine would hand on
		}
		// An id that one sender uses twice is the same message, delivered again.
		senders++
		sender := types.NewJID(strconv.Itoa(senders), types.DefaultUserServer)
		source := types.MessageSource{Chat: sender, Sender: sender}
		if group {
			source = types.MessageSource{Chat: lunch, Sender: sender, IsGroup: true}
		}
		evt := &events.Message{Info: types.MessageInfo{MessageSource: source, ID: id, PushName: pushName, Timestamp: time.Unix(at, 0)}, RawMessage: &msg}
		evt.UnwrapRaw()
		content.Tame(evt.RawMessage)
		stored(t, s, a.fresh(append(m.mappings(source), m.messageChanges(evt)...)))
	})
}

// FuzzPost does the same with what the admins of a channel post, edit and delete. Each run
// has a channel of its own.
func FuzzPost(f *testing.F) {
	for _, edit := range []string{"", "3", "7", "8", "x"} {
		f.Add(marshal(text("hi")), "3EB0AAAA", edit, int64(1_700_000_000), int64(0))
		f.Add([]byte{}, "3EB0AAAA", edit, int64(1_700_000_000), int64(1_700_000_060_123))
	}
	f.Add(marshal(text("x")), "/../../../x/config", "3", int64(-1), int64(math.MinInt64))
	f.Add(marshal(text("x")), strings.Repeat("_@", 500), "3", int64(math.MaxInt64), int64(math.MaxInt64))
	s, err := store.Open(context.Background(), filepath.Join(f.TempDir(), "chats.db"), store.Options{Encode: encode})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = s.Close() })
	channels := 120363000000500000
	f.Fuzz(func(t *testing.T, raw []byte, id, edit string, at, editedAt int64) {
		var msg waE2E.Message
		if id == "" || proto.Unmarshal(raw, &msg) != nil {
			return
		}
		channels++
		news := types.NewJID(strconv.Itoa(channels), types.NewsletterServer)
		info := types.MessageInfo{
			MessageSource: types.MessageSource{Chat: news, Sender: news}, ID: id, ServerID: channels, Timestamp: time.Unix(at, 0),
		}
		content.Tame(&msg)
		stored(t, s, mapper{}.messageChanges((&events.Message{Info: info, RawMessage: &msg}).UnwrapRaw()))
		changed := &events.Message{Info: info, RawMessage: &msg, NewsletterMeta: &events.NewsletterMessageMeta{EditTS: time.UnixMilli(editedAt)}}
		changed.Info.Edit = types.EditAttribute(edit)
		stored(t, s, mapper{}.messageChanges(changed.UnwrapRaw()))
	})
}

// stored applies changes, and reads what they leave as clients would.
func stored(t *testing.T, s *store.Store, changes []chat.Change) {
	before, err := s.LastSeq(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Apply(t.Context(), changes...); err != nil {
		t.Fatalf("not stored: %v", err)
	}
	delivered, err := s.EventsFrom(t.Context(), before, 100)
	if err != nil {
		t.Fatalf("its events cannot be read: %v", err)
	}
	for _, e := range delivered {
		if e.Problem != nil || !json.Valid(e.Payload) || nesting(withoutText(e.Payload)) > 4*content.MaxNesting {
			t.Fatalf("an event that others cannot read: %v: %.200s", e.Problem, e.Payload)
		}
	}
	for _, c := range changes {
		received, ok := c.(chat.MessageReceived)
		if !ok {
			continue
		}
		readable(t, s, received.Message.Chat)
		want := received.Message.ID()
		parsed, full, err := chat.ParseMessageID(want.String())
		if err != nil || !full || parsed != want {
			t.Fatalf("the id %q is read as %+v: %v", want, parsed, err)
		}
		found, err := s.MessageByID(t.Context(), parsed)
		if err != nil {
			t.Fatalf("%s is not found: %v", want, err)
		}
		served(t, &found)
	}
}

// readable reads the newest page of a chat, as its reader would.
func readable(t *testing.T, s *store.Store, id chat.ID) {
	page, err := s.Messages(t.Context(), chat.MessageQuery{Chat: id, Limit: 3})
	if err != nil || len(page) == 0 {
		t.Fatalf("the page of %s: %d rows, %v", id, len(page), err)
	}
	for i := range page {
		served(t, &page[i])
	}
}

func served(t *testing.T, m *chat.Message) {
	if _, err := json.Marshal(wire.NewMessage(m, func(m chat.Message) any { return NewRawData(m, "") })); err != nil {
		t.Fatalf("%s cannot be served: %v", m.ID(), err)
	}
}

// withoutText empties the strings of a JSON text, so that brackets are brackets.
func withoutText(encoded []byte) []byte {
	var out bytes.Buffer
	inText, escaped := false, false
	for _, c := range encoded {
		switch {
		case escaped:
			escaped = false
		case inText && c == '\\':
			escaped = true
		case c == '"':
			inText = !inText
		case !inText:
			out.WriteByte(c)
		}
	}
	return out.Bytes()
}

// swallow takes any history.
type swallow struct{}

func (swallow) Known(context.Context, []chat.Change) error           { return nil }
func (swallow) Chats(context.Context, []chat.HistoryChat, int) error { return nil }

// FuzzHistory reads what a phone says its history is.
func FuzzHistory(f *testing.F) {
	whole, err := proto.Marshal(&waHistorySync.HistorySync{
		SyncType:                 waHistorySync.HistorySync_RECENT.Enum(),
		Conversations:            []*waHistorySync.Conversation{conversation(bobChat, 3), conversation("../x@g.us", 1)},
		Pushnames:                []*waHistorySync.Pushname{{ID: proto.String(bobChat), Pushname: proto.String("Bob")}},
		PhoneNumberToLidMappings: []*waHistorySync.PhoneNumberToLIDMapping{{PnJID: proto.String(bobChat), LidJID: proto.String("1002@lid")}},
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	f.Add([]byte{0x12, 0xff, 0xff, 0xff, 0x07})
	a := offline(f)
	f.Fuzz(func(t *testing.T, part []byte) {
		src := bytes.NewReader(part)
		_ = a.ReadHistory(t.Context(), src, src.Size(), everything, swallow{})
	})
}

// FuzzAppState reads what a change of the app state says, which other devices
// of the account, and so whoever has taken one over, write.
func FuzzAppState(f *testing.F) {
	f.Add("15550002222@s.whatsapp.net", "3EB0", int64(1_700_000_000), []byte{})
	f.Add("../x@g.us", "/../x", int64(-1), []byte{0x0a, 0x02, 0x08, 0x01})
	f.Add("@lid", strings.Repeat("x", 10_000), int64(math.MaxInt64), []byte{0xff})
	s, err := store.Open(context.Background(), filepath.Join(f.TempDir(), "chats.db"), store.Options{Encode: encode})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = s.Close() })
	m := mapper{me: alicePN, myLID: aliceLID}
	f.Fuzz(func(t *testing.T, address, id string, at int64, action []byte) {
		target, err := types.ParseJID(address)
		if err != nil {
			return
		}
		var value waSyncAction.SyncActionValue
		_ = proto.Unmarshal(action, &value)
		when := time.Unix(at, 0)
		for _, evt := range []any{
			&events.Archive{JID: target, Timestamp: when, Action: value.GetArchiveChatAction()},
			&events.Pin{JID: target, Timestamp: when, Action: value.GetPinAction()},
			&events.Mute{JID: target, Timestamp: when, Action: value.GetMuteAction()},
			&events.MarkChatAsRead{JID: target, Timestamp: when, Action: value.GetMarkChatAsReadAction()},
			&events.DeleteChat{JID: target, Timestamp: when, Action: value.GetDeleteChatAction()},
			&events.ClearChat{JID: target, Timestamp: when, Action: value.GetClearChatAction()},
			&events.Star{ChatJID: target, MessageID: id, Timestamp: when, Action: value.GetStarAction()},
			&events.DeleteForMe{ChatJID: target, MessageID: id, Timestamp: when},
			&events.Contact{JID: target, Timestamp: when, Action: value.GetContactAction()},
		} {
			if err := s.Apply(t.Context(), m.appStateChanges(evt)...); err != nil {
				t.Fatalf("%T: %v", evt, err)
			}
		}
	})
}
