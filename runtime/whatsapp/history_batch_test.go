package whatsapp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/proto/waHistorySync"
	"go.mau.fi/whatsmeow/proto/waWeb"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/runtime/chat"
)

// nobody is a handler for accounts that never connect.
type nobody struct{ Handler }

func (nobody) Apply(context.Context, ...chat.Change) error { return nil }

// offline is an account in a directory of its own.
func offline(t testing.TB) *Account {
	t.Helper()
	a, err := Open(t.Context(), Options{Dir: t.TempDir(), Handler: nobody{}, Logger: slog.New(slog.DiscardHandler), Device: aDevice})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

// keeper is a sink that keeps everything, and can fail after some batches.
type keeper struct {
	known   []chat.Change
	batches [][]chat.HistoryChat
	done    []int
	fails   int // the batch that fails, from 1; 0 none
}

var errFull = errors.New("disk full")

func (k *keeper) Known(_ context.Context, changes []chat.Change) error {
	k.known = append(k.known, changes...)
	return nil
}

func (k *keeper) Chats(_ context.Context, batch []chat.HistoryChat, done int) error {
	if len(k.batches)+1 == k.fails {
		return errFull
	}
	k.batches, k.done = append(k.batches, batch), append(k.done, done)
	return nil
}

// stanzas are the messages of a chat, in the order in which they came.
func (k *keeper) stanzas(id chat.ID) (out []string) {
	for _, b := range k.batches {
		for _, c := range b {
			if c.Chat.ID != id {
				continue
			}
			for _, m := range c.Messages {
				out = append(out, m.Stanza)
			}
		}
	}
	return out
}

// stanza is the id of a message in a conversation made by conversation.
func stanza(chat string, n int) string {
	user, _, _ := strings.Cut(chat, "@")
	return fmt.Sprintf("%s-%d", user, n)
}

// conversation makes a conversation of n messages, the newest first.
func conversation(id string, n int) *waHistorySync.Conversation {
	c := &waHistorySync.Conversation{ID: &id, Name: proto.String("Name of " + id), Archived: proto.Bool(true), UnreadCount: proto.Uint32(3)}
	for i := n; i > 0; i-- {
		c.Messages = append(c.Messages, &waHistorySync.HistorySyncMsg{Message: &waWeb.WebMessageInfo{
			Key:              &waCommon.MessageKey{RemoteJID: &id, ID: proto.String(stanza(id, i)), FromMe: proto.Bool(false)},
			MessageTimestamp: proto.Uint64(uint64(at.Unix()) + uint64(i/3)), // three share a second
			Message:          text(fmt.Sprintf("message %d", i)),
		}})
	}
	return c
}

func packed(t *testing.T, h *waHistorySync.HistorySync) *bytes.Reader {
	t.Helper()
	h.SyncType = waHistorySync.HistorySync_RECENT.Enum()
	raw, err := proto.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(raw)
}

// nothing is ignored.
func nothing(chat.ID) bool { return false }

var everything = HistoryFilter{Messages: true, Ignores: nothing}

const bobChat, carolChat = "15550002222@s.whatsapp.net", "15550003333@s.whatsapp.net"

func TestHistoryInOneBatch(t *testing.T) {
	a, k := offline(t), &keeper{}
	src := packed(t, &waHistorySync.HistorySync{
		Conversations:            []*waHistorySync.Conversation{conversation(bobChat, 4), conversation(carolChat, 0)},
		Pushnames:                []*waHistorySync.Pushname{{ID: proto.String(bobChat), Pushname: proto.String("Bob")}, {ID: proto.String(carolChat), Pushname: proto.String("-")}},
		PhoneNumberToLidMappings: []*waHistorySync.PhoneNumberToLIDMapping{{PnJID: proto.String(bobChat), LidJID: proto.String("1002@lid")}},
	})
	if err := a.ReadHistory(t.Context(), src, src.Size(), everything, k); err != nil {
		t.Fatal(err)
	}
	if len(k.batches) != 1 || k.done[0] != 2 || len(k.batches[0]) != 2 {
		t.Fatalf("batches %v, done %v", k.batches, k.done)
	}
	got := k.batches[0][0].Chat
	if got.ID != "15550002222@c.us" || got.Name != "Name of "+bobChat || !got.Archived || got.Unread != 3 {
		t.Errorf("chat %+v", got)
	}
	want := []string{stanza(bobChat, 1), stanza(bobChat, 2), stanza(bobChat, 3), stanza(bobChat, 4)}
	if got := k.stanzas("15550002222@c.us"); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("messages %v, want the oldest first", got)
	}
	if fmt.Sprint(k.known) != fmt.Sprint([]chat.Change{
		chat.LIDMapped{LID: "1002@lid", Phone: "15550002222@c.us"}, chat.ContactNamed{ID: "15550002222@c.us", PushName: "Bob"},
	}) {
		t.Errorf("known %v", k.known)
	}
}

func TestALongConversationComesInSlices(t *testing.T) {
	const n = 2*batchMessages + 10
	a, k := offline(t), &keeper{}
	src := packed(t, &waHistorySync.HistorySync{Conversations: []*waHistorySync.Conversation{conversation(bobChat, n), conversation(carolChat, 1)}})
	if err := a.ReadHistory(t.Context(), src, src.Size(), everything, k); err != nil {
		t.Fatal(err)
	}
	if len(k.batches) < 3 {
		t.Errorf("%d batches: not bounded", len(k.batches))
	}
	seen := map[string]bool{}
	for _, s := range k.stanzas("15550002222@c.us") {
		seen[s] = true
	}
	if len(seen) != n {
		t.Errorf("%d messages, want %d", len(seen), n)
	}
	for i, b := range k.batches {
		if b[0].Chat.Name == "" || !b[0].Chat.Archived {
			t.Errorf("batch %d does not know its chat: %+v", i, b[0].Chat)
		}
	}
	if k.done[0] != 0 || k.done[len(k.done)-1] != 2 {
		t.Errorf("done %v: a slice does not complete its conversation", k.done)
	}
}

func TestHistoryGoesOnWhereItStopped(t *testing.T) {
	a := offline(t)
	var conversations []*waHistorySync.Conversation
	for i := range 5 {
		conversations = append(conversations, conversation(fmt.Sprintf("1555000%04d@s.whatsapp.net", i), batchMessages/2))
	}
	src := packed(t, &waHistorySync.HistorySync{Conversations: conversations})
	first := &keeper{fails: 2}
	if err := a.ReadHistory(t.Context(), src, src.Size(), everything, first); !errors.Is(err, errFull) {
		t.Fatalf("error %v", err)
	}
	rest := everything
	rest.Skip = first.done[len(first.done)-1]
	second := &keeper{}
	if err := a.ReadHistory(t.Context(), src, src.Size(), rest, second); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for i := range 5 {
		id := chat.ID(fmt.Sprintf("1555000%04d@c.us", i))
		for _, s := range append(first.stanzas(id), second.stanzas(id)...) {
			seen[s] = true
		}
	}
	// A conversation that was cut comes again from its start: imports can be
	// repeated, so at least once is once.
	if len(seen) != 5*batchMessages/2 {
		t.Errorf("%d messages in all, want %d", len(seen), 5*batchMessages/2)
	}
	if again := len(second.stanzas("15550000000@c.us")); again != 0 {
		t.Errorf("%d messages of a complete conversation came again", again)
	}
}

// An import that fails may take back what it was told, so it is told all of it again.
func TestAMappingComesAgainAfterAFailedImport(t *testing.T) {
	a := offline(t)
	c := conversation(bobChat, 1)
	c.LidJID = proto.String("99@lid")
	src := packed(t, &waHistorySync.HistorySync{Conversations: []*waHistorySync.Conversation{c}})
	for _, k := range []*keeper{{fails: 1}, {}} {
		if err := a.ReadHistory(t.Context(), src, src.Size(), everything, k); (err != nil) != (k.fails > 0) {
			t.Fatal(err)
		}
		if len(k.known) != 1 {
			t.Errorf("told is %v, want one mapping", k.known)
		}
	}
}

func TestHistoryFilter(t *testing.T) {
	a := offline(t)
	group := conversation(lunch.String(), 1)
	group.Messages[0].Message.Participant = proto.String(bobChat)
	for _, c := range []struct {
		name            string
		filter          HistoryFilter
		chats, messages int
	}{
		{"everything", everything, 2, 10},
		{"no groups", HistoryFilter{Messages: true, Ignores: func(id chat.ID) bool { return id.Kind() == chat.KindGroup }}, 1, 9},
		{"no messages", HistoryFilter{Ignores: nothing}, 2, 0},
		{"the newest", HistoryFilter{Messages: true, Ignores: nothing, Since: at.Unix() + 3}, 2, 1},
	} {
		k := &keeper{}
		src := packed(t, &waHistorySync.HistorySync{Conversations: []*waHistorySync.Conversation{conversation(bobChat, 9), group}})
		if err := a.ReadHistory(t.Context(), src, src.Size(), c.filter, k); err != nil {
			t.Fatal(err)
		}
		chats, messages := 0, 0
		for _, b := range k.batches {
			chats += len(b)
			for _, h := range b {
				messages += len(h.Messages)
			}
		}
		if chats != c.chats || messages != c.messages {
			t.Errorf("%s: %d chats, %d messages; want %d, %d", c.name, chats, messages, c.chats, c.messages)
		}
	}
}

func TestDamagedHistoryIsAnError(t *testing.T) {
	a := offline(t)
	src := packed(t, &waHistorySync.HistorySync{Conversations: []*waHistorySync.Conversation{conversation(bobChat, 9)}})
	if err := a.ReadHistory(t.Context(), src, src.Size()-5, everything, &keeper{}); err == nil {
		t.Error("half a history was taken for a whole one")
	}
}
