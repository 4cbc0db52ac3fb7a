package compose

import (
	"errors"
	"strings"
	"testing"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/runtime/chat"
)

const (
	account chat.ID = "15550001111@c.us"
	friend  chat.ID = "15550002222@c.us"
	canteen chat.ID = "120363000000000001@g.us"
)

var sentFile = Uploaded{
	UploadResponse: whatsmeow.UploadResponse{
		URL: "https://mmg.whatsapp.net/x", DirectPath: "/x?y", MediaKey: []byte("key"), FileSHA256: []byte("sha"),
		FileEncSHA256: []byte("enc"), FileLength: 7,
	},
	Facts: Facts{width: 4, height: 3, seconds: 2, thumbnail: []byte("jpg")},
}

const uploadedJSON = `"URL":"https://mmg.whatsapp.net/x","directPath":"/x?y","mediaKey":"a2V5","fileSHA256":"c2hh","fileEncSHA256":"ZW5j","fileLength":"7"`

func encoded(m *waE2E.Message) []byte {
	raw, err := proto.Marshal(m)
	if err != nil {
		panic(err)
	}
	return raw
}

func TestCompose(t *testing.T) {
	quotedText := &chat.Message{Chat: friend, Stanza: "Q", Body: "hello?", Raw: encoded(&waE2E.Message{Conversation: proto.String("hello?")})}
	quotedDeep := &chat.Message{Chat: canteen, Participant: friend, Stanza: "Q", Raw: encoded(&waE2E.Message{
		ExtendedTextMessage: &waE2E.ExtendedTextMessage{Text: proto.String("hm"), ContextInfo: &waE2E.ContextInfo{StanzaID: proto.String("OLDER")}},
		MessageContextInfo:  &waE2E.MessageContextInfo{MessageSecret: []byte("secret")},
	})}
	own := &chat.Message{Chat: canteen, Participant: account, FromMe: true, Stanza: "OWN", Body: "mine"}
	for what, c := range map[string]struct {
		out  chat.Outgoing
		want string
	}{
		"a text": {chat.Outgoing{To: friend, Content: chat.OutgoingText{Text: "hi"}}, `{"extendedTextMessage":{"text":"hi"}}`},
		"a mention": {
			chat.Outgoing{To: canteen, Content: chat.OutgoingText{Text: "hi @15550002222"}, Mentions: []chat.ID{friend}},
			`{"extendedTextMessage":{"text":"hi @15550002222","contextInfo":{"mentionedJID":["15550002222@s.whatsapp.net"]}}}`,
		},
		"a preview": {
			chat.Outgoing{To: friend, Content: chat.OutgoingText{Text: "see https://a.b", Preview: &chat.LinkPreview{URL: "https://a.b", Title: "T", Description: "D", Thumbnail: []byte("jpg")}}},
			`{"extendedTextMessage":{"text":"see https://a.b","matchedText":"https://a.b","title":"T","description":"D","previewType":"NONE","JPEGThumbnail":"anBn"}}`,
		},
		"a reply": {
			chat.Outgoing{To: friend, Content: chat.OutgoingText{Text: "yes"}, ReplyTo: quotedText},
			`{"extendedTextMessage":{"text":"yes","contextInfo":{"stanzaID":"Q","participant":"15550002222@s.whatsapp.net","quotedMessage":{"conversation":"hello?"}}}}`,
		},
		"a reply from a group quotes one level and no secret": {
			chat.Outgoing{To: friend, Content: chat.OutgoingText{Text: "yes"}, ReplyTo: quotedDeep},
			`{"extendedTextMessage":{"text":"yes","contextInfo":{"stanzaID":"Q","participant":"15550002222@s.whatsapp.net","remoteJID":"120363000000000001@g.us","quotedMessage":{"extendedTextMessage":{"text":"hm"}}}}}`,
		},
		"a reply to oneself, of which only the text is known": {
			chat.Outgoing{To: canteen, Content: chat.OutgoingText{Text: "also"}, ReplyTo: own},
			`{"extendedTextMessage":{"text":"also","contextInfo":{"stanzaID":"OWN","participant":"15550001111@s.whatsapp.net","quotedMessage":{"conversation":"mine"}}}}`,
		},
		"a place": {
			chat.Outgoing{To: friend, Content: chat.OutgoingLocation{Latitude: 1.5, Longitude: -2, Name: "Home"}, ReplyTo: quotedText},
			`{"locationMessage":{"degreesLatitude":1.5,"degreesLongitude":-2,"name":"Home","contextInfo":{"stanzaID":"Q","participant":"15550002222@s.whatsapp.net","quotedMessage":{"conversation":"hello?"}}}}`,
		},
		"the equator": {
			chat.Outgoing{To: friend, Content: chat.OutgoingLocation{}}, `{"locationMessage":{"degreesLatitude":0,"degreesLongitude":0}}`,
		},
		"a contact": {
			chat.Outgoing{To: friend, Content: chat.OutgoingContacts{Cards: []chat.VCard{{Name: "Jane", Text: "CARD"}}}},
			`{"contactMessage":{"displayName":"Jane","vcard":"CARD"}}`,
		},
		"contacts": {
			chat.Outgoing{To: friend, Content: chat.OutgoingContacts{Cards: []chat.VCard{{Name: "A", Text: "1"}, {Name: "B", Text: "2"}}}},
			`{"contactsArrayMessage":{"displayName":"2 contacts","contacts":[{"displayName":"A","vcard":"1"},{"displayName":"B","vcard":"2"}]}}`,
		},
		"a poll": {
			chat.Outgoing{To: friend, Content: chat.OutgoingPoll{Question: "q?", Options: []string{"a", "b"}}},
			`{"pollCreationMessage":{"name":"q?","options":[{"optionName":"a"},{"optionName":"b"}],"selectableOptionsCount":1},"messageContextInfo":{"messageSecret":"c2VjcmV0"}}`,
		},
		"an event": {
			chat.Outgoing{To: friend, Content: chat.OutgoingEvent{Name: "Party", Start: 2063137000}},
			`{"eventMessage":{"isCanceled":false,"name":"Party","startTime":"2063137000","extraGuestsAllowed":false},"messageContextInfo":{"messageSecret":"c2VjcmV0"}}`,
		},
		"an event with all": {
			chat.Outgoing{To: friend, Content: chat.OutgoingEvent{Name: "Party", Description: "cake", Place: "Roof", Start: 1, End: 2, GuestsAllowed: true}},
			`{"eventMessage":{"isCanceled":false,"name":"Party","description":"cake","location":{"name":"Roof"},"startTime":"1","endTime":"2","extraGuestsAllowed":true},"messageContextInfo":{"messageSecret":"c2VjcmV0"}}`,
		},
		"a poll of many answers": {
			chat.Outgoing{To: friend, Content: chat.OutgoingPoll{Question: "q?", Options: []string{"a", "b"}, Multiple: true}},
			`{"pollCreationMessage":{"name":"q?","options":[{"optionName":"a"},{"optionName":"b"}],"selectableOptionsCount":0},"messageContextInfo":{"messageSecret":"c2VjcmV0"}}`,
		},
		"an image": {
			chat.Outgoing{To: friend, Content: chat.OutgoingFile{Kind: chat.TypeImage, MIMEType: "image/png", Caption: "look"}},
			`{"imageMessage":{` + uploadedJSON + `,"mimetype":"image/png","caption":"look","width":4,"height":3,"JPEGThumbnail":"anBn"}}`,
		},
		"a video": {
			chat.Outgoing{To: friend, Content: chat.OutgoingFile{Kind: chat.TypeVideo, MIMEType: "video/mp4", Caption: "look"}},
			`{"videoMessage":{` + uploadedJSON + `,"mimetype":"video/mp4","caption":"look"}}`,
		},
		"a round video": {
			chat.Outgoing{To: friend, Content: chat.OutgoingFile{Kind: chat.TypeVideo, MIMEType: "video/mp4", Caption: "look", Note: true}},
			`{"ptvMessage":{` + uploadedJSON + `,"mimetype":"video/mp4"}}`,
		},
		"a voice message": {
			chat.Outgoing{To: friend, Content: chat.OutgoingFile{Kind: chat.TypeVoice, MIMEType: "audio/ogg; codecs=opus"}},
			`{"audioMessage":{` + uploadedJSON + `,"mimetype":"audio/ogg; codecs=opus","seconds":2,"PTT":true}}`,
		},
		"audio": {
			chat.Outgoing{To: friend, Content: chat.OutgoingFile{Kind: chat.TypeAudio, MIMEType: "audio/mpeg"}},
			`{"audioMessage":{` + uploadedJSON + `,"mimetype":"audio/mpeg","seconds":2,"PTT":false}}`,
		},
		"a document that answers": {
			chat.Outgoing{To: friend, Content: chat.OutgoingFile{Kind: chat.TypeDocument, MIMEType: "application/pdf", Filename: "a.pdf", Caption: "read"}, ReplyTo: quotedText},
			`{"documentMessage":{` + uploadedJSON + `,"mimetype":"application/pdf","caption":"read","fileName":"a.pdf","title":"a.pdf",
				"contextInfo":{"stanzaID":"Q","participant":"15550002222@s.whatsapp.net","quotedMessage":{"conversation":"hello?"}}}}`,
		},
	} {
		got, err := Message(c.out, account, sentFile, []byte("secret"))
		if err != nil {
			t.Errorf("%s: %v", what, err)
			continue
		}
		assertMessage(t, what, got, c.want)
	}
}

func TestForwarding(t *testing.T) {
	image := &waE2E.ImageMessage{Caption: proto.String("look"), DirectPath: proto.String("/x"), ContextInfo: &waE2E.ContextInfo{
		StanzaID: proto.String("Q"), IsForwarded: proto.Bool(true), ForwardingScore: proto.Uint32(3),
	}}
	for what, c := range map[string]struct {
		stored *waE2E.Message
		want   string
	}{
		"a text": {
			&waE2E.Message{Conversation: proto.String("hi"), MessageContextInfo: &waE2E.MessageContextInfo{MessageSecret: []byte("s")}},
			`{"extendedTextMessage":{"text":"hi","contextInfo":{"forwardingScore":1,"isForwarded":true}}}`,
		},
		"an image passed on before, out of its wrappers and without what it answered": {
			&waE2E.Message{EphemeralMessage: &waE2E.FutureProofMessage{Message: &waE2E.Message{ImageMessage: image}}},
			`{"imageMessage":{"caption":"look","directPath":"/x","contextInfo":{"forwardingScore":4,"isForwarded":true}}}`,
		},
	} {
		got, err := Message(chat.Outgoing{To: friend, Content: chat.OutgoingForward{Message: chat.Message{Raw: encoded(c.stored)}}}, account, Uploaded{}, nil)
		if err != nil {
			t.Errorf("%s: %v", what, err)
			continue
		}
		assertMessage(t, what, got, c.want)
	}
	for what, m := range map[string]chat.Message{
		"a message without its raw form": {Type: chat.TypeText, Body: "hi"},
		"a broken one":                   {Raw: []byte{0xff, 0xff}},
		"an event":                       {Raw: encoded(&waE2E.Message{EventMessage: &waE2E.EventMessage{Name: proto.String("!")}})},
		"a poll":                         {Raw: encoded(&waE2E.Message{PollCreationMessage: &waE2E.PollCreationMessage{Name: proto.String("?")}})},
		"a reaction":                     {Raw: encoded(&waE2E.Message{ReactionMessage: &waE2E.ReactionMessage{Text: proto.String("x")}})},
	} {
		if _, err := Message(chat.Outgoing{To: friend, Content: chat.OutgoingForward{Message: m}}, account, Uploaded{}, nil); !errors.As(err, new(chat.Impossible)) {
			t.Errorf("forwarding %s: %v, want a refusal", what, err)
		}
	}
}

func TestWhatCannotBeComposed(t *testing.T) {
	for what, o := range map[string]chat.Outgoing{
		"nothing":          {To: friend},
		"no contacts":      {To: friend, Content: chat.OutgoingContacts{}},
		"a file of no use": {To: friend, Content: chat.OutgoingFile{Kind: chat.TypeSticker}},
		"a broken quote":   {To: friend, Content: chat.OutgoingText{Text: "x"}, ReplyTo: &chat.Message{Raw: []byte{0xff}}},
	} {
		if msg, err := Message(o, account, sentFile, nil); err == nil {
			t.Errorf("%s gives %v", what, msg)
		}
	}
}

// assertMessage compares a message with its JSON.
func assertMessage(t *testing.T, what string, got *waE2E.Message, want string) {
	t.Helper()
	var wanted waE2E.Message
	if err := protojson.Unmarshal([]byte(want), &wanted); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	if !proto.Equal(got, &wanted) {
		t.Errorf("%s is %s\nwant %s", what, protojson.Format(got), strings.TrimSpace(protojson.Format(&wanted)))
	}
}
