package chat

import "strings"

// Label is a label of a business account, or a list of chats of any other one.
type Label struct {
	ID   string
	Name string
	// Color is a number in WhatsApp's palette.
	Color int
	// Raw is the label in the engine's own form, where a query asks for it: it has
	// more than the other fields.
	Raw []byte
}

// Named reports whether a text is the label's ID or, in any case, its name.
func (l *Label) Named(text string) bool { return l.ID == text || strings.EqualFold(l.Name, text) }

// LabelEdited creates, changes or deletes a label. Deleting takes it off all chats.
type LabelEdited struct {
	Label   Label
	Deleted bool
}

// ChatLabelled puts a label on a chat, or takes it off. Label is its ID.
type ChatLabelled struct {
	Chat     ID
	Label    string
	Labelled bool
}

func (LabelEdited) change()  {}
func (ChatLabelled) change() {}
