package app

import (
	"cmp"
	"encoding/json"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/httpapi"
	"github.com/wasession/wasession/runtime/whatsapp"
	"github.com/wasession/wasession/runtime/wire"
)

// rawData is `_data` of a message.
func (a *App) rawData(m chat.Message) any { return whatsapp.NewRawData(m, *a.own.Load()) }

// encoder makes the payloads of events.
func (a *App) encoder() wire.Encoder { return wire.Encoder{Raw: a.rawData, FileURL: a.fileURL} }

// envelope makes the body of an event.
func (a *App) envelope(e chat.StoredEvent) ([]byte, error) {
	out := wire.Envelope{
		ID: e.ID, Timestamp: e.At.UnixMilli(), Event: e.Name, Session: a.name,
		Metadata: a.config().Metadata, Payload: e.Payload,
		Engine: wire.EngineName, Environment: wire.NewEnvironment(a.opts.Version), Me: wire.NewMe(a.Session.Status().Me),
	}
	if out.Metadata == nil {
		out.Metadata = map[string]string{}
	}
	return json.Marshal(out)
}

// fileURL is where clients download the media of a message. Without a public
// address it is that of the session's Service, and for a standalone runtime
// the address it listens on.
func (a *App) fileURL(m *chat.Message) string {
	c := a.config()
	return httpapi.FileURL(c, a.name, cmp.Or(c.Media.ServiceURL, a.opts.Address), m)
}
