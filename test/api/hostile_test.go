package api

import (
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strings"
	"testing"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/test/simulator"
)

// nested is a message within n messages, as no phone writes it.
func nested(n int) *waE2E.Message {
	msg := simulator.TextMessage("the innermost")
	for range n {
		msg = &waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{
			Text: proto.String("outer"), ContextInfo: &waE2E.ContextInfo{StanzaID: proto.String("Q"), QuotedMessage: msg},
		}}
	}
	return msg
}

// hostile is what a stranger with a modified client writes.
func hostile() map[string]*waE2E.Message {
	nan, inf := math.NaN(), float32(math.Inf(-1))
	unknown := &waE2E.Message{}
	unknown.ProtoReflect().SetUnknown(protowire.AppendBytes(protowire.AppendTag(nil, 9999, protowire.BytesType), []byte("new")))
	mentions := make([]string, 100_000)
	for i := range mentions {
		mentions[i] = fmt.Sprintf("%d@lid", 1_000_000+i)
	}
	return map[string]*waE2E.Message{
		"a location that is no place": {LocationMessage: &waE2E.LocationMessage{
			DegreesLatitude: &nan, DegreesLongitude: proto.Float64(math.Inf(1)), SpeedInMps: &inf, Name: proto.String("nowhere"),
		}},
		"a live location that is none": {LiveLocationMessage: &waE2E.LiveLocationMessage{DegreesLatitude: &nan}},
		"an annotation that is nowhere": {ImageMessage: &waE2E.ImageMessage{
			Caption: proto.String("look"), Annotations: []*waE2E.InteractiveAnnotation{{PolygonVertices: []*waE2E.Point{{X: &nan}}}},
		}},
		"10,000 quotes within each other": nested(3_300),
		"100,000 mentions": {ExtendedTextMessage: &waE2E.ExtendedTextMessage{
			Text: proto.String("all of you"), ContextInfo: &waE2E.ContextInfo{MentionedJID: mentions},
		}},
		"a quote of nobody": {ExtendedTextMessage: &waE2E.ExtendedTextMessage{
			Text: proto.String("re"), ContextInfo: &waE2E.ContextInfo{
				StanzaID: proto.String("../../x"), Participant: proto.String("../../x@s.whatsapp.net"), QuotedMessage: simulator.TextMessage("q"),
			},
		}},
		"a document by a name that leads elsewhere": {DocumentMessage: &waE2E.DocumentMessage{
			FileName: proto.String("../../../etc/passwd\r\nX: y"), Mimetype: proto.String("text/html\r\nX: y"), FileLength: proto.Uint64(math.MaxUint64),
		}},
		"letters that are none":  {Conversation: proto.String("a\x00b\xff\xfe\u2028</script>")},
		"a name without an end":  {ContactMessage: &waE2E.ContactMessage{DisplayName: proto.String(strings.Repeat("n", 100_000))}},
		"what nobody knows yet":  unknown,
		"nothing":                {},
		"an empty wrapper":       {EphemeralMessage: &waE2E.FutureProofMessage{}},
		"a poll of 5,000 things": {PollCreationMessage: poll(5_000)},
	}
}

func poll(options int) *waE2E.PollCreationMessage {
	p := &waE2E.PollCreationMessage{Name: proto.String("which")}
	for i := range options {
		p.Options = append(p.Options, &waE2E.PollCreationMessage_Option{OptionName: proto.String(fmt.Sprint("thing ", i))})
	}
	return p
}

// Whatever a contact writes is stored, served, told to webhooks and
// acknowledged, and what comes after it arrives.
func TestWhateverAContactWritesArrives(t *testing.T) {
	w := paired(t)
	companion := w.alice.Companions()[0]
	for name, msg := range hostile() {
		id, err := w.bob.Send(w.ctx, w.alice, msg)
		w.ok(err)
		m := w.arrived(bobChat, id)
		if m.ID != "false_"+bobChat+"_"+id {
			t.Errorf("%s: id %s", name, m.ID)
		}
		w.await(name+": acknowledged", func() bool { return len(companion.Pending()) == 0 })
	}
	// What is nested too deep to be read at all is refused by the engine, once.
	_, err := w.bob.Send(w.ctx, w.alice, nested(5_000))
	w.ok(err)
	id, err := w.bob.SendText(w.ctx, w.alice, "after all that")
	w.ok(err)
	w.arrived(bobChat, id)
	rows := w.messages(bobPN, "?limit=1000&downloadMedia=false")
	if want := len(hostile()) + 1; len(rows) != want {
		t.Errorf("%d messages are listed, want %d", len(rows), want)
	}
	events := w.events(chat.EventMessage)
	if want := len(hostile()) + 1; len(events) != want {
		t.Errorf("%d events, want %d", len(events), want)
	}
	for _, e := range events {
		if depth := depthOf(e); depth > 300 {
			t.Errorf("an event is nested %d deep", depth)
		}
	}
	w.await("acknowledged", func() bool { return len(companion.Pending()) == 0 })
	if !companion.Connected() {
		t.Error("the session is no longer connected")
	}
}

// depthOf is how deep a JSON text is nested.
func depthOf(text json.RawMessage) (most int) {
	depth, inText, escaped := 0, false, false
	for _, c := range text {
		switch {
		case escaped:
			escaped = false
		case inText && c == '\\':
			escaped = true
		case c == '"':
			inText = !inText
		case inText:
		case c == '{', c == '[':
			depth++
			most = max(most, depth)
		case c == '}', c == ']':
			depth--
		}
	}
	return most
}

// The sender chooses a message's id. Whatever it is, the message has an id that
// is safe in URLs, the same each time, and can be answered and read under it.
func TestWhateverIDAContactChoosesIsSafe(t *testing.T) {
	w := paired(t)
	companion := w.alice.Companions()[0]
	ids := []string{
		"/../../../x/config", "..", ".", "A_B_C_D", "true_15550009999@c.us_AAAA", "a b", "ä€😀", "%2e%2e%2f", "A\x00B", "A\nB",
		strings.Repeat("x", 10_000), "'; DROP TABLE messages; --", "<script>",
	}
	for _, id := range ids {
		_, err := w.bob.SendText(w.ctx, w.alice, "under "+id, simulator.WithID(id))
		w.ok(err)
		m := w.arrived(bobChat, chat.SafeStanza(id))
		if m.Body != strings.ToValidUTF8("under "+id, "\uFFFD") {
			t.Errorf("%.20q: body %.40q", id, m.Body)
		}
		if parsed, full, err := chat.ParseMessageID(m.ID); err != nil || !full || parsed.Chat != bobChat {
			t.Errorf("%.20q: its id %q is none: %v", id, m.ID, err)
		}
		var again struct{ ID string }
		w.get("/api/sales/chats/"+bobChat+"/messages/"+url.PathEscape(m.ID)+"?downloadMedia=false", &again)
		if again.ID != m.ID {
			t.Errorf("%.20q: read by its id it is %q", id, again.ID)
		}
		w.await("acknowledged", func() bool { return len(companion.Pending()) == 0 })
	}
	if rows := w.messages(bobPN, "?limit=1000"); len(rows) != len(ids) {
		t.Errorf("%d messages, want %d", len(rows), len(ids))
	}
	// The receipt names the message as its sender knows it.
	w.do(201, "POST", "/api/sales/chats/"+bobChat+"/messages/read", map[string]any{}, nil)
	_, err := w.bob.Expect(w.ctx, func(r simulator.Received) bool {
		return r.Kind == simulator.KindReceipt && r.State == "read" && slices.Contains(r.IDs, ids[0])
	})
	w.ok(err)
}
