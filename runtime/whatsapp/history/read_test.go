package history

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"

	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/proto/waHistorySync"
	"go.mau.fi/whatsmeow/proto/waWeb"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
)

var errStop = errors.New("stop")

// notes is a visitor that writes down what it sees, and fails at a step.
type notes struct {
	steps    []string
	people   int
	calls    int
	unwanted string
	fails    string
}

func (n *notes) step(format string, args ...any) error {
	s := fmt.Sprintf(format, args...)
	n.steps = append(n.steps, s)
	if s == n.fails {
		return errStop
	}
	return nil
}

func (n *notes) People(_ context.Context, some *waHistorySync.HistorySync) error {
	n.calls++
	n.people += len(some.Pushnames) + len(some.PhoneNumberToLidMappings) + len(some.InlineContacts)
	return n.step("people")
}

func (n *notes) Conversation(_ context.Context, head *waHistorySync.Conversation) (bool, error) {
	if len(head.GetMessages()) != 0 {
		return false, errors.New("the head holds messages")
	}
	return head.GetID() != n.unwanted, n.step("chat %s %s", head.GetID(), head.GetName())
}

func (n *notes) Message(_ context.Context, raw []byte) error {
	var m waHistorySync.HistorySyncMsg
	if err := proto.Unmarshal(raw, &m); err != nil {
		return err
	}
	return n.step("message %s", m.GetMessage().GetKey().GetID())
}

func (n *notes) Done(_ context.Context, conversations int) error {
	return n.step("done %d", conversations)
}

func conversation(id string, messages ...string) *waHistorySync.Conversation {
	c := &waHistorySync.Conversation{ID: &id, Name: proto.String("name of " + id)}
	for _, m := range messages {
		c.Messages = append(c.Messages, &waHistorySync.HistorySyncMsg{Message: &waWeb.WebMessageInfo{Key: &waCommon.MessageKey{ID: proto.String(m)}}})
	}
	return c
}

func encode(t *testing.T, h *waHistorySync.HistorySync) []byte {
	t.Helper()
	h.SyncType = waHistorySync.HistorySync_RECENT.Enum()
	raw, err := proto.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestOrderOfWhatIsRead(t *testing.T) {
	raw := encode(t, &waHistorySync.HistorySync{
		Conversations: []*waHistorySync.Conversation{conversation("a", "1", "2"), conversation("b", "3"), conversation("c")},
		Pushnames:     []*waHistorySync.Pushname{{ID: proto.String("x"), Pushname: proto.String("X")}},
	})
	for _, c := range []struct {
		name     string
		skip     int
		unwanted string
		want     []string
	}{
		{"everything", 0, "", []string{"people", "chat a name of a", "message 1", "message 2", "done 1", "chat b name of b", "message 3", "done 2", "chat c name of c", "done 3"}},
		{"without the messages of one", 0, "a", []string{"people", "chat a name of a", "done 1", "chat b name of b", "message 3", "done 2", "chat c name of c", "done 3"}},
		{"from the third on", 2, "", []string{"people", "done 1", "done 2", "chat c name of c", "done 3"}},
		{"nothing is left", 3, "", []string{"people", "done 1", "done 2", "done 3"}},
		{"more than there are", 9, "", []string{"people", "done 1", "done 2", "done 3"}},
	} {
		n := &notes{unwanted: c.unwanted}
		if err := Read(t.Context(), bytes.NewReader(raw), int64(len(raw)), c.skip, n); err != nil || !slices.Equal(n.steps, c.want) {
			t.Errorf("%s: %v, %v\nwant %v", c.name, n.steps, err, c.want)
		}
	}
}

// People come in groups of a bounded size, however many there are.
func TestPeopleComeInGroups(t *testing.T) {
	h := &waHistorySync.HistorySync{}
	const names, pairs = 2*peopleAtOnce + 1, 10
	for i := range names {
		h.Pushnames = append(h.Pushnames, &waHistorySync.Pushname{ID: proto.String(fmt.Sprint(i))})
	}
	for i := range pairs {
		h.PhoneNumberToLidMappings = append(h.PhoneNumberToLidMappings, &waHistorySync.PhoneNumberToLIDMapping{PnJID: proto.String(fmt.Sprint(i)), LidJID: proto.String(fmt.Sprint(i))})
	}
	raw, n := encode(t, h), &notes{}
	if err := Read(t.Context(), bytes.NewReader(raw), int64(len(raw)), 0, n); err != nil || n.people != names+pairs || n.calls != 3 {
		t.Errorf("%d people in %d groups, %v", n.people, n.calls, err)
	}
}

// An error of the visitor ends the reading at once, and is the cause.
func TestAVisitorThatFails(t *testing.T) {
	raw := encode(t, &waHistorySync.HistorySync{Conversations: []*waHistorySync.Conversation{conversation("a", "1", "2"), conversation("b")}})
	for _, at := range []string{"people", "chat a name of a", "message 1", "done 1"} {
		n := &notes{fails: at}
		err := Read(t.Context(), bytes.NewReader(raw), int64(len(raw)), 0, n)
		if !errors.Is(err, errStop) || err.Error() != "read history: stop" || n.steps[len(n.steps)-1] != at {
			t.Errorf("at %q: %v after %v", at, err, n.steps)
		}
	}
}

func TestHistoryThatIsDamaged(t *testing.T) {
	raw := encode(t, &waHistorySync.HistorySync{Conversations: []*waHistorySync.Conversation{conversation("a", "1", "2")}})
	for cut := 1; cut < len(raw); cut++ {
		n := &notes{}
		err := Read(t.Context(), bytes.NewReader(raw[:cut]), int64(cut), 0, n)
		if err == nil && slices.Contains(n.steps, "message 2") {
			t.Fatalf("cut at %d of %d bytes it is whole", cut, len(raw))
		}
		// What says that it is longer than it is ends as well.
		if err := Read(t.Context(), bytes.NewReader(raw[:cut]), int64(len(raw)), 0, &notes{}); err == nil {
			t.Fatalf("%d of %d bytes are enough", cut, len(raw))
		}
	}
	for name, b := range map[string][]byte{
		"field 0":            {0x00, 0x01},
		"a group":            {0x0b},
		"an endless number":  bytes.Repeat([]byte{0xff}, 11),
		"a length too large": {0x12, 0xff, 0xff, 0xff, 0xff, 0x0f},
	} {
		err := Read(t.Context(), bytes.NewReader(b), int64(len(b)), 0, &notes{})
		if !errors.Is(err, errMalformed) && !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What is unknown, of another type than it should be, or too long is passed over.
func TestWhatIsPassedOver(t *testing.T) {
	good := encode(t, &waHistorySync.HistorySync{Conversations: []*waHistorySync.Conversation{conversation("a", "1")}})
	var odd []byte
	odd = protowire.AppendFixed32(protowire.AppendTag(odd, 500, protowire.Fixed32Type), 7)
	odd = protowire.AppendFixed64(protowire.AppendTag(odd, 501, protowire.Fixed64Type), 7)
	odd = protowire.AppendVarint(protowire.AppendTag(odd, fieldConversations, protowire.VarintType), 7)
	odd = protowire.AppendFixed32(protowire.AppendTag(odd, fieldPushnames, protowire.Fixed32Type), 7)
	odd = protowire.AppendBytes(protowire.AppendTag(odd, fieldPushnames, protowire.BytesType), []byte{0xff})
	odd = protowire.AppendBytes(protowire.AppendTag(odd, fieldPushnames, protowire.BytesType), make([]byte, longestField+1))
	var long []byte // a conversation with a message that is too long
	long = protowire.AppendBytes(protowire.AppendTag(long, 1, protowire.BytesType), []byte("b"))
	long = protowire.AppendBytes(protowire.AppendTag(long, fieldConvMessages, protowire.BytesType), make([]byte, longestField+1))
	long = protowire.AppendVarint(protowire.AppendTag(long, fieldConvMessages, protowire.VarintType), 1)
	odd = protowire.AppendBytes(protowire.AppendTag(odd, fieldConversations, protowire.BytesType), long)
	raw := append(odd, good...)
	n := &notes{}
	want := []string{"people", "done 1", "chat b ", "done 2", "chat a name of a", "message 1", "done 3"}
	if err := Read(t.Context(), bytes.NewReader(raw), int64(len(raw)), 0, n); err != nil || !slices.Equal(n.steps, want) {
		t.Errorf("%v, %v\nwant %v", n.steps, err, want)
	}
}
