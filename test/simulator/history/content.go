package history

import (
	"fmt"

	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"
)

// File is an attachment in the media service.
type File struct {
	DirectPath string
	Key        []byte
	SHA256     []byte
	EncSHA256  []byte
	Length     uint64
	Mimetype   string
}

// Text returns a plain text message.
func Text(text string) *waE2E.Message {
	return &waE2E.Message{Conversation: proto.String(text)}
}

// Reply returns a text that quotes the message with the given id and author.
func Reply(text, quotedID string, author types.JID, quoted *waE2E.Message) *waE2E.Message {
	return &waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{
		Text: proto.String(text),
		ContextInfo: &waE2E.ContextInfo{
			StanzaID: proto.String(quotedID), Participant: proto.String(author.String()), QuotedMessage: quoted,
		},
	}}
}

// Reaction returns a reaction to the message with the given id; the empty emoji
// removes it.
func Reaction(emoji string, chat types.JID, messageID string, fromMe bool) *waE2E.Message {
	return &waE2E.Message{ReactionMessage: &waE2E.ReactionMessage{
		Key: &waCommon.MessageKey{
			RemoteJID: proto.String(chat.String()), FromMe: proto.Bool(fromMe), ID: proto.String(messageID),
		},
		Text: proto.String(emoji),
	}}
}

// Image returns a picture with a caption.
func Image(file File, caption string) *waE2E.Message {
	return &waE2E.Message{ImageMessage: &waE2E.ImageMessage{
		Mimetype: proto.String(file.Mimetype), Caption: text(caption),
		URL: proto.String(url(file)), DirectPath: proto.String(file.DirectPath), MediaKey: file.Key,
		FileSHA256: file.SHA256, FileEncSHA256: file.EncSHA256, FileLength: proto.Uint64(file.Length),
		Width: proto.Uint32(1280), Height: proto.Uint32(960),
	}}
}

// Video returns a short clip with a caption.
func Video(file File, caption string, seconds uint32) *waE2E.Message {
	return &waE2E.Message{VideoMessage: &waE2E.VideoMessage{
		Mimetype: proto.String(file.Mimetype), Caption: text(caption), Seconds: proto.Uint32(seconds),
		URL: proto.String(url(file)), DirectPath: proto.String(file.DirectPath), MediaKey: file.Key,
		FileSHA256: file.SHA256, FileEncSHA256: file.EncSHA256, FileLength: proto.Uint64(file.Length),
	}}
}

// Audio returns a voice message, or an audio file if voice is false.
func Audio(file File, seconds uint32, voice bool) *waE2E.Message {
	return &waE2E.Message{AudioMessage: &waE2E.AudioMessage{
		Mimetype: proto.String(file.Mimetype), Seconds: proto.Uint32(seconds), PTT: proto.Bool(voice),
		URL: proto.String(url(file)), DirectPath: proto.String(file.DirectPath), MediaKey: file.Key,
		FileSHA256: file.SHA256, FileEncSHA256: file.EncSHA256, FileLength: proto.Uint64(file.Length),
	}}
}

// Document returns a file with a name.
func Document(file File, name, caption string) *waE2E.Message {
	return &waE2E.Message{DocumentMessage: &waE2E.DocumentMessage{
		Mimetype: proto.String(file.Mimetype), FileName: proto.String(name), Title: proto.String(name), Caption: text(caption),
		URL: proto.String(url(file)), DirectPath: proto.String(file.DirectPath), MediaKey: file.Key,
		FileSHA256: file.SHA256, FileEncSHA256: file.EncSHA256, FileLength: proto.Uint64(file.Length),
	}}
}

// Location returns a place on the map.
func Location(latitude, longitude float64, name string) *waE2E.Message {
	return &waE2E.Message{LocationMessage: &waE2E.LocationMessage{
		DegreesLatitude: proto.Float64(latitude), DegreesLongitude: proto.Float64(longitude), Name: text(name),
	}}
}

// Contact returns a shared contact card; phone is a number in digits.
func Contact(name, phone string) *waE2E.Message {
	card := fmt.Sprintf("BEGIN:VCARD\nVERSION:3.0\nN:;%[1]s;;;\nFN:%[1]s\nTEL;type=CELL;waid=%[2]s:+%[2]s\nEND:VCARD", name, phone)
	return &waE2E.Message{ContactMessage: &waE2E.ContactMessage{
		DisplayName: proto.String(name), Vcard: proto.String(card),
	}}
}

func url(file File) string { return "https://mmg.whatsapp.net" + file.DirectPath }

// text returns nil for an empty string, since clients leave such fields out.
func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
