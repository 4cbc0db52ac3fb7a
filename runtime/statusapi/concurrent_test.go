package statusapi

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
)

// Several readers of the stream each see the last status, however fast it changes.
func TestEveryReaderSeesTheLastStatus(t *testing.T) {
	f := newFake()
	_, srv := serve(t, f, nil)
	var readers, reading sync.WaitGroup
	for range 6 {
		resp := do(t, http.MethodGet, srv.URL+v1.StatusPath+"?watch=true", "Bearer "+token)
		if got := resp.Header.Get("Content-Type"); got != "application/x-ndjson" {
			t.Fatalf("content type %q", got)
		}
		reading.Add(1)
		readers.Go(func() {
			lines := bufio.NewScanner(resp.Body)
			for first := true; lines.Scan(); first = false {
				if first {
					reading.Done()
				}
				if len(bytes.TrimSpace(lines.Bytes())) == 0 {
					continue
				}
				var status v1.Status
				if err := json.Unmarshal(lines.Bytes(), &status); err != nil {
					t.Errorf("%q: %v", lines.Text(), err)
					return
				}
				if status.Phase == v1.PhaseWorking {
					return
				}
			}
			t.Errorf("the stream ended: %v", lines.Err())
		})
	}
	reading.Wait()
	for range 50 {
		f.enter(v1.PhaseStarting)
		f.enter(v1.PhaseScanQRCode)
	}
	f.enter(v1.PhaseWorking)
	readers.Wait()
}

func TestArchiveRunsAreNamed(t *testing.T) {
	asked := ""
	refused := errors.New("a run is in progress")
	var answer error
	_, srv := serve(t, newFake(), func(_ context.Context, id string) error {
		asked = id
		return answer
	})
	longest := strings.Repeat("x", v1.MaxArchiveRunID)
	for _, c := range []struct {
		id     string
		answer error
		want   int
		asked  string
	}{
		{"", nil, http.StatusBadRequest, ""},
		{longest + "x", nil, http.StatusBadRequest, ""},
		{longest, nil, http.StatusAccepted, longest},
		{"a", nil, http.StatusAccepted, "a"},
		{"a", refused, http.StatusConflict, "a"},
	} {
		asked, answer = "", c.answer
		resp := do(t, http.MethodPost, srv.URL+v1.ArchiveRunPath+"?id="+c.id, "Bearer "+token)
		text, _ := io.ReadAll(resp.Body)
		if resp.StatusCode != c.want || asked != c.asked || c.answer != nil && !strings.Contains(string(text), c.answer.Error()) {
			t.Errorf("%.10q: %d %s, asked for %.10q", c.id, resp.StatusCode, text, asked)
		}
	}
}

// The answer says whether a logout can be tried again, and never why in the
// words of the engine.
func TestLogoutAnswers(t *testing.T) {
	for what, c := range map[string]struct {
		err  error
		want int
	}{
		"done":          {nil, http.StatusNoContent},
		"not connected": {chat.ErrNotConnected, http.StatusConflict},
		"timed out":     {context.DeadlineExceeded, http.StatusBadGateway},
		"failed":        {errors.New("internal detail"), http.StatusBadGateway},
	} {
		f := newFake()
		f.logout = c.err
		_, srv := serve(t, f, nil)
		resp := do(t, http.MethodPost, srv.URL+v1.LogoutPath, "Bearer "+token)
		text, _ := io.ReadAll(resp.Body)
		if resp.StatusCode != c.want || strings.Contains(string(text), "internal detail") || strings.Contains(string(text), "WhatsApp") {
			t.Errorf("%s: %d %q", what, resp.StatusCode, text)
		}
	}
}
