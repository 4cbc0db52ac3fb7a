package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/app"
	"github.com/wasession/wasession/runtime/whatsapp"
)

// openOffline opens the runtime on a data directory in this process, without a
// connection, which pages do not need.
func (l *lab) openOffline(ctx context.Context, dir string) (*app.App, error) {
	endpoint, err := whatsapp.EndpointFromEnv(func(name string) string {
		return map[string]string{v1.EnvEndpoint: l.srv.URL(), v1.EnvRootKey: l.srv.RootKeyHex()}[name]
	})
	if err != nil {
		return nil, err
	}
	return app.Open(ctx, app.Options{
		Data: dir, Session: sessionName, Keys: app.Keys{Secret: apiKey}, Endpoint: endpoint, Offline: true,
		Version: "perf", Log: slog.New(slog.DiscardHandler),
	})
}

// handled returns the request for a page within this process, which can be
// compared with bare SQL in the same process.
func (lib *library) handled(p page) func(context.Context) error {
	return func(ctx context.Context) error {
		target := "/api/" + sessionName + p.path(url.PathEscape(lib.chatID))
		request := httptest.NewRequestWithContext(ctx, http.MethodGet, target, nil)
		request.Header.Set("X-Api-Key", apiKey)
		answer := httptest.NewRecorder()
		lib.app.Handler().ServeHTTP(answer, request)
		if answer.Code != http.StatusOK {
			return fmt.Errorf("GET %s: %d %s", target, answer.Code, answer.Body)
		}
		return nil
	}
}
