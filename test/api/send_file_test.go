package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"image"
	imagepng "image/png"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/wasession/wasession/test/simulator"
)

// png is a small picture in base64.
func png(t *testing.T) string {
	t.Helper()
	var out bytes.Buffer
	if err := imagepng.Encode(&out, image.NewGray(image.Rect(0, 0, 40, 20))); err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(out.Bytes())
}

// ogg looks like two seconds of Opus.
func ogg() []byte {
	page := make([]byte, 28)
	copy(page, "OggS")
	last := bytes.Clone(page)
	binary.LittleEndian.PutUint64(last[6:], 2*48_000)
	return append(append(append(page, "OpusHead"...), last...), "sound"...)
}

// mp4 looks like a film in H.264, without pictures.
func mp4() []byte { return []byte("\x00\x00\x00\x0cftypmp42\x00\x00\x00\x0cmoovavc1") }

// What phones play is answered as it is; other files need an ffmpeg, and sound.
func TestConvert(t *testing.T) {
	w := paired(t)
	for path, file := range map[string][]byte{"voice": ogg(), "video": mp4()} {
		status, answer := w.call("POST", "/api/sales/media/convert/"+path, m{"data": base64.StdEncoding.EncodeToString(file)})
		if status != 200 || !bytes.Equal(answer, file) {
			t.Errorf("%s: %d %q", path, status, answer)
		}
		w.do(422, "POST", "/api/sales/media/convert/"+path, m{"data": base64.StdEncoding.EncodeToString([]byte("text"))}, nil)
	}
	w.do(400, "POST", "/api/sales/media/convert/voice", m{}, nil)
}

func TestSendFilesFromBase64(t *testing.T) {
	w := paired(t)
	for _, c := range []struct {
		path string
		body m
		file []byte
		want string
	}{
		{"/api/sendImage", m{"caption": "look", "file": m{"mimetype": "image/png", "filename": "a.png"}}, unbase64(t, png(t)),
			`image image/png "look" 40x20 true`},
		{"/api/sendFile", m{"caption": "read", "file": m{"mimetype": "application/pdf", "filename": "a.pdf"}}, []byte("%PDF-1.7"),
			`document application/pdf "read" a.pdf`},
		{"/api/sendFile", m{"file": m{"filename": "b"}}, []byte("%PDF-1.7"), `document application/pdf "" b`},
		{"/api/sendVoice", m{"convert": true, "file": m{"mimetype": "audio/ogg; codecs=opus"}}, ogg(), `audio audio/ogg; codecs=opus true 2s`},
		{"/api/sendVoice", m{"convert": false, "file": m{}}, []byte("anything"), `audio audio/ogg; codecs=opus true 0s`},
		{"/api/sendVideo", m{"convert": true, "caption": "film", "file": m{"mimetype": "video/mp4"}}, mp4(), `video video/mp4 "film"`},
		{"/api/sendVideo", m{"convert": false, "asNote": true, "file": m{}}, mp4(), `note video/mp4`},
	} {
		c.body["file"].(m)["data"] = base64.StdEncoding.EncodeToString(c.file)
		sent := w.send(c.path, to(bobChat, c.body))
		if !sent.HasMedia {
			t.Errorf("%s: the answer has no media", c.path)
		}
		got := w.received(w.bob, sent)
		var shown string
		switch {
		case got.ImageMessage != nil:
			i := got.ImageMessage
			shown = fmt.Sprintf("image %s %q %dx%d %t", i.GetMimetype(), i.GetCaption(), i.GetWidth(), i.GetHeight(), len(i.GetJPEGThumbnail()) > 0)
		case got.DocumentMessage != nil:
			d := got.DocumentMessage
			shown = fmt.Sprintf("document %s %q %s", d.GetMimetype(), d.GetCaption(), d.GetFileName())
		case got.AudioMessage != nil:
			a := got.AudioMessage
			shown = fmt.Sprintf("audio %s %t %ds", a.GetMimetype(), a.GetPTT(), a.GetSeconds())
		case got.VideoMessage != nil:
			shown = fmt.Sprintf("video %s %q", got.VideoMessage.GetMimetype(), got.VideoMessage.GetCaption())
		case got.PtvMessage != nil:
			got.VideoMessage = got.PtvMessage // as the simulator opens it
			shown = "note " + got.PtvMessage.GetMimetype()
		}
		if shown != c.want {
			t.Errorf("%s: Bob sees %s, want %s", c.path, shown, c.want)
		}
		if content, err := w.sim.Download(got); err != nil || !bytes.Equal(content, c.file) {
			t.Errorf("%s: Bob downloads %q, %v", c.path, content, err)
		}
	}
}

func unbase64(t *testing.T, s string) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestSendALargeFile(t *testing.T) {
	w := paired(t)
	large := make([]byte, 20<<20)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(large)
	sent := w.send("/api/sendFile", to(bobChat, m{"file": m{"filename": "large.bin", "data": base64.StdEncoding.EncodeToString(large)}}))
	content, err := w.sim.Download(w.received(w.bob, sent))
	w.ok(err)
	if sha256.Sum256(content) != sha256.Sum256(large) {
		t.Errorf("Bob downloads %d other bytes", len(content))
	}
}

func TestSendFilesByURL(t *testing.T) {
	w := paired(t)
	web := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/report.pdf":
			rw.Header().Set("Content-Type", "application/pdf")
			_, _ = rw.Write([]byte("%PDF-1.7 by URL"))
		case "/moved":
			http.Redirect(rw, r, "/report.pdf", http.StatusFound)
		case "/empty":
		default:
			http.NotFound(rw, r)
		}
	}))
	defer web.Close()
	for _, path := range []string{"/report.pdf", "/moved"} {
		sent := w.send("/api/sendFile", to(bobChat, m{"file": m{"url": web.URL + path}}))
		got := w.received(w.bob, sent)
		if d := got.GetDocumentMessage(); d.GetMimetype() != "application/pdf" || d.GetFileName() != "report.pdf" {
			t.Errorf("%s: Bob sees %v", path, d)
		}
		if content, err := w.sim.Download(got); err != nil || string(content) != "%PDF-1.7 by URL" {
			t.Errorf("%s: Bob downloads %q, %v", path, content, err)
		}
	}
	for path, want := range map[string]string{
		"/gone?token=hush": `The file could not be fetched: the server responded with status 404`,
		"/empty":           `file is empty`,
	} {
		status, body := w.call("POST", "/api/sendFile", to(bobChat, m{"file": m{"url": web.URL + path}}))
		if status/100 != 4 || !strings.Contains(string(body), want) || strings.Contains(string(body), "hush") {
			t.Errorf("%s: %d %s, want %q", path, status, body, want)
		}
	}
	for _, address := range []string{"ftp://example.org/report.pdf", "file:///etc/passwd", "report.pdf", "https://"} {
		status, body := w.call("POST", "/api/sendFile", to(bobChat, m{"file": m{"url": address}}))
		if status != 400 || !strings.Contains(string(body), `"file.url must be an http:// or https:// URL"`) {
			t.Errorf("%s: %d %s", address, status, body)
		}
	}
	for _, r := range w.bob.Inbox() {
		if r.Kind == simulator.KindMessage && r.Message.GetDocumentMessage().GetFileName() != "report.pdf" {
			t.Errorf("Bob received %v", r.Message)
		}
	}
}

func TestARefusedUploadSendsNothing(t *testing.T) {
	w := paired(t)
	w.sim.Faults().FailIQ("w:m", 500, "no upload today", -1)
	status, body := w.call("POST", "/api/sendFile", to(bobChat, m{"file": m{"data": "QUJD"}}))
	if status != http.StatusUnprocessableEntity {
		t.Errorf("%d %s", status, body)
	}
	var list []message
	w.get("/api/messages?chatId=all", &list)
	if len(list) != 0 {
		t.Errorf("in the store: %+v", list)
	}
}
