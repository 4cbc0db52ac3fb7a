package redact

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
)

func TestText(t *testing.T) {
	for in, want := range map[string]string{
		"from 15550001111@c.us": "from …1111@c.us",
		"+15550001111":          "…1111",
		"15550001111:12@s.whatsapp.net 834917585054734@lid": "…1111:12@s.whatsapp.net …4734@lid",
		"15550001111 15550002222 15550003333":               "…1111 …2222 …3333",
		"3EB0123456789012345A and 127.0.0.1:45231":          "3EB0123456789012345A and 127.0.0.1:45231",
		"false_15550001111@c.us_3EB0":                       "false_…1111@c.us_3EB0",
		"took 123456 bytes":                                 "took 123456 bytes",
	} {
		if got := Text(in); got != want {
			t.Errorf("%q is written %q, want %q", in, got, want)
		}
	}
}

func TestHandler(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(Handler(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))).With("account", "15550001111@c.us")
	log.Info("message from 15550002222", "chat", "15550003333@c.us", "error", errors.New("no session with 15550004444:1"),
		slog.Group("g", "id", "15550005555@lid"), "bytes", 1234567890)
	text := out.String()
	for _, secret := range []string{"1555000", "15550001111"} {
		if strings.Contains(text, secret) {
			t.Errorf("the log holds %s: %s", secret, text)
		}
	}
	if !strings.Contains(text, "…2222") || !strings.Contains(text, "bytes=1234567890") {
		t.Errorf("too much is gone: %s", text)
	}
	out.Reset()
	log.Debug("from 15550002222")
	if !strings.Contains(out.String(), "15550002222") {
		t.Errorf("at Debug numbers stay: %s", out.String())
	}
}
