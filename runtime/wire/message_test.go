package wire

import (
	"encoding/json"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
)

func TestMessages(t *testing.T) {
	sent := incoming()
	sent.FromMe, sent.FromAPI, sent.Ack = true, true, chat.AckError

	inGroup := incoming()
	inGroup.Chat, inGroup.Arrived, inGroup.Participant = group, group, lid

	ownInGroup := inGroup
	ownInGroup.FromMe, ownInGroup.Participant = true, "49151@c.us"

	place := incoming()
	place.Type, place.Body = chat.TypeLocation, ""
	place.Location = &chat.Location{
		Latitude: 38.8937255, Longitude: -77.0969763, Name: "Our office",
		Address: "38 Street", URL: "https://example.com", Description: "Ring twice", Thumbnail: []byte{0xff, 0xd8, 0xff},
	}

	live := incoming()
	live.Location = &chat.Location{Latitude: -0.5, Longitude: 100, Live: true}

	card := incoming()
	card.Type, card.VCards = chat.TypeContact, []string{"BEGIN:VCARD\nFN:Eve\nEND:VCARD"}

	reply := incoming()
	reply.ReplyTo = &chat.Reply{Stanza: "AAAA", Participant: bob, Body: "Hello!"}

	replyToMedia := inGroup
	replyToMedia.ReplyTo = &chat.Reply{Stanza: "BBBB", HasMedia: true}

	hostile := incoming()
	hostile.Body = "<script>alert(1)</script>\u2028\x00 \"quoted\""

	reacted := incoming()
	reacted.Reactions = []chat.Reaction{{Person: bob, Text: "👍", Timestamp: 1757000001}, {Text: "❤️", Timestamp: 1757000002}}

	for name, m := range map[string]chat.Message{
		"message-reacted":  reacted,
		"message-incoming": incoming(), "message-sent-by-api": sent,
		"message-group": inGroup, "message-group-own": ownInGroup,
		"message-voice": voice(), "message-location": place, "message-live-location": live,
		"message-contact": card, "message-reply": reply, "message-reply-media": replyToMedia,
		"message-hostile": hostile,
	} {
		t.Run(name, func(t *testing.T) { golden(t, name, NewMessage(&m, raw)) })
	}
}

// A client finds every member that the contract shows, also where it is null.
func TestMessageHasEveryMember(t *testing.T) {
	m := incoming()
	b, err := json.Marshal(NewMessage(&m, raw))
	if err != nil {
		t.Fatal(err)
	}
	var members map[string]any
	if err := json.Unmarshal(b, &members); err != nil {
		t.Fatal(err)
	}
	want := []string{"id", "timestamp", "from", "fromMe", "source", "to", "participant", "author", "body", "hasMedia", "media", "mediaUrl",
		"ack", "ackName", "location", "vCards", "replyTo", "_data"}
	for _, name := range want {
		if _, ok := members[name]; !ok {
			t.Errorf("%s is missing", name)
		}
	}
	if len(members) != len(want) {
		t.Errorf("members are %d, want %d: %s", len(members), len(want), b)
	}
}

func TestEveryAckHasItsName(t *testing.T) {
	for ack, name := range map[chat.Ack]string{-1: "ERROR", 0: "PENDING", 1: "SERVER", 2: "DEVICE", 3: "READ", 4: "PLAYED"} {
		m := incoming()
		m.Ack = ack
		if w := NewMessage(&m, raw); w.Ack != ack || w.AckName != name {
			t.Errorf("ack %d is written as %d %q, want %q", ack, w.Ack, w.AckName, name)
		}
	}
}

func TestMedia(t *testing.T) {
	url := "https://host/api/files/default/false_11111111111@c.us_3EB0AAAA.oga"
	m := voice()
	there := NewMedia(&m)
	there.URL = &url
	there.S3 = &S3Object{Bucket: "b", Key: "default/false_11111111111@c.us_3EB0AAAA.oga"}
	golden(t, "media", there)

	document := voice()
	document.Media = &chat.Media{MIMEType: "application/pdf", Filename: "Bill.pdf"}
	failed := NewMedia(&document)
	failed.Error = &MediaError{"The file could not be fetched from WhatsApp"}
	golden(t, "media-failed", failed)

	text := incoming()
	if NewMedia(&text) != nil {
		t.Error("a text has media")
	}
}

func TestSent(t *testing.T) {
	m := incoming()
	golden(t, "sent", Sent{ID: m.ID().String(), Data: raw(m)})
}
