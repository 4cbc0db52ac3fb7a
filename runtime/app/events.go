package app

import (
	"cmp"
	"encoding/json"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/httpapi"
	"github.com/wasession/wasession/runtime/whatsapp"
	"github.com/wasession/wasession/runtime/wire"
)

// rawData returns `_data` of a message.
func (a *App) rawData(m chat.Message) any { return whatsapp.NewRawData(m, *a.own.Load()) }

// encoder returns the encoder for the payloads of events.
func (a *App) encoder() wire.Encoder { return wire.Encoder{Raw: a.rawData, FileURL: a.fileURL} }

// envelope returns the body of an event.
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

// fileURL returns the download URL for the media of a message. Without a public
// address it is on the session's Service, or on the listen address of a
// standalone runtime.
func (a *App) fileURL(m *chat.Message) string {
	c := a.config()
	return httpapi.FileURL(c, a.name, cmp.Or(c.Media.ServiceURL, a.opts.Address), m)
}
