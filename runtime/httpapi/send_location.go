package httpapi

import (
	"net/http"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/wire"
)

type locationIn struct {
	Body struct {
		replying
		Latitude  *float64 `json:"latitude" required:"true" min:"-90" max:"90" doc:"In degrees"`
		Longitude *float64 `json:"longitude" required:"true" min:"-180" max:"180" doc:"In degrees"`
		Title     string   `json:"title" max:"1024"`
		Address   string   `json:"address" max:"1024"`
	} `body:"json"`
}

func (a *API) sendLocation(r *http.Request, in locationIn) (wire.Message, error) {
	b := in.Body
	return a.dispatch(r, b.replying, chat.Outgoing{Content: chat.OutgoingLocation{
		Latitude: *b.Latitude, Longitude: *b.Longitude, Name: b.Title, Address: b.Address,
	}})
}
