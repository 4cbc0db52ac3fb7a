package compose

import (
	"errors"
	"testing"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/runtime/chat"
)

func TestEdits(t *testing.T) {
	context := &waE2E.ContextInfo{StanzaID: proto.String("Q")}
	image := &waE2E.ImageMessage{Caption: proto.String("old"), DirectPath: proto.String("/x"), ContextInfo: context}
	video := &waE2E.VideoMessage{Caption: proto.String("old"), DirectPath: proto.String("/x")}
	document := &waE2E.DocumentMessage{FileName: proto.String("a.pdf"), DirectPath: proto.String("/x")}
	media := func(m *waE2E.Message) chat.Message { return chat.Message{Media: &chat.Media{}, Raw: encoded(m)} }
	for what, c := range map[string]struct {
		m        chat.Message
		mentions []chat.ID
		want     string
	}{
		"a text":                 {chat.Message{Type: chat.TypeText, Body: "old"}, nil, `{"extendedTextMessage":{"text":"new","contextInfo":{}}}`},
		"a text with a mention":  {chat.Message{Type: chat.TypeText}, []chat.ID{friend, "1002@lid"}, `{"extendedTextMessage":{"text":"new","contextInfo":{"mentionedJID":["15550002222@s.whatsapp.net","1002@lid"]}}}`},
		"the caption of a photo": {media(&waE2E.Message{ImageMessage: image}), nil, `{"imageMessage":{"caption":"new","directPath":"/x","contextInfo":{}}}`},
		"one that disappears":    {media(&waE2E.Message{EphemeralMessage: &waE2E.FutureProofMessage{Message: &waE2E.Message{ImageMessage: image}}}), nil, `{"imageMessage":{"caption":"new","directPath":"/x","contextInfo":{}}}`},
		"that of a video":        {media(&waE2E.Message{VideoMessage: video}), nil, `{"videoMessage":{"caption":"new","directPath":"/x","contextInfo":{}}}`},
		"that of a document":     {media(&waE2E.Message{DocumentMessage: document}), []chat.ID{friend}, `{"documentMessage":{"caption":"new","fileName":"a.pdf","directPath":"/x","contextInfo":{"mentionedJID":["15550002222@s.whatsapp.net"]}}}`},
	} {
		got, err := Edited(c.m, "new", c.mentions)
		if err != nil {
			t.Errorf("%s: %v", what, err)
			continue
		}
		assertMessage(t, what, got, c.want)
	}
	for want, m := range map[chat.Impossible]chat.Message{
		"messages of type poll have no text to edit":       {Type: chat.TypePoll},
		"messages of type location have no text to edit":   {Type: chat.TypeLocation},
		"the message is not stored in full":                {Type: chat.TypeImage, Media: &chat.Media{}, Raw: []byte{0xff}},
		"messages of type voice have no caption to edit":   {Type: chat.TypeVoice, Media: &chat.Media{}, Raw: encoded(&waE2E.Message{AudioMessage: &waE2E.AudioMessage{}})},
		"messages of type sticker have no caption to edit": {Type: chat.TypeSticker, Media: &chat.Media{}, Raw: encoded(&waE2E.Message{StickerMessage: &waE2E.StickerMessage{}})},
	} {
		if got, err := Edited(m, "new", nil); !errors.Is(err, want) {
			t.Errorf("%v, %v; want %q", got, err, want)
		}
	}
}

// What a message quotes is not changed in the store by an answer, and a file
// without facts says nothing of them.
func TestComposingLeavesWhatItIsMadeOf(t *testing.T) {
	stored := chat.Message{Chat: friend, Stanza: "Q", Raw: encoded(&waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{
		Text: proto.String("hm"), ContextInfo: &waE2E.ContextInfo{StanzaID: proto.String("OLDER")},
	}})}
	before := string(stored.Raw)
	for _, o := range []chat.Outgoing{
		{To: friend, Content: chat.OutgoingText{Text: "x"}, ReplyTo: &stored},
		{To: friend, Content: chat.OutgoingForward{Message: stored}},
	} {
		if _, err := Message(o, account, Uploaded{}, nil); err != nil {
			t.Fatal(err)
		}
	}
	if string(stored.Raw) != before {
		t.Error("the stored message was changed")
	}
	bare := sentFile
	bare.Facts = Facts{}
	for _, kind := range []chat.MessageType{chat.TypeImage, chat.TypeAudio} {
		got, err := Message(chat.Outgoing{To: friend, Content: chat.OutgoingFile{Kind: kind}}, account, bare, nil)
		if err != nil || got.GetImageMessage().GetWidth() != 0 || got.GetImageMessage().GetJPEGThumbnail() != nil || got.GetAudioMessage().GetSeconds() != 0 {
			t.Errorf("%s: %v, %v", kind, got, err)
		}
		if i := got.GetImageMessage(); i != nil && i.Width != nil {
			t.Error("an image of unknown size says that it has none")
		}
	}
}

// What cannot hold a context is not forwarded as if it could.
func TestForwardsThatCannotBeMarked(t *testing.T) {
	msg := &waE2E.Message{}
	msg.ProtoReflect().SetUnknown([]byte{0xc0, 0xb8, 0x02, 0x01})
	_, err := Message(chat.Outgoing{To: friend, Content: chat.OutgoingForward{Message: chat.Message{Type: chat.TypeOther, Raw: encoded(msg)}}}, account, Uploaded{}, nil)
	if want := chat.Impossible("messages of type other cannot be forwarded"); !errors.Is(err, want) {
		t.Errorf("%v, want %q", err, want)
	}
}
