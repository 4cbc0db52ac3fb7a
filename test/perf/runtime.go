package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"time"

	"github.com/wasession/wasession/test/simulator"
)

const (
	apiKey      = "perf"
	sessionName = "perf"
	clients     = 8 // of the API, if there are several
)

// runtime is a running runtime process.
type runtime struct {
	*child
	url    string
	client *http.Client
	lines  <-chan string
}

var servingAt = regexp.MustCompile(`msg=Serving address=(\S+)`)

// start runs the runtime on a data directory and returns once it serves.
func (l *lab) start(ctx context.Context, dir string, args ...string) (*runtime, error) {
	lines := make(chan string, 100)
	args = append([]string{"--data", dir, "--session", sessionName, "--listen", "127.0.0.1:0"}, args...)
	c, err := l.spawn(lines, []string{"WASESSION_API_KEY=" + apiKey}, l.runtime, args...)
	if err != nil {
		return nil, fmt.Errorf("%w; make build makes the runtime", err)
	}
	r := &runtime{child: c, lines: lines, client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}}}
	return r, c.line(ctx, lines, func(line string) bool {
		m := servingAt.FindStringSubmatch(line)
		if m != nil {
			r.url = "http://" + m[1]
		}
		return m != nil
	})
}

// follow passes log lines to find until it accepts one.
func (r *runtime) follow(ctx context.Context, find func(string) bool) error {
	return r.line(ctx, r.lines, find)
}

// quiet stops following the log.
func (r *runtime) quiet() { r.ignore(r.lines) }

// stop shuts the runtime down cleanly.
func (r *runtime) stop() error {
	r.client.CloseIdleConnections()
	r.quiet()
	return r.child.stop()
}

// get calls the API and decodes the response into out unless that is nil. It
// returns the time to the end of the response.
func (r *runtime) get(ctx context.Context, path string, out any) (time.Duration, error) {
	return r.call(ctx, http.MethodGet, path, nil, out)
}

func (r *runtime) call(ctx context.Context, method, path string, in, out any) (time.Duration, error) {
	body, err := json.Marshal(in)
	if err != nil {
		return 0, err
	}
	req, err := http.NewRequestWithContext(ctx, method, r.url+path, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("X-Api-Key", apiKey)
	req.Header.Set("Content-Type", "application/json")
	if in == nil {
		req.Body, req.ContentLength = nil, 0
	}
	began := time.Now()
	resp, err := r.client.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	took := time.Since(began)
	if err != nil {
		return 0, err
	}
	if resp.StatusCode/100 != 2 {
		return 0, fmt.Errorf("%s %s: %d %s", method, path, resp.StatusCode, answer)
	}
	if out == nil {
		return took, nil
	}
	return took, json.Unmarshal(answer, out)
}

// pair links a runtime that is waiting for it, and returns once the phone sees
// it.
func (r *runtime) pair(ctx context.Context, user *simulator.User) (*simulator.Companion, error) {
	var code struct{ Value string }
	if err := await(ctx, func() (bool, error) {
		_, err := r.get(ctx, "/api/"+sessionName+"/auth/qr?format=raw", &code)
		return err == nil && code.Value != "", nil
	}); err != nil {
		return nil, fmt.Errorf("no QR code: %w", err)
	}
	comp, err := user.ScanQR(ctx, code.Value)
	if err != nil {
		return nil, err
	}
	return comp, comp.WaitConnected(ctx)
}

// working waits until the runtime reports that it is connected.
func (r *runtime) working(ctx context.Context) error {
	return await(ctx, func() (bool, error) {
		var s struct{ Status string }
		_, err := r.get(ctx, "/api/sessions/"+sessionName, &s)
		return s.Status == "WORKING", err
	})
}

// send sends a text to a contact n times, one by one.
func (r *runtime) send(ctx context.Context, to *simulator.User, n int, text string) error {
	body := struct {
		ChatID string `json:"chatId"`
		Text   string `json:"text"`
	}{to.PN().User + "@c.us", text}
	for range n {
		if _, err := r.call(ctx, http.MethodPost, "/api/sendText", body, nil); err != nil {
			return err
		}
	}
	return nil
}
