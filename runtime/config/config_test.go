package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	v1 "github.com/wasession/wasession/api/runtime/v1"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		name, json, want string // want is a part of the complaint; empty: none
	}{
		{"the least", `{"session":"a"}`, ""},
		{"fields of a newer operator", `{"session":"a","later":{"x":1}}`, ""},
		{"all of pairing and history", `{"session":"a.b-c_1","pairing":{"method":"PhoneCode","phoneNumber":"15550001111"},"history":{"sync":"Full","days":90,"groups":false}}`, ""},
		{"no session", `{}`, "session must consist of"},
		{"a session with a slash", `{"session":"a/b"}`, "session must consist of"},
		{"no JSON", `{"session":`, "not JSON"},
		{"no object", `[]`, "not a JSON object"},
		{"a wrong type", `{"session":"a","history":{"days":"ninety"}}`, "history.days must be of type int"},
		{"the longest name", `{"session":"` + strings.Repeat("a", 253) + `"}`, ""},
		{"a longer name", `{"session":"` + strings.Repeat("a", 254) + `"}`, "session must consist of"},
		{"log level", `{"session":"a","logLevel":"loud"}`, "logLevel must be"},
		{"pairing method", `{"session":"a","pairing":{"method":"Fax"}}`, "pairing.method must be"},
		{"a browser", `{"session":"a","pairing":{"browser":"Mosaic"}}`, "pairing.browser must be"},
		{"what is ignored", `{"session":"a","ignore":["Groups","Stories"]}`, "ignore[1] must be"},
		{"no number for the code", `{"session":"a","pairing":{"method":"PhoneCode"}}`, "pairing.phoneNumber is required"},
		{"a number with a plus", `{"session":"a","pairing":{"phoneNumber":"+15550001111"}}`, "pairing.phoneNumber must be"},
		{"history", `{"session":"a","history":{"sync":"Some"}}`, "history.sync must be"},
		{"negative days", `{"session":"a","history":{"days":-1}}`, "history.days must not"},
		{"negative size", `{"session":"a","media":{"maxBytes":-1}}`, "media."},
		{"negative outbox", `{"session":"a","outbox":{"maxEvents":-1}}`, "outbox."},
		{"a proxy without scheme", `{"session":"a","proxy":{"url":"host:1"}}`, "proxy.url must look like"},
		{"a proxy with a secret in it", `{"session":"a","proxy":{"url":"http://me:hidden@host:1"}}`, "must not contain credentials"},
		{"a proxy whose secret is missing", `{"session":"a","proxy":{"url":"http://host:1","usernameFile":"/nowhere"}}`, "proxy.usernameFile"},
	} {
		t.Run(c.name, func(t *testing.T) {
			loaded, err := Parse([]byte(c.json))
			if c.want == "" {
				if err != nil || loaded.Hash != v1.ConfigHash([]byte(c.json)) {
					t.Errorf("%+v, %v", loaded, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "hidden") {
				t.Errorf("%v, want a complaint with %q and without secrets", err, c.want)
			}
		})
	}
}

func TestParseAsksOtherParts(t *testing.T) {
	no := errors.New("webhooks[0].url must be https")
	if _, err := Parse([]byte(`{"session":"a"}`), func(v1.Config) error { return no }); !errors.Is(err, no) {
		t.Errorf("error %v", err)
	}
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	if _, err := Load(filepath.Join(dir, "none.json")); err == nil || !strings.Contains(err.Error(), "cannot be read") {
		t.Errorf("a missing file: %v", err)
	}
	large := filepath.Join(dir, "large.json")
	if err := os.WriteFile(large, make([]byte, maxFile+1), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(large); err == nil || !strings.Contains(err.Error(), "larger") {
		t.Errorf("a large file: %v", err)
	}
}

func TestProxyURL(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	u, err := ProxyURL(&v1.Proxy{URL: "socks5://host:1080", UsernameFile: write("user", "me\n"), PasswordFile: write("password", "p@ss\n")})
	if err != nil || u.String() != "socks5://me:p%40ss@host:1080" {
		t.Errorf("%v, %v", u, err)
	}
	if u, err := ProxyURL(nil); u != nil || err != nil {
		t.Errorf("none: %v, %v", u, err)
	}
	if _, err := ReadSecret(write("empty", " \n")); err == nil {
		t.Error("an empty secret was taken")
	}
}
