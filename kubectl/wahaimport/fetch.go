// Package wahaimport makes manifests of the sessions of a WAHA installation.
package wahaimport

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/wasession/wasession/gateway/waha"
)

const (
	// maxAnswer limits what is read of WAHA's answer, in bytes: thousands of sessions
	// take some megabytes.
	maxAnswer = 64 << 20
	patience  = time.Minute
)

// Session is a session as WAHA describes it.
type Session struct {
	Name   string `json:"name"`
	Status string `json:"status"`
	Me     *struct {
		ID string `json:"id"`
	} `json:"me"`
	Apps []struct {
		App string `json:"app"`
	} `json:"apps"`
	Config json.RawMessage `json:"config"`
}

// wish is the session's configuration, with its secrets.
func (s Session) wish() (*waha.Wish, error) {
	w := &waha.Wish{}
	if len(s.Config) == 0 || string(s.Config) == "null" {
		return w, nil
	}
	return w, json.Unmarshal(s.Config, w)
}

// Fetch asks the installation at base for its sessions, stopped ones too.
func Fetch(ctx context.Context, base *url.URL, key string) ([]Session, error) {
	target := base.JoinPath("api/sessions")
	target.RawQuery = "all=true"
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, target.String(), nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept", "application/json")
	if key != "" {
		r.Header.Set("X-Api-Key", key)
	}
	// A redirect could lead the key elsewhere.
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(r)
	if err != nil {
		return nil, fmt.Errorf("asking WAHA for its sessions: %w", err)
	}
	defer func() { _ = answer.Body.Close() }()
	switch {
	case answer.StatusCode == http.StatusUnauthorized, answer.StatusCode == http.StatusForbidden:
		return nil, fmt.Errorf("WAHA does not take the API key (%d): set WAHA_API_KEY, or --api-key-file", answer.StatusCode)
	case answer.StatusCode >= 300 && answer.StatusCode < 400:
		return nil, fmt.Errorf("%s redirects to %q: name the URL where WAHA itself is", target, answer.Header.Get("Location"))
	case answer.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("%s answers %s: is this the URL of a WAHA installation?", target, answer.Status)
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer+1))
	if err != nil {
		return nil, fmt.Errorf("reading WAHA's answer: %w", err)
	}
	if len(body) > maxAnswer {
		return nil, fmt.Errorf("WAHA's answer has more than %d bytes", maxAnswer)
	}
	var sessions []Session
	if err := json.Unmarshal(body, &sessions); err != nil {
		return nil, errors.New("the answer is no list of sessions: is this the URL of a WAHA installation?")
	}
	return sessions, nil
}
