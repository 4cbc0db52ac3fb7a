package whatsapp

import (
	"strconv"
	"time"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp/content"
)

// isPost reports whether a message is of a channel. Posts are not encrypted, and nothing
// says which admin wrote one.
func isPost(info *types.MessageInfo) bool { return info.Chat.Server == types.NewsletterServer }

// claimPost marks a post as the account's own if this session sent it: another device may
// have edited or deleted it, or WhatsApp repeats it.
func (a *Account) claimPost(info *types.MessageInfo) {
	id := channelID(info.Chat)
	if m, err := a.opts.Handler.Message(a.ctx, id, chat.SafeStanza(info.ID)); err == nil && m.FromMe && m.Chat == id {
		info.IsFromMe = true
	}
}

// postChanges translates a post, or the change of one, which has the ID of the original.
func (m mapper) postChanges(evt *events.Message) []chat.Change {
	envelope := m.envelope(evt.Info)
	if envelope.Chat == "" {
		return nil
	}
	switch evt.Info.Edit {
	case types.EditAttributeAdminRevoke, types.EditAttributeSenderRevoke:
		return []chat.Change{chat.Revoked{Message: envelope, Target: envelope.Stanza}}
	}
	row, ok := m.postRow(evt.Info, evt.RawMessage)
	if !ok {
		return nil
	}
	if edited := editedAt(evt); !edited.IsZero() {
		row.Timestamp = unix(edited)
		target := row.Stanza
		row.SetStanza(evt.Info.ID + "." + strconv.FormatInt(edited.UnixMilli(), 10)) // each edit is one of its own
		return []chat.Change{chat.Edited{Message: row, Target: target}}
	}
	return []chat.Change{chat.MessageReceived{Message: row}}
}

// postRow returns the row for a post; ok is false if it shows nothing.
func (m mapper) postRow(info types.MessageInfo, raw *waE2E.Message) (row chat.Message, ok bool) {
	encoded := marshal(raw)
	if len(encoded) == 0 {
		return row, false
	}
	return m.message(info, content.Unwrap(raw), encoded)
}

// editedAt returns when a post was edited; the zero time if it was not.
func editedAt(evt *events.Message) time.Time {
	if meta := evt.NewsletterMeta; meta != nil && !meta.EditTS.IsZero() {
		return meta.EditTS
	}
	if evt.Info.Edit == types.EditAttributeAdminEdit {
		return evt.Info.Timestamp
	}
	return time.Time{}
}

// Bounds of the reactions to a post: the length of one in bytes, and how many sorts.
const (
	maxReaction  = 64
	mostReaction = 256
)

// post translates a post of a list; ok is false if it shows nothing.
func (m mapper) post(info types.MessageInfo, n *types.NewsletterMessage) (p chat.ChannelPost, ok bool) {
	content.Tame(n.Message)
	p.Message, ok = m.postRow(info, n.Message)
	p.Views = max(int64(n.ViewsCount), 0)
	p.Reactions = map[string]int64{}
	for emoji, count := range n.ReactionCounts {
		if emoji != "" && len(emoji) <= maxReaction && count > 0 && len(p.Reactions) < mostReaction {
			p.Reactions[emoji] = int64(count)
		}
	}
	return p, ok && p.Message.Stanza != ""
}
