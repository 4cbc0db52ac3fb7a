package httpapi

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/wire"
)

func (a *API) listLabels(r *http.Request, _ noInput) ([]wire.Label, error) {
	labels, err := a.Reader.Labels(r.Context())
	return wire.NewLabels(labels), err
}

type labelBody struct {
	Body struct {
		Name     labelName   `json:"name" required:"true"`
		Color    *int        `json:"color" min:"0" max:"19" doc:"Number in WhatsApp's palette"`
		ColorHex *labelColor `json:"colorHex" doc:"The color as #rrggbb instead of its number"`
	} `body:"json"`
}

// maxLabelName is the maximum length of a label's name, in characters.
const maxLabelName = 100

// labelName is the name of a label.
type labelName string

// UnmarshalText implements encoding.TextUnmarshaler.
func (n *labelName) UnmarshalText(text []byte) error {
	name, err := nameOf(text, maxLabelName)
	*n = labelName(name)
	return err
}

// labelColor is a color of the palette.
type labelColor int

// UnmarshalText implements encoding.TextUnmarshaler.
func (c *labelColor) UnmarshalText(text []byte) error {
	if *c = labelColor(wire.LabelColor(string(text))); *c < 0 {
		return errors.New("must be one of " + strings.Join(wire.LabelColors(), ", "))
	}
	return nil
}

// color is the number of the color in a body; byDefault if it has none.
func (b *labelBody) color(byDefault int) (int, error) {
	switch number, hex := b.Body.Color, b.Body.ColorHex; {
	case number != nil && hex != nil && *number != int(*hex):
		return 0, badRequest("color and colorHex must be the same color: leave one out")
	case number != nil:
		return *number, nil
	case hex != nil:
		return int(*hex), nil
	}
	return byDefault, nil
}

func (a *API) createLabel(r *http.Request, in labelBody) (wire.Label, error) {
	labels, err := a.Reader.Labels(r.Context())
	if err != nil {
		return wire.Label{}, err
	}
	color, err := in.color(freeColor(labels))
	if err != nil {
		return wire.Label{}, err
	}
	l, err := a.Live.CreateLabel(r.Context(), string(in.Body.Name), color)
	return wire.NewLabel(&l), err
}

// freeColor is the first color that no label has; 0 if all are taken.
func freeColor(labels []chat.Label) int {
	for color := range wire.LabelColors() {
		if !slices.ContainsFunc(labels, func(l chat.Label) bool { return l.Color == color }) {
			return color
		}
	}
	return 0
}

type labelIn struct {
	Label string `path:"labelId" max:"64" doc:"Label ID"`
}

// label finds a label.
func (a *API) label(ctx context.Context, id string) (chat.Label, error) {
	l, err := a.Reader.Label(ctx, id)
	if errors.Is(err, chat.ErrNotFound) {
		return l, notFound("Label not found")
	}
	return l, err
}

type updateLabelIn struct {
	labelIn
	labelBody
}

func (a *API) updateLabel(r *http.Request, in updateLabelIn) (wire.Label, error) {
	l, err := a.label(r.Context(), in.Label)
	if err != nil {
		return wire.Label{}, err
	}
	l.Name = string(in.Body.Name)
	if l.Color, err = in.color(l.Color); err != nil {
		return wire.Label{}, err
	}
	return wire.NewLabel(&l), a.Live.UpdateLabel(r.Context(), l)
}

func (a *API) deleteLabel(r *http.Request, in labelIn) (none, error) {
	l, err := a.label(r.Context(), in.Label)
	if err != nil {
		return none{}, err
	}
	return none{}, a.Live.DeleteLabel(r.Context(), l)
}
