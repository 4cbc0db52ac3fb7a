package history

import (
	"fmt"
	"math/rand/v2"
	"time"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
)

// messages returns all messages of chat i, newest first.
func (a *Account) messages(i int, chat Chat) []Message {
	random := a.random(i, purposeMessages)
	out := make([]Message, a.counts[i])
	at := chat.LastActivity
	for j := range out {
		message := &out[j]
		message.At = at
		at = at.Add(-pauseBefore(random))
		message.FromMe = random.IntN(100) < 45 && j >= chat.Unread
		message.Status = status(random, message.FromMe, j < chat.Unread)
		author := chat.ID
		if message.FromMe {
			message.ID = fmt.Sprintf("3EB0%016X", random.Uint64())
			author = a.spec.OwnPN
		} else {
			message.ID = fmt.Sprintf("3A%016X", random.Uint64())
			message.Sender, message.PushName = a.sender(random, i, chat)
			if !message.Sender.IsEmpty() {
				author = message.Sender
			}
		}
		message.Body = a.body(random, message.ID, author)
	}
	return out
}

// pauseBefore returns the time between a message and the one before: mostly
// minutes, sometimes a day.
func pauseBefore(random *rand.Rand) time.Duration {
	if random.IntN(100) < 85 {
		return time.Duration(1+random.IntN(1200)) * time.Second
	}
	return time.Duration(1+random.IntN(48)) * time.Hour
}

// status returns how far a message has got.
func status(random *rand.Rand, fromMe, unread bool) Status {
	switch dice := random.IntN(100); {
	case unread:
		return Delivered
	case !fromMe || dice < 80:
		return Read
	case dice < 95:
		return Delivered
	default:
		return Sent
	}
}

// sender returns the author of a received message, for groups one of the
// members, with the push name in the message.
func (a *Account) sender(random *rand.Rand, i int, chat Chat) (types.JID, string) {
	if chat.ID.Server != types.GroupServer {
		return types.EmptyJID, a.Person(i).Name
	}
	members := chat.Participants
	if !a.spec.OwnPN.IsEmpty() {
		members = members[1:]
	}
	who := members[random.IntN(len(members))].ID
	return who, ""
}

// body returns the content of a message. Most are short texts.
func (a *Account) body(random *rand.Rand, id string, author types.JID) *waE2E.Message {
	switch dice := random.IntN(100); {
	case dice < 80:
		return Text(sentence(random))
	case dice < 87:
		return Reply(sentence(random), "3A"+id[4:], author, Text(sentence(random)))
	case dice < 92:
		return Image(a.file(random, "image", "image/jpeg"), caption(random))
	case dice < 94:
		return Document(a.file(random, "document", "application/pdf"), documentName(random), "")
	case dice < 96:
		return Audio(a.file(random, "audio", "audio/ogg; codecs=opus"), uint32(2+random.IntN(90)), true)
	case dice < 97:
		return Video(a.file(random, "video", "video/mp4"), caption(random), uint32(3+random.IntN(60)))
	case dice < 99:
		place := places[random.IntN(len(places))]
		return Location(place.latitude, place.longitude, place.name)
	default:
		return Contact(personName(random), fmt.Sprintf("1555%07d", random.IntN(10_000_000)))
	}
}

func (a *Account) file(random *rand.Rand, kind, mimetype string) File {
	if a.spec.Media != nil {
		return a.spec.Media(kind)
	}
	bytes := func() []byte {
		out := make([]byte, 32)
		for i := range out {
			out[i] = byte(random.Uint32())
		}
		return out
	}
	return File{
		DirectPath: fmt.Sprintf("/v/%s/%016x?ccb=11-4&oh=expired", kind, random.Uint64()),
		Key:        bytes(), SHA256: bytes(), EncSHA256: bytes(),
		Length: uint64(10_000 + random.IntN(400_000)), Mimetype: mimetype,
	}
}
