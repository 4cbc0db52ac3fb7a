package history

import (
	"iter"
	"slices"

	"go.mau.fi/whatsmeow/types"
)

// Chats is a Source of explicit chats. Its first sync is one bootstrap that
// carries at most the newest messages of each chat; the rest is available on
// demand.
type Chats struct {
	Chats []Chat
	// Newest is how many messages of a chat the bootstrap carries; 0: all.
	Newest int
	// Settings and Names are sent with the bootstrap.
	Settings *Settings
	Names    map[string]string
}

var (
	_ Source = Chats{}
	_ Source = (*Account)(nil)
)

// Overview lists all chats without their messages.
func (c Chats) Overview() iter.Seq[Chat] {
	return func(yield func(Chat) bool) {
		for _, chat := range c.Chats {
			chat.Messages = nil
			if !yield(chat) {
				return
			}
		}
	}
}

// Chunks returns the bootstrap.
func (c Chats) Chunks() iter.Seq[Chunk] {
	return func(yield func(Chunk) bool) {
		chunk := Chunk{
			Type: Bootstrap, Order: 1, Progress: 100, Settings: c.Settings, Names: c.Names,
			Mappings: make(map[types.JID]types.JID),
		}
		for _, chat := range c.Chats {
			chat.Complete = true
			if c.Newest > 0 && len(chat.Messages) > c.Newest {
				sorted := slices.SortedStableFunc(slices.Values(chat.Messages), func(a, b Message) int { return b.At.Compare(a.At) })
				chat.Messages, chat.Complete = sorted[:c.Newest], false
			}
			switch {
			case chat.ID.Server == types.HiddenUserServer && !chat.Alternative.IsEmpty():
				chunk.Mappings[chat.Alternative] = chat.ID
			case chat.ID.Server == types.DefaultUserServer && !chat.Alternative.IsEmpty():
				chunk.Mappings[chat.ID] = chat.Alternative
			}
			chunk.Chats = append(chunk.Chats, chat)
		}
		yield(chunk)
	}
}

// Lookup returns a chat with all its messages.
func (c Chats) Lookup(jid types.JID) (Chat, bool) {
	i := slices.IndexFunc(c.Chats, func(chat Chat) bool { return chat.ID == jid || chat.Alternative == jid })
	if i < 0 {
		return Chat{}, false
	}
	return c.Chats[i], true
}
