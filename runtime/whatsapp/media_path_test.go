package whatsapp

import (
	"strings"
	"testing"
)

func TestMediaPaths(t *testing.T) {
	for _, path := range []string{"/v/t62.7118-24/1_2_n.enc?ccb=11-4&oh=01_Q5&oe=68&_nc_sid=5e03e0", "/d/f/abc.enc", "/@127.0.0.1/x"} {
		if !sound(path) {
			t.Errorf("%q is refused", path)
		}
	}
	for _, path := range []string{
		"", "x", "@127.0.0.1/x", ".evil.example/x", ":1@127.0.0.1/x", "http://127.0.0.1/", "//127.0.0.1/x", "/\r\nHost: x", "/%zz", "/\x00", "/x#y",
		"/" + strings.Repeat("x", maxDirectPath),
	} {
		if sound(path) {
			t.Errorf("%q is taken", path)
		}
	}
}
