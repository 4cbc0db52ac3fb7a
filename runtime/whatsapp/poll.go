package whatsapp

import (
	"context"
	"crypto/sha256"
	"slices"
	"strconv"
	"strings"

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
	envelope, key := m.envelope(evt.Info), update.GetPollCreationMessageKey()
	if envelope.Chat == "" || key.GetID() == "" {
		return nil
	}
	poll := a.named(m, evt.Info.MessageSource, key)
	voted := chat.PollVoted{Vote: envelope.ID(), Poll: poll.ID(), Timestamp: envelope.Timestamp}
	var vote waE2E.PollVoteMessage
	if err := a.unseal(c, m, evt, whatsmeow.EncSecretPollVote, update.GetVote(), key, &vote); err != nil {
		a.log.Warn("Failed to decrypt a vote", "error", err)
		voted.Failed = true
		return []chat.Change{voted}
	}
	hashes := vote.GetSelectedOptions()
	voted.Options = chosen(optionNames(poll.Raw), hashes)
	// Options without a name must not pass for a vote that is taken back.
	voted.Failed = len(hashes) > 0 && len(voted.Options) == 0
	return []chat.Change{voted}
}

// Vote chooses options of a poll, in place of those chosen before; none takes the vote
// back. It returns the vote.
func (a *Account) Vote(ctx context.Context, poll chat.Message, options []string) (chat.Message, error) {
	c, err := a.online()
	if err != nil {
		return chat.Message{}, err
	}
	if err := votable(poll, options); err != nil {
		return chat.Message{}, err
	}
	about, err := a.subject(ctx, c, poll)
	if err != nil {
		return chat.Message{}, err
	}
	msg, err := c.BuildPollVote(ctx, &about, options)
	if err != nil {
		return chat.Message{}, err
	}
	if key := msg.GetPollUpdateMessage().GetPollCreationMessageKey(); !about.IsGroup && !about.IsFromMe {
		key.RemoteJID = proto.String(about.Sender.String()) // the other's client takes it for the author
	}
	envelope, err := a.envelopeOut(ctx, poll, msg)
	if err != nil {
		return chat.Message{}, err
	}
	return envelope, a.apply(context.WithoutCancel(ctx), chat.PollVoted{
		Vote: envelope.ID(), Poll: poll.ID(), Options: options, Timestamp: envelope.Timestamp,
	})
}

// votable says why options of a stored message cannot be chosen; nil if they can.
func votable(m chat.Message, options []string) error {
	var raw waE2E.Message
	if len(m.Raw) == 0 || proto.Unmarshal(m.Raw, &raw) != nil {
		return chat.Impossible("the poll is not stored in full")
	}
	poll := content.Poll(content.Unwrap(&raw))
	if poll == nil {
		return chat.Impossible("the message is not a poll")
	}
	names := optionNames(m.Raw)
	for _, o := range options {
		if !slices.Contains(names, o) {
			return chat.Impossiblef("%q is not an option of the poll; its options are %s", o, listed(names))
		}
	}
	if most := poll.GetSelectableOptionsCount(); most > 0 && len(options) > int(most) {
		return chat.Impossiblef("the poll takes at most %d of its options", most)
	}
	return nil
}

// What an error shows of a poll: as many options as WhatsApp allows, with as many
// bytes. Its author is bound by neither.
const (
	maxListed     = 12
	maxOptionName = 100
)

func listed(names []string) string {
	var quoted []string
	for _, name := range names[:min(len(names), maxListed)] {
		quoted = append(quoted, strconv.Quote(content.Shortened(name, maxOptionName)))
	}
	if len(names) > maxListed {
		quoted = append(quoted, "…")
	}
	return strings.Join(quoted, ", ")
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

// chosen returns the names of the options with these hashes, at most MaxName bytes of each:
// a vote of a few bytes must not repeat all that the author of the poll wrote.
func chosen(names []string, hashes [][]byte) []string {
	out := []string{}
	byHash := make(map[string]string, len(names))
	for _, name := range names {
		sum := sha256.Sum256([]byte(name))
		byHash[string(sum[:])] = name
	}
	for _, h := range hashes {
		if name, ok := byHash[string(h)]; ok {
			out = append(out, content.Shortened(name, content.MaxName))
			delete(byHash, string(h)) // an option counts once
		}
	}
	return out
}

// editSecret returns what the key of an edit is derived for.
func editSecret(enc *waE2E.SecretEncryptedMessage) whatsmeow.MsgSecretType {
	switch enc.GetSecretEncType() {
	case waE2E.SecretEncryptedMessage_EVENT_EDIT:
		return whatsmeow.EncSecretEventEdit
	case waE2E.SecretEncryptedMessage_POLL_EDIT, waE2E.SecretEncryptedMessage_POLL_ADD_OPTION:
		return whatsmeow.EncSecretPollEdit // for both, as in whatsmeow
	}
	return whatsmeow.EncSecretMessageEdit
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
