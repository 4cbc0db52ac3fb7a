package pod

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// client is a client of an API that h is.
func client(h http.HandlerFunc) Client {
	return Client{API: h, Session: "tenant.sales", Prepare: func(r *http.Request) { r.Header.Set("X-Api-Key", "k") }}
}

func TestProblems(t *testing.T) {
	for _, c := range []struct {
		what   string
		status int
		body   string
		want   Problem
	}{
		{"bad input", 400, `{"message":["limit must be a number","x"],"statusCode":400}`, Problem{Status: 400, Text: "limit must be a number; x"}},
		{"not found", 404, `{"message":"Chat not found","statusCode":404}`, Problem{Status: 404, Text: "Chat not found"}},
		{"forbidden", 403, `{"message":"Forbidden resource"}`, Forbidden},
		{"not connected", 422, `{"error":"Session status is not as expected.","status":"STARTING"}`, Problem{Status: 422, Text: "The session is not connected to WhatsApp right now. Try again when it is"}},
		{"unexpected", 500, `{"statusCode":500,"message":"boom"}`, Problem{Status: 500, Text: "The session could not do this. Its log says why", MayHaveBeenDone: true}},
		{"unanswered", 504, `{"message":"WhatsApp did not answer","id":"true_1@c.us_A"}`, Problem{Status: 504, Text: "WhatsApp did not answer", MayHaveBeenDone: true, ID: "true_1@c.us_A"}},
		{"no JSON", 502, `<html>`, Problem{Status: 502, Text: "The session could not do this. Its log says why", MayHaveBeenDone: true}},
	} {
		err := client(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(c.status)
			_, _ = io.WriteString(w, c.body)
		}).Archive(t.Context(), "1@c.us", true)
		var got Problem
		if !errors.As(err, &got) || got != c.want {
			t.Errorf("%s: %+v, want %+v", c.what, err, c.want)
		}
	}
}

// An answer that is longer than a page can hold ends the call, and the handler with it.
func TestAnswersAreLimited(t *testing.T) {
	ended := make(chan struct{})
	err := client(func(w http.ResponseWriter, r *http.Request) {
		defer close(ended)
		_, _ = io.WriteString(w, `[{"id":"`)
		for {
			if _, err := w.Write(bytes.Repeat([]byte("x"), 1<<20)); err != nil {
				return
			}
		}
	}).EachChat(t.Context(), func(Chat) bool { return true })
	if !errors.Is(err, ErrTooLarge) {
		t.Errorf("it became %v", err)
	}
	<-ended
}

func TestAnAnswerThatBreaksOff(t *testing.T) {
	err := client(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `[{"id":"1@c.us"},`)
		panic(http.ErrAbortHandler)
	}).EachChat(t.Context(), func(Chat) bool { return true })
	if !errors.Is(err, errBroken) {
		t.Errorf("it became %v", err)
	}
}

// A page that was left ends its calls.
func TestACallEndsWithItsPage(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	err := client(func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	}).EachChat(ctx, func(Chat) bool { return true })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("it became %v", err)
	}
}

func TestAFileIsSentAsItArrives(t *testing.T) {
	content := bytes.Repeat([]byte("pixel"), 300_000)
	var got struct {
		Session, ChatID, ID, Caption string
		ReplyTo                      string `json:"reply_to"`
		File                         struct{ Filename, MIMEType, Data string }
	}
	var path string
	m, err := client(func(w http.ResponseWriter, r *http.Request) {
		path = r.URL.Path
		if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
			t.Errorf("the body: %v", err)
		}
		_, _ = io.WriteString(w, `{"id":"true_1@c.us_A","ack":1}`)
	}).Send(t.Context(), Outgoing{
		Chat: "1@c.us", Text: `look "here"`, ReplyTo: "B", ID: "3EB0",
		File: &Upload{Name: `a".png`, MIMEType: "image/png", As: "image", Content: bytes.NewReader(content)},
	})
	if err != nil || m.ID != "true_1@c.us_A" {
		t.Fatalf("%+v %v", m, err)
	}
	data, _ := base64.StdEncoding.DecodeString(got.File.Data)
	if path != "/api/sendImage" || !bytes.Equal(data, content) || got.File.Filename != `a".png` || got.Session != "tenant.sales" || got.ID != "3EB0" || got.Caption != `look "here"` || got.ReplyTo != "B" {
		t.Errorf("%s got %+v", path, got)
	}
}

// A file that a stranger sent never runs as a page of the dashboard.
func TestFilesAreContained(t *testing.T) {
	for _, c := range []struct {
		kind, disposition         string
		download                  bool
		wantKind, wantDisposition string
	}{
		{"image/png", `inline; filename="a.png"`, false, "image/png", `inline; filename="a.png"`},
		{"audio/ogg; codecs=opus", "inline", false, "audio/ogg; codecs=opus", "inline"},
		{"image/png", `inline; filename="a.png"`, true, "application/octet-stream", `attachment; filename=a.png`},
		{"image/svg+xml", `inline; filename="a.svg"`, false, "application/octet-stream", `attachment; filename=a.svg`},
		{"text/html", "inline", false, "application/octet-stream", "attachment"},
		{"text/html; x=image/png", "", false, "application/octet-stream", "attachment"},
		{"application/pdf", "attachment; filename*=utf-8''a%E2%80%AEfdp.exe%2Fb", false, "application/octet-stream", "attachment; filename=a_fdp.exe_b"},
		{"", "", false, "application/octet-stream", "attachment"},
	} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Range", "bytes=0-")
		err := client(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, "/api/files/") {
				if r.URL.Path != "/api/files/tenant.sales/x.bin" || r.Header.Get("Range") != "bytes=0-" {
					t.Errorf("asked for %s %v", r.URL.Path, r.Header)
				}
				w.Header().Set("Content-Type", c.kind)
				w.Header().Set("Content-Disposition", c.disposition)
				w.Header().Set("Set-Cookie", "a=b")
				w.Header().Set("Refresh", "0;url=https://evil.example")
				w.WriteHeader(http.StatusPartialContent)
				_, _ = io.WriteString(w, "content")
				return
			}
			_, _ = io.WriteString(w, `{"media":{"url":"https://evil.example/api/files/other/x.bin"}}`)
		}).File(w, r, "1@c.us", "false_1@c.us_A", c.download)
		h := w.Header()
		if err != nil || w.Code != 206 || w.Body.String() != "content" || h.Get("Content-Type") != c.wantKind || h.Get("Content-Disposition") != c.wantDisposition {
			t.Errorf("%s: %v %d %q, %v", c.kind, err, w.Code, w.Body, h)
		}
		if h.Get("Content-Security-Policy") != "sandbox; default-src 'none'" || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Set-Cookie")+h.Get("Refresh") != "" {
			t.Errorf("%s: headers %v", c.kind, h)
		}
	}
}

// What IDs of chats and messages contain stays in its part of the path.
func TestPathsAreEscaped(t *testing.T) {
	var path, key string
	c := client(func(w http.ResponseWriter, r *http.Request) {
		path, key = r.URL.EscapedPath(), r.Header.Get("X-Api-Key")
		_, _ = fmt.Fprint(w, `{}`)
	})
	if _, err := c.Message(t.Context(), "../a?b@c.us", "x/../../y#z"); err != nil {
		t.Fatal(err)
	}
	if want := "/api/tenant.sales/chats/..%2Fa%3Fb@c.us/messages/x%2F..%2F..%2Fy%23z"; path != want || key != "k" {
		t.Errorf("%s with key %q", path, key)
	}
}
