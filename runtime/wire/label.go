package wire

import (
	"slices"
	"strings"

	"github.com/wasession/wasession/runtime/chat"
)

// Label is a label of a business account.
type Label struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Color    int    `json:"color" doc:"Number in WhatsApp's palette"`
	ColorHex string `json:"colorHex" doc:"The same as #rrggbb; #000000 for a color that is not in the palette"`
}

// LabelOfChat is the payload of label.chat.added and label.chat.deleted.
type LabelOfChat struct {
	LabelID string `json:"labelId"`
	ChatID  string `json:"chatId"`
	// Label is null if only its ID is known so far.
	Label *Label `json:"label"`
}

// palette are the colors of labels as WhatsApp shows them, by number.
var palette = []string{
	"#ff9485", "#64c4ff", "#ffd429", "#dfaef0", "#99b6c1", "#55ccb3", "#ff9dff", "#d3a91d", "#6d7cce", "#d7e752",
	"#00d0e2", "#ffc5c7", "#93ceac", "#f74848", "#00a0f2", "#83e422", "#ffaf04", "#b5ebff", "#9ba6ff", "#9368cf",
}

// LabelColors returns the colors of labels as #rrggbb, by number.
func LabelColors() []string { return slices.Clone(palette) }

// NewLabel is a label.
func NewLabel(l *chat.Label) Label {
	w := Label{ID: l.ID, Name: l.Name, Color: l.Color, ColorHex: "#000000"}
	if l.Color >= 0 && l.Color < len(palette) {
		w.ColorHex = palette[l.Color]
	}
	return w
}

// NewLabels are labels; an empty list if there are none.
func NewLabels(labels []chat.Label) []Label {
	all := make([]Label, len(labels))
	for i := range labels {
		all[i] = NewLabel(&labels[i])
	}
	return all
}

// LabelColor returns the number of a color #rrggbb; -1 if it is not in the palette.
func LabelColor(hex string) int { return slices.Index(palette, strings.ToLower(hex)) }

func newLabelOfChat(ev chat.Event, c chat.ChatLabelled) LabelOfChat {
	w := LabelOfChat{LabelID: c.Label, ChatID: string(c.Chat)}
	if ev.Label != nil {
		l := NewLabel(ev.Label)
		w.Label = &l
	}
	return w
}
