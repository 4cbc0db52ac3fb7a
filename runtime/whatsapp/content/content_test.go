package content

import (
	"reflect"
	"testing"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/runtime/chat"
)

func text(s string) *waE2E.Message { return &waE2E.Message{Conversation: &s} }

func future(m *waE2E.Message) *waE2E.FutureProofMessage {
	return &waE2E.FutureProofMessage{Message: m}
}

func TestContentOf(t *testing.T) {
	s, u := proto.String, proto.Uint64
	for _, c := range []struct {
		name string
		msg  *waE2E.Message
		want Content
	}{
		{"text", text("hi"), Content{Kind: chat.TypeText, Body: "hi"}},
		{"empty text", text(""), Content{Kind: chat.TypeText}},
		{"extended text", &waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{Text: s("hi")}}, Content{Kind: chat.TypeText, Body: "hi"}},
		{"image", &waE2E.Message{ImageMessage: &waE2E.ImageMessage{Caption: s("look"), Mimetype: s("image/jpeg"), FileLength: u(7)}},
			Content{Kind: chat.TypeImage, Body: "look", Media: &chat.Media{MIMEType: "image/jpeg", Size: 7}}},
		{"video", &waE2E.Message{VideoMessage: &waE2E.VideoMessage{Caption: s("look"), Mimetype: s("video/mp4")}},
			Content{Kind: chat.TypeVideo, Body: "look", Media: &chat.Media{MIMEType: "video/mp4"}}},
		{"round video", &waE2E.Message{PtvMessage: &waE2E.VideoMessage{Mimetype: s("video/mp4")}},
			Content{Kind: chat.TypeVideo, Media: &chat.Media{MIMEType: "video/mp4"}}},
		{"audio", &waE2E.Message{AudioMessage: &waE2E.AudioMessage{Mimetype: s("audio/mpeg")}},
			Content{Kind: chat.TypeAudio, Media: &chat.Media{MIMEType: "audio/mpeg"}}},
		{"voice", &waE2E.Message{AudioMessage: &waE2E.AudioMessage{Mimetype: s("audio/ogg"), PTT: proto.Bool(true)}},
			Content{Kind: chat.TypeVoice, Media: &chat.Media{MIMEType: "audio/ogg"}}},
		{"document", &waE2E.Message{DocumentMessage: &waE2E.DocumentMessage{Mimetype: s("application/pdf"), FileName: s("a.pdf"), Caption: s("see")}},
			Content{Kind: chat.TypeDocument, Body: "see", Media: &chat.Media{MIMEType: "application/pdf", Filename: "a.pdf"}}},
		{"document with a title alone", &waE2E.Message{DocumentMessage: &waE2E.DocumentMessage{Title: s("a")}},
			Content{Kind: chat.TypeDocument, Media: &chat.Media{Filename: "a"}}},
		{"a size beyond any file", &waE2E.Message{StickerMessage: &waE2E.StickerMessage{FileLength: u(1 << 63)}},
			Content{Kind: chat.TypeSticker, Media: &chat.Media{Size: 1 << 62}}},
		{"location", &waE2E.Message{LocationMessage: &waE2E.LocationMessage{DegreesLatitude: proto.Float64(1.5), DegreesLongitude: proto.Float64(-2), Name: s("Here"), Address: s("There")}},
			Content{Kind: chat.TypeLocation, Body: "Here", Location: &chat.Location{Latitude: 1.5, Longitude: -2, Name: "Here", Address: "There"}}},
		{"live location", &waE2E.Message{LiveLocationMessage: &waE2E.LiveLocationMessage{DegreesLatitude: proto.Float64(1.5), Caption: s("coming")}},
			Content{Kind: chat.TypeLocation, Body: "coming", Location: &chat.Location{Latitude: 1.5, Live: true, Description: "coming"}}},
		{"contact", &waE2E.Message{ContactMessage: &waE2E.ContactMessage{DisplayName: s("Bob"), Vcard: s("BEGIN:VCARD")}},
			Content{Kind: chat.TypeContact, Body: "Bob", VCards: []string{"BEGIN:VCARD"}}},
		{"contacts", &waE2E.Message{ContactsArrayMessage: &waE2E.ContactsArrayMessage{DisplayName: s("2 contacts"), Contacts: []*waE2E.ContactMessage{{Vcard: s("A")}, {Vcard: s("B")}}}},
			Content{Kind: chat.TypeContact, Body: "2 contacts", VCards: []string{"A", "B"}}},
		{"poll", &waE2E.Message{PollCreationMessageV3: &waE2E.PollCreationMessage{Name: s("Lunch?"), Options: []*waE2E.PollCreationMessage_Option{{OptionName: s("Yes")}, {OptionName: s("No")}}}},
			Content{Kind: chat.TypePoll, Body: "Lunch?\nYes\nNo"}},
		{"buttons", &waE2E.Message{ButtonsMessage: &waE2E.ButtonsMessage{ContentText: s("Choose")}}, Content{Kind: chat.TypeText, Body: "Choose"}},
		{"chosen button", &waE2E.Message{ButtonsResponseMessage: &waE2E.ButtonsResponseMessage{Response: &waE2E.ButtonsResponseMessage_SelectedDisplayText{SelectedDisplayText: "Yes"}}}, Content{Kind: chat.TypeText, Body: "Yes"}},
		{"list", &waE2E.Message{ListMessage: &waE2E.ListMessage{Title: s("Menu"), Description: s("Choose")}}, Content{Kind: chat.TypeText, Body: "Choose"}},
		{"chosen entry", &waE2E.Message{ListResponseMessage: &waE2E.ListResponseMessage{Title: s("Soup")}}, Content{Kind: chat.TypeText, Body: "Soup"}},
		{"group invitation", &waE2E.Message{GroupInviteMessage: &waE2E.GroupInviteMessage{GroupName: s("Lunch")}}, Content{Kind: chat.TypeOther, Body: "Lunch"}},
		{"disappearing", &waE2E.Message{EphemeralMessage: future(text("hi"))}, Content{Kind: chat.TypeText, Body: "hi"}},
		{"once, in a wrapper, in a wrapper", &waE2E.Message{EphemeralMessage: future(&waE2E.Message{ViewOnceMessageV2: future(&waE2E.Message{ImageMessage: &waE2E.ImageMessage{}})})},
			Content{Kind: chat.TypeImage, Media: &chat.Media{}}},
		{"document with caption", &waE2E.Message{DocumentWithCaptionMessage: future(&waE2E.Message{DocumentMessage: &waE2E.DocumentMessage{Caption: s("see")}})},
			Content{Kind: chat.TypeDocument, Body: "see", Media: &chat.Media{}}},
		{"sent by another device", &waE2E.Message{DeviceSentMessage: &waE2E.DeviceSentMessage{Message: text("hi")}}, Content{Kind: chat.TypeText, Body: "hi"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := Of(Unwrap(c.msg))
			if !ok || !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %+v (media %+v, location %+v), %t; want %+v", got, got.Media, got.Location, ok, c.want)
			}
		})
	}
}

func TestWhatIsNoContent(t *testing.T) {
	for name, msg := range map[string]*waE2E.Message{
		"a sender key": {SenderKeyDistributionMessage: &waE2E.SenderKeyDistributionMessage{}},
		"a protocol":   {ProtocolMessage: &waE2E.ProtocolMessage{Type: waE2E.ProtocolMessage_EPHEMERAL_SETTING.Enum()}},
		"a reaction":   {ReactionMessage: &waE2E.ReactionMessage{}},
		"a vote":       {PollUpdateMessage: &waE2E.PollUpdateMessage{}},
		"a pin":        {PinInChatMessage: &waE2E.PinInChatMessage{}},
		"an album":     {AlbumMessage: &waE2E.AlbumMessage{}},
	} {
		if got, ok := Of(Unwrap(msg)); ok {
			t.Errorf("%s shows %+v", name, got)
		}
	}
	if _, ok := Of(Unwrap(nil)); ok {
		t.Error("nil shows something")
	}
}

func TestWhatIsNotKnownGetsAnEmptyRow(t *testing.T) {
	unknown := &waE2E.Message{}
	unknown.ProtoReflect().SetUnknown(protowire.AppendVarint(protowire.AppendTag(nil, 5000, protowire.VarintType), 1))
	for name, msg := range map[string]*waE2E.Message{
		"nothing":          {},
		"an empty wrapper": {EphemeralMessage: future(nil)},
		"a newer sort":     unknown,
		"a shown rarity":   {MusicMessage: &waE2E.MusicMessage{}},
	} {
		if got, ok := Of(Unwrap(msg)); !ok || !reflect.DeepEqual(got, Content{Kind: chat.TypeOther}) {
			t.Errorf("%s shows %+v, %t; want an empty row", name, got, ok)
		}
	}
}

func TestUnwrapEnds(t *testing.T) {
	msg := text("deep")
	for range 100 {
		msg = &waE2E.Message{EphemeralMessage: future(msg)}
	}
	if got, ok := Of(Unwrap(msg)); !ok || !reflect.DeepEqual(got, Content{Kind: chat.TypeOther}) {
		t.Errorf("a hundred wrappers show %+v, want an empty row", got)
	}
}
