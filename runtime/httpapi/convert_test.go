package httpapi

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/convert"
	"github.com/wasession/wasession/runtime/wire"
)

// opus is the beginning of an Ogg Opus file.
const opus = "OggS\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x01\x02\x03\x04\x00\x00\x00\x00\x05\x06\x07\x08\x01\x13OpusHead\x01\x01"

// film is the beginning of an MP4 file with H.264.
const film = "\x00\x00\x00\x0cftypmp42\x00\x00\x00\x0cmoovavc1"

// inFFmpegsPlace has files converted by a shell script, whose last argument is where
// to write.
func (s *server) inFFmpegsPlace(script string) {
	s.t.Helper()
	program := filepath.Join(s.t.TempDir(), "ffmpeg")
	if err := os.WriteFile(program, []byte("#!/bin/sh\nfor last; do :; done\nto=${last#file:}\n"+script), 0o700); err != nil {
		s.t.Fatal(err)
	}
	s.Converter = convert.New(convert.Options{Program: program})
}

func inBase64(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

func TestWhatPhonesCannotPlayIsConverted(t *testing.T) {
	for _, c := range []struct{ path, data, mimetype, sent, as string }{
		{"/api/sendVoice", "mp3", "audio/mpeg", "converted", "audio/ogg; codecs=opus"},
		{"/api/sendVideo", "webm", "video/webm", "converted", "video/mp4"},
		{"/api/sendVoice", opus, "audio/ogg; codecs=opus", opus, "audio/ogg; codecs=opus"},
		{"/api/sendVideo", film, "video/mp4", film, "video/mp4"},
	} {
		s := newServer(t)
		s.inFFmpegsPlace(`printf converted > "$to"`)
		var sent, as string
		s.live.send = func(o chat.Outgoing, m chat.Message) (chat.Message, error) {
			file := o.Content.(chat.OutgoingFile)
			content, err := os.ReadFile(file.Path)
			sent, as = string(content), file.MIMEType
			return m, err
		}
		s.expect(s.request("POST", c.path, `{"chatId":"1","convert":true,"file":{"mimetype":"`+c.mimetype+`","data":"`+inBase64(c.data)+`"}}`), 201, nil)
		if sent != c.sent || as != c.as {
			t.Errorf("%s of %q sent %q as %s", c.path, c.data, sent, as)
		}
		s.assertNoFiles()
	}
}

func TestAFileThatCannotBeConvertedIsNotSent(t *testing.T) {
	for want, converter := range map[string]func(*server){
		"There is no ffmpeg here":             func(s *server) { t.Setenv("PATH", t.TempDir()); s.Converter = convert.New(convert.Options{}) },
		"The file could not be converted":     func(s *server) { s.inFFmpegsPlace("exit 1") },
		"The file is too large: more than 10": func(s *server) { s.inFFmpegsPlace(`truncate -s 101M "$to"`) },
	} {
		s := newServer(t)
		converter(s)
		for _, path := range []string{"/api/sendVoice", "/api/sendVideo"} {
			answer := s.request("POST", path, `{"chatId":"1","convert":true,"file":{"data":"QUJD"}}`)
			if answer.Code != 422 || !strings.Contains(answer.Body.String(), want) {
				t.Errorf("%s: %d %s, want %s", path, answer.Code, answer.Body, want)
			}
			if calls := s.live.done(); calls != "" {
				t.Errorf("%s: done was %s", path, calls)
			}
			s.expect(s.request("POST", path, `{"chatId":"1","convert":false,"file":{"data":"QUJD"}}`), 201, nil)
			s.live.calls = nil
		}
		s.assertNoFiles()
	}
}

func TestConvertedFilesAreAnswered(t *testing.T) {
	s := newServer(t)
	s.inFFmpegsPlace(`printf converted > "$to"`)
	body := `{"data":"` + inBase64("mp3") + `"}`
	for path, mimetype := range map[string]string{"voice": "audio/ogg; codecs=opus", "video": "video/mp4"} {
		answer := s.request("POST", "/api/default/media/convert/"+path, body)
		if answer.Code != 200 || answer.Body.String() != "converted" || answer.Header().Get("Content-Type") != mimetype || answer.Header().Get("Content-Length") != "9" {
			t.Errorf("%s: %d %v %s", path, answer.Code, answer.Header(), answer.Body)
		}
		var file wire.Base64File
		s.expect(s.request("POST", "/api/default/media/convert/"+path, body, "Accept", "application/json"), 200, &file)
		if file.MIMEType != mimetype || file.Data != inBase64("converted") {
			t.Errorf("%s in JSON: %+v", path, file)
		}
	}
	answer := s.request("POST", "/api/default/media/convert/voice", `{"data":"`+inBase64(opus)+`"}`)
	if answer.Code != 200 || answer.Body.String() != opus {
		t.Errorf("a file that needs no conversion: %d %q", answer.Code, answer.Body)
	}
	s.expect(s.request("POST", "/api/default/media/convert/voice", `{}`), 400, nil)
	s.expect(s.request("POST", "/api/default/media/convert/voice", `{"url":"ftp://example.com/a"}`), 400, nil)
	s.assertNoFiles()
}
