package stanza_test

import (
	"testing"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/test/simulator/stanza"
)

var bob = types.NewJID("15550002222", types.DefaultUserServer)

// wire returns a node after encoding it for the client and decoding it again.
func wire(t *testing.T, n waBinary.Node) *waBinary.Node {
	t.Helper()
	raw, err := waBinary.Marshal(n)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := waBinary.Unpack(raw)
	if err != nil {
		t.Fatal(err)
	}
	out, err := waBinary.Unmarshal(plain)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestAnswers(t *testing.T) {
	query := waBinary.Node{Tag: "iq", Attrs: waBinary.Attrs{"id": "1.2-3", "to": types.GroupServerJID, "type": "get"}}
	ok := wire(t, stanza.Result(query, []waBinary.Node{stanza.Node("child", nil, nil)}))
	if ok.Attrs["id"] != "1.2-3" || ok.Attrs["type"] != "result" || ok.Attrs["from"] != types.GroupServerJID || len(ok.GetChildren()) != 1 {
		t.Errorf("result: %s", ok)
	}
	delete(query.Attrs, "to")
	refused := wire(t, stanza.Error(query, 404, "item-not-found"))
	child := refused.GetChildByTag("error")
	if refused.Attrs["from"] != types.ServerJID || refused.Attrs["type"] != "error" || child.Attrs["code"] != "404" || child.Attrs["text"] != "item-not-found" {
		t.Errorf("error: %s", refused)
	}
}

func TestStreamErrors(t *testing.T) {
	if n := wire(t, stanza.StreamError(515, "")); n.Attrs["code"] != "515" || len(n.GetChildren()) != 0 {
		t.Errorf("515: %s", n)
	}
	n := wire(t, stanza.StreamError(0, "replaced"))
	if _, coded := n.Attrs["code"]; coded || n.GetChildByTag("conflict").Attrs["type"] != "replaced" {
		t.Errorf("replaced: %s", n)
	}
}

func TestNotification(t *testing.T) {
	n := wire(t, stanza.Notification("id", "encrypt", bob, time.Unix(1700000000, 0), stanza.Node("identity", nil, nil)))
	ag := n.AttrGetter()
	if ag.JID("from") != bob || ag.String("type") != "encrypt" || ag.UnixTime("t").Unix() != 1700000000 || !ag.OK() {
		t.Errorf("notification: %s", n)
	}
}

func TestAck(t *testing.T) {
	now := time.Unix(1700000000, 0)
	message := waBinary.Node{Tag: "message", Attrs: waBinary.Attrs{"id": "A", "to": bob, "type": "text"}}
	n := wire(t, stanza.Ack(message, now, 463))
	if n.Attrs["class"] != "message" || n.Attrs["from"] != bob || n.Attrs["error"] != "463" || n.Attrs["type"] != nil {
		t.Errorf("ack of a message: %s", n)
	}
	receipt := waBinary.Node{Tag: "receipt", Attrs: waBinary.Attrs{"id": "A", "to": bob, "type": "read", "participant": bob}}
	n = wire(t, stanza.Ack(receipt, now, 0))
	if n.Attrs["class"] != "receipt" || n.Attrs["type"] != "read" || n.Attrs["participant"] != bob || n.Attrs["error"] != nil {
		t.Errorf("ack of a receipt: %s", n)
	}
}

func TestMessageAttributes(t *testing.T) {
	image := &waE2E.Message{ImageMessage: &waE2E.ImageMessage{}}
	wrap := func(m *waE2E.Message) *waE2E.FutureProofMessage { return &waE2E.FutureProofMessage{Message: m} }
	protocol := func(typ waE2E.ProtocolMessage_Type, fromMe bool) *waE2E.Message {
		return &waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{
			Type: typ.Enum(), Key: &waCommon.MessageKey{FromMe: proto.Bool(fromMe)},
		}}
	}
	for name, tc := range map[string]struct {
		message           *waE2E.Message
		typ, media, edits string
	}{
		"text":           {&waE2E.Message{Conversation: proto.String("hi")}, "text", "", ""},
		"image":          {image, "media", "image", ""},
		"view once":      {&waE2E.Message{ViewOnceMessageV2: wrap(image)}, "media", "image", ""},
		"ephemeral":      {&waE2E.Message{EphemeralMessage: wrap(image)}, "media", "image", ""},
		"captioned":      {&waE2E.Message{DocumentWithCaptionMessage: wrap(&waE2E.Message{DocumentMessage: &waE2E.DocumentMessage{}})}, "media", "document", ""},
		"video":          {&waE2E.Message{VideoMessage: &waE2E.VideoMessage{}}, "media", "video", ""},
		"gif":            {&waE2E.Message{VideoMessage: &waE2E.VideoMessage{GifPlayback: proto.Bool(true)}}, "media", "gif", ""},
		"audio":          {&waE2E.Message{AudioMessage: &waE2E.AudioMessage{}}, "media", "audio", ""},
		"voice":          {&waE2E.Message{AudioMessage: &waE2E.AudioMessage{PTT: proto.Bool(true)}}, "media", "ptt", ""},
		"sticker":        {&waE2E.Message{StickerMessage: &waE2E.StickerMessage{}}, "media", "sticker", ""},
		"contact":        {&waE2E.Message{ContactMessage: &waE2E.ContactMessage{}}, "media", "vcard", ""},
		"contacts":       {&waE2E.Message{ContactsArrayMessage: &waE2E.ContactsArrayMessage{}}, "media", "contact_array", ""},
		"location":       {&waE2E.Message{LocationMessage: &waE2E.LocationMessage{}}, "media", "location", ""},
		"live location":  {&waE2E.Message{LiveLocationMessage: &waE2E.LiveLocationMessage{}}, "media", "livelocation", ""},
		"poll":           {&waE2E.Message{PollCreationMessage: &waE2E.PollCreationMessage{}}, "poll", "", ""},
		"event":          {&waE2E.Message{EventMessage: &waE2E.EventMessage{}}, "event", "", ""},
		"reaction":       {&waE2E.Message{ReactionMessage: &waE2E.ReactionMessage{Text: proto.String("👍")}}, "reaction", "", ""},
		"no reaction":    {&waE2E.Message{ReactionMessage: &waE2E.ReactionMessage{Text: proto.String("")}}, "reaction", "", "7"},
		"revoke":         {protocol(waE2E.ProtocolMessage_REVOKE, true), "text", "", "7"},
		"admin's revoke": {protocol(waE2E.ProtocolMessage_REVOKE, false), "text", "", "8"},
		"edit":           {&waE2E.Message{EditedMessage: wrap(protocol(waE2E.ProtocolMessage_MESSAGE_EDIT, true))}, "text", "", "1"},
		"pin":            {&waE2E.Message{PinInChatMessage: &waE2E.PinInChatMessage{}}, "text", "", "2"},
	} {
		if got := stanza.MessageType(tc.message); got != tc.typ {
			t.Errorf("%s: type %q, want %q", name, got, tc.typ)
		}
		if got := stanza.MediaType(tc.message); got != tc.media {
			t.Errorf("%s: media type %q, want %q", name, got, tc.media)
		}
		if got := stanza.Edit(tc.message); got != tc.edits {
			t.Errorf("%s: edit %q, want %q", name, got, tc.edits)
		}
	}
}
