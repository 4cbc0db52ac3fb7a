package httpapi

import (
	"errors"
	"io"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
)

// withMedia gives the chat 111 a message with media.
func withMedia(s *server, stanza, mimetype, filename string) {
	m := text("111@c.us", stanza, testNow)
	m.Type, m.Media = chat.TypeDocument, &chat.Media{MIMEType: mimetype, Filename: filename, Size: 10}
	s.apply(received(m))
}

func TestPageFetchesItsMediaOnce(t *testing.T) {
	s := newServer(t)
	withMedia(s, "V1", "audio/ogg; codecs=opus", "")
	withMedia(s, "V2", "application/pdf", "Bill.pdf")
	s.apply(received(text("111@c.us", "T", testNow)))
	for range 2 {
		var all []message
		s.get("/api/default/chats/111/messages", &all)
		if len(all) != 3 {
			t.Fatalf("%d messages", len(all))
		}
		for _, m := range all {
			stanza := strings.Split(m.ID, "_")[2]
			if !m.HasMedia {
				if m.Media != nil || stanza != "T" {
					t.Errorf("%s: %+v", m.ID, m.Media)
				}
				continue
			}
			want := map[string]string{
				"V1": "http://example.com/api/files/default/false_111@c.us_V1.oga",
				"V2": "http://example.com/api/files/default/false_111@c.us_V2.pdf",
			}[stanza]
			if m.Media.Error != nil || *m.Media.URL != want {
				t.Errorf("%s has %v %v", m.ID, m.Media.URL, m.Media.Error)
			}
			w := s.request("GET", strings.TrimPrefix(*m.Media.URL, "http://example.com"), "")
			if w.Code != 200 || w.Body.String() != "file of "+stanza {
				t.Errorf("%s: %d %s", *m.Media.URL, w.Code, w.Body)
			}
		}
	}
	if n := strings.Count(s.live.done(), "download"); n != 2 {
		t.Errorf("%d downloads", n)
	}
}

func TestDownloadCanBeTurnedOff(t *testing.T) {
	s := newServer(t)
	withMedia(s, "V1", "audio/ogg", "")
	var all []message
	s.get("/api/default/chats/111/messages?downloadMedia=false", &all)
	if !all[0].HasMedia || all[0].Media != nil {
		t.Errorf("media is %+v", all[0].Media)
	}
	var one message
	s.get("/api/default/chats/111/messages/V1?downloadMedia=0", &one)
	if one.Media != nil || s.live.done() != "" {
		t.Errorf("media is %+v, calls %s", one.Media, s.live.done())
	}
	s.get("/api/default/chats/111/messages/V1", &one)
	if one.Media == nil || one.Media.URL == nil {
		t.Errorf("media is %+v", one.Media)
	}
}

func TestFailedDownloadDoesNotFailThePage(t *testing.T) {
	s := newServer(t)
	withMedia(s, "GOOD", "image/png", "")
	withMedia(s, "BAD", "image/png", "")
	s.live.download = func(m chat.Message, w io.Writer) error {
		if m.Stanza == "BAD" {
			return errors.New("status 410 for https://mmg.whatsapp.net/secret")
		}
		_, err := io.WriteString(w, "x")
		return err
	}
	var all []message
	s.get("/api/default/chats/111/messages?sortOrder=asc", &all)
	if all[0].Media.URL == nil || all[1].Media.URL != nil || all[1].Media.Error == nil || all[1].Media.Error.Message != "The file could not be downloaded from WhatsApp" {
		t.Errorf("media are %+v %+v", all[0].Media, all[1].Media)
	}
	assertJSON(t, s.request("GET", "/api/files/default/false_111@c.us_BAD.png", ""), 404,
		`{"message":"The file could not be downloaded from WhatsApp","error":"Not Found","statusCode":404}`)
}

// Without a connection a page comes at once, with the files at hand.
func TestPageWithoutConnection(t *testing.T) {
	s := newServer(t)
	withMedia(s, "HAVE", "image/png", "")
	s.get("/api/default/chats/111/messages", nil)
	withMedia(s, "LACK", "image/png", "")
	s.live.phase, s.live.calls = "STARTING", nil
	var all []message
	s.get("/api/default/chats/111/messages?sortOrder=asc", &all)
	if all[0].Media.URL == nil || all[1].Media.Error == nil || !strings.Contains(all[1].Media.Error.Message, "not connected") || s.live.done() != "" {
		t.Errorf("media are %+v %+v, calls %s", all[0].Media, all[1].Media, s.live.done())
	}
}

func TestFileHeaders(t *testing.T) {
	s := newServer(t)
	withMedia(s, "IMG", "image/png", "")
	withMedia(s, "HTML", "text/html", "../../evil\r\n.html")
	withMedia(s, "SVG", "image/svg+xml", "x.svg")
	withMedia(s, "NAMED", "application/pdf", "Rechnung Nº 5.pdf")
	for file, want := range map[string][2]string{
		"IMG.png":   {"image/png", `inline; filename="false_111@c.us_IMG.png"`},
		"HTML.bin":  {"text/html", `attachment; filename=".._.._evil__.html"`},
		"SVG.bin":   {"image/svg+xml", `attachment; filename=x.svg`},
		"NAMED.pdf": {"application/pdf", `attachment; filename*=utf-8''Rechnung%20N%C2%BA%205.pdf`},
	} {
		w := s.request("GET", "/api/files/default/false_111@c.us_"+file, "")
		if w.Code != 200 || w.Header().Get("Content-Type") != want[0] || strings.ReplaceAll(w.Header().Get("Content-Disposition"), `"`, "") != strings.ReplaceAll(want[1], `"`, "") {
			t.Errorf("%s: %d %v", file, w.Code, w.Header())
		}
		if w.Header().Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(w.Header().Get("Content-Security-Policy"), "sandbox") {
			t.Errorf("%s could run as a page: %v", file, w.Header())
		}
	}
	w := s.request("GET", "/api/files/default/false_111@c.us_IMG.png", "", "Range", "bytes=0-3")
	if w.Code != 206 || w.Body.String() != "file" {
		t.Errorf("a range: %d %s", w.Code, w.Body)
	}
}

func TestFilesThatAreNone(t *testing.T) {
	s := newServer(t)
	withMedia(s, "IMG", "image/png", "")
	s.apply(received(text("111@c.us", "TEXT", testNow)))
	for _, file := range []string{
		"x.png", "IMG.png", "false_111@c.us_IMG.jpeg", "false_111@c.us_IMG", "true_111@c.us_IMG.png", "false_222@c.us_IMG.png", "false_111@c.us_TEXT.bin",
		"..%2F..%2Fchats.db", "%2e%2e%2fchats.db", ".partial", "false_111@c.us_..%2FIMG.png", "false_111@c.us_IMG.png%00.jpg", "..", "%5c..%5cdevice.db",
	} {
		w := s.request("GET", "/api/files/default/"+file, "")
		if w.Code != 404 && w.Code != 307 && w.Code != 301 {
			t.Errorf("%s: %d %s", file, w.Code, w.Body)
		}
	}
	if w := s.request("GET", "/api/files/other/false_111@c.us_IMG.png", ""); w.Code != 422 {
		t.Errorf("another session's file: %d", w.Code)
	}
	if w := s.request("GET", "/api/files/default/false_111@c.us_IMG.png", "", "X-Api-Key", "wrong"); w.Code != 401 {
		t.Errorf("without a key: %d", w.Code)
	}
}

func TestMediaURLIsTheClientsWayIn(t *testing.T) {
	s := newServer(t)
	withMedia(s, "IMG", "image/png", "")
	url := func(headers ...string) string {
		t.Helper()
		var m message
		s.expect(s.request("GET", "/api/default/chats/111/messages/IMG", "", headers...), 200, &m)
		return *m.Media.URL
	}
	const path = "/api/files/default/false_111@c.us_IMG.png"
	if got := url(); got != "http://example.com"+path {
		t.Error(got)
	}
	if got := url("X-Forwarded-Proto", "https", "X-Forwarded-Host", "wa.example.org:8443"); got != "https://wa.example.org:8443"+path {
		t.Error(got)
	}
	if got := url("X-Forwarded-Proto", "javascript", "X-Forwarded-Host", "evil/<script>"); got != "http://example.com"+path {
		t.Error(got)
	}
	s.cfg.Media.PublicURL = "https://files.example.net"
	if got := url("X-Forwarded-Proto", "https"); got != "https://files.example.net"+path {
		t.Error(got)
	}
	r := httptest.NewRequest("GET", "/", nil)
	r.Host = "a b"
	if got := baseURL(r); got != "http://localhost" {
		t.Error(got)
	}
}

// Earlier versions stored ids as their senders chose them. Each has a URL that
// leads to its file and to no other.
func TestFilesOfHostileIDsHaveURLsOfTheirOwn(t *testing.T) {
	s := newServer(t)
	stanzas := []string{"/../../../x/config", "..", "A_B", "a b?c#d", "%2e%2e%2f", "ABC", "abc"}
	for _, stanza := range stanzas {
		withMedia(s, stanza, "application/json", "config")
	}
	var all []message
	s.get("/api/default/chats/111/messages?limit=100", &all)
	if len(all) != len(stanzas) {
		t.Fatalf("%d messages", len(all))
	}
	seen := map[string]bool{}
	for _, m := range all {
		if m.Media.Error != nil || seen[*m.Media.URL] {
			t.Fatalf("%s has %+v", m.ID, m.Media)
		}
		seen[*m.Media.URL] = true
		stanza := strings.TrimPrefix(m.ID, "false_111@c.us_")
		w := s.request("GET", strings.TrimPrefix(*m.Media.URL, "http://example.com"), "")
		if w.Code != 200 || w.Body.String() != "file of "+stanza {
			t.Errorf("%s: %d %s", *m.Media.URL, w.Code, w.Body)
		}
	}
	for _, name := range []string{"false_111@c.us_~" + chat.StanzaDigest("another") + ".json", "false_111@c.us_~ab.json", "false_112@c.us_~" + chat.StanzaDigest("..") + ".json"} {
		if w := s.request("GET", "/api/files/default/"+name, ""); w.Code != 404 {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
}
