package httpapi

import (
	"errors"
	"net/http"
	"slices"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/wire"
)

func (a *API) labelledChats(r *http.Request, in labelIn) (rows[wire.Chat], error) {
	l, err := a.label(r.Context(), in.Label)
	if err != nil {
		return nil, err
	}
	return a.chatRows(r, chat.ChatQuery{Labels: []string{l.ID}})
}

func (a *API) chatLabels(r *http.Request, in oneChatIn) ([]wire.Label, error) {
	c, err := a.Reader.Chat(r.Context(), in.Chat.ID)
	if errors.Is(err, chat.ErrNotFound) {
		err = nil // a chat that does not exist yet has no labels
	}
	return wire.NewLabels(c.Labels), err
}

type setLabelsIn struct {
	oneChatIn
	Body struct {
		Labels []struct {
			ID string `json:"id" required:"true" max:"64" doc:"Label ID"`
		} `json:"labels" required:"true" max:"100" doc:"All labels of the chat; it loses its others"`
	} `body:"json"`
}

func (a *API) setChatLabels(r *http.Request, in setLabelsIn) (none, error) {
	c, err := a.Reader.Chat(r.Context(), in.Chat.ID)
	if errors.Is(err, chat.ErrNotFound) {
		return none{}, notFound("Chat not found")
	}
	if err != nil {
		return none{}, err
	}
	var wanted, added, removed []string
	for _, l := range in.Body.Labels {
		if _, err := a.label(r.Context(), l.ID); err != nil {
			return none{}, err
		}
		wanted = append(wanted, l.ID)
	}
	had := make([]string, len(c.Labels))
	for i, l := range c.Labels {
		if had[i] = l.ID; !slices.Contains(wanted, l.ID) {
			removed = append(removed, l.ID)
		}
	}
	for _, id := range wanted {
		if !slices.Contains(had, id) && !slices.Contains(added, id) {
			added = append(added, id)
		}
	}
	if added == nil && removed == nil {
		return none{}, nil
	}
	return none{}, a.Live.LabelChat(r.Context(), c.ID, added, removed)
}
