package whatsapp

import (
	"crypto/sha256"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types/events"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp/content"
)

// pollVote decrypts a vote, which holds only hashes of the options, and looks up
// their names.
func (a *Account) pollVote(c *whatsmeow.Client, m mapper, evt *events.Message, update *waE2E.PollUpdateMessage) []chat.Change {
	vote, err := c.DecryptPollVote(a.ctx, evt)
	if err != nil {
		a.log.Warn("Failed to decrypt a vote", "error", err)
		return nil
	}
	envelope := m.envelope(evt.Info)
	target := m.target(evt.Info.MessageSource, update.GetPollCreationMessageKey())
	var names []string
	if row, err := a.opts.Handler.Message(a.ctx, target.Chat, target.Stanza); err == nil {
		names = optionNames(row.Raw)
	}
	return []chat.Change{chat.PollVoted{
		Vote: envelope.ID(), Poll: target, Options: chosen(names, vote.GetSelectedOptions()), Timestamp: envelope.Timestamp,
	}}
}

// optionNames returns the options of a stored poll.
func optionNames(raw []byte) []string {
	var msg waE2E.Message
	if proto.Unmarshal(raw, &msg) != nil {
		return nil
	}
	var names []string
	for _, o := range content.Poll(content.Unwrap(&msg)).GetOptions() {
		names = append(names, o.GetOptionName())
	}
	return names
}

// chosen returns the names of the options with these hashes.
func chosen(names []string, hashes [][]byte) []string {
	out := []string{}
	byHash := make(map[string]string, len(names))
	for _, name := range names {
		sum := sha256.Sum256([]byte(name))
		byHash[string(sum[:])] = name
	}
	for _, h := range hashes {
		if name, ok := byHash[string(h)]; ok {
			out = append(out, name)
			delete(byHash, string(h)) // an option counts once
		}
	}
	return out
}

// secretEdit translates an edit that was encrypted with the secret of the
// original message.
func (m mapper) secretEdit(evt *events.Message, secret *waE2E.SecretEncryptedMessage, edited *waE2E.Message) []chat.Change {
	target := chat.SafeStanza(secret.GetTargetMessageKey().GetID())
	msg := content.Unwrap(edited)
	if inner := msg.GetProtocolMessage().GetEditedMessage(); inner != nil {
		msg = content.Unwrap(inner)
	}
	row, ok := m.message(evt.Info, msg, marshal(msg))
	if !ok || target == "" {
		return nil
	}
	return []chat.Change{chat.Edited{Message: row, Target: target}}
}
