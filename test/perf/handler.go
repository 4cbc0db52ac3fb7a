package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/httpapi"
	"github.com/wasession/wasession/runtime/httpapi/auth"
	"github.com/wasession/wasession/runtime/store"
	"github.com/wasession/wasession/runtime/whatsapp"
)

// offline is a session without a connection: reads must need nothing of it.
type offline struct{ httpapi.Session }

// Status implements httpapi.Session.
func (offline) Status() v1.Status { return v1.Status{Session: sessionName, Phase: v1.PhaseStopped} }

// RawData implements httpapi.Session.
func (offline) RawData(m chat.Message) any { return whatsapp.RawMessage(m) }

// newHandler is the API over a store in this process.
func newHandler(s *store.Store) http.Handler {
	return httpapi.New(httpapi.Options{
		Session: sessionName, Reader: s, Live: offline{}, Keys: auth.NewKeyring(auth.Plain(apiKey)),
		Config: func() v1.Config { return v1.Config{Session: sessionName} },
	})
}

// handled is the request for a page, answered in this process: what bare SQL in
// the same process can be compared with.
func (lib *library) handled(p page) func(context.Context) error {
	return func(ctx context.Context) error {
		target := "/api/" + sessionName + p.path(url.PathEscape(lib.chatID))
		request := httptest.NewRequestWithContext(ctx, http.MethodGet, target, nil)
		request.Header.Set("X-Api-Key", apiKey)
		answer := httptest.NewRecorder()
		lib.handler.ServeHTTP(answer, request)
		if answer.Code != http.StatusOK {
			return fmt.Errorf("GET %s: %d %s", target, answer.Code, answer.Body)
		}
		return nil
	}
}
