package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	v1 "github.com/wasession/wasession/api/runtime/v1"
)

func fileOf(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestSecretsAreTrimmedAndNeverEmpty(t *testing.T) {
	for name, c := range map[string]struct{ content, want string }{
		"as it is":          {"s3cret", "s3cret"},
		"with a newline":    {"s3cret\n", "s3cret"},
		"of a Windows user": {"s3cret\r\n", "s3cret"},
		"spaces inside":     {" two words \n", "two words"},
		"nothing":           {"", ""},
		"only space":        {" \t\r\n", ""},
	} {
		path := fileOf(t, c.content)
		got, err := ReadSecret(path)
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		if err != nil && !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v does not name the file", name, err)
		}
	}
}

func TestSecretsThatCannotBeRead(t *testing.T) {
	if _, err := ReadSecret(filepath.Join(t.TempDir(), "missing")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
	if _, err := ReadSecret(t.TempDir()); err == nil {
		t.Error("a folder was read")
	}
}

func TestProxies(t *testing.T) {
	for name, c := range map[string]struct {
		proxy v1.Proxy
		want  string // the URL, or a part of the error after "!"
	}{
		"none":                     {v1.Proxy{}, ""},
		"http":                     {v1.Proxy{URL: "http://host:3128"}, "http://host:3128"},
		"https":                    {v1.Proxy{URL: "https://host:3128"}, "https://host:3128"},
		"IPv6":                     {v1.Proxy{URL: "socks5://[::1]:1080"}, "socks5://[::1]:1080"},
		"a user without password":  {v1.Proxy{URL: "http://host:1", UsernameFile: fileOf(t, "me")}, "http://me:@host:1"},
		"special characters":       {v1.Proxy{URL: "http://host:1", UsernameFile: fileOf(t, "a:b"), PasswordFile: fileOf(t, "c/d@e")}, "http://a%3Ab:c%2Fd%40e@host:1"},
		"a password without user":  {v1.Proxy{URL: "http://host:1", PasswordFile: fileOf(t, "p")}, "http://host:1"},
		"another scheme":           {v1.Proxy{URL: "ftp://host:1"}, "!must look like"},
		"no host":                  {v1.Proxy{URL: "http://"}, "!must look like"},
		"no URL":                   {v1.Proxy{URL: "http://hidden\x7f"}, "!must look like"},
		"a user in the URL":        {v1.Proxy{URL: "http://hidden@host:1"}, "!must not contain credentials"},
		"an empty user":            {v1.Proxy{URL: "http://host:1", UsernameFile: fileOf(t, "")}, "!proxy.usernameFile: "},
		"a missing password":       {v1.Proxy{URL: "http://host:1", UsernameFile: fileOf(t, "hidden"), PasswordFile: "/nowhere"}, "!proxy.passwordFile: "},
		"a file in place of a URL": {v1.Proxy{URL: "/etc/hidden"}, "!must look like"},
	} {
		t.Run(name, func(t *testing.T) {
			u, err := ProxyURL(&c.proxy)
			if complaint, fails := strings.CutPrefix(c.want, "!"); fails {
				if u != nil || err == nil || !strings.Contains(err.Error(), complaint) || strings.Contains(err.Error(), "hidden") {
					t.Errorf("%v, %v; want a complaint with %q and without secrets", u, err, complaint)
				}
				return
			}
			got := ""
			if u != nil {
				got = u.String()
			}
			if err != nil || got != c.want {
				t.Errorf("%q, %v; want %q", got, err, c.want)
			}
		})
	}
}

func TestLoadTakesAFileUpToTheLimit(t *testing.T) {
	const start = `{"session":"a"`
	content := start + strings.Repeat(" ", maxFile-len(start)-1) + "}"
	loaded, err := Load(fileOf(t, content))
	if err != nil || loaded.Hash != v1.ConfigHash([]byte(content)) {
		t.Errorf("a file of %d bytes: %v", len(content), err)
	}
	if _, err := Load(fileOf(t, content+" ")); err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Errorf("a byte more: %v", err)
	}
	if _, err := Load(t.TempDir()); err == nil {
		t.Error("a folder was loaded")
	}
}

func TestChecksRunInOrderAndTheFirstErrorCounts(t *testing.T) {
	first, calls := errors.New("first"), 0
	ok := func(v1.Config) error { calls++; return nil }
	fail := func(v1.Config) error { return first }
	never := func(v1.Config) error { t.Error("checked after a failure"); return nil }
	if _, err := Parse([]byte(`{"session":"a"}`), ok, fail, never); !errors.Is(err, first) || calls != 1 {
		t.Errorf("%v after %d checks", err, calls)
	}
}

func TestWatchingAMissingFolderFails(t *testing.T) {
	w, err := NewWatcher(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	missing := filepath.Join(t.TempDir(), "missing")
	if err := w.Dir(missing, func() {}); err == nil || !strings.Contains(err.Error(), missing) {
		t.Errorf("a folder: %v", err)
	}
	if err := w.File(filepath.Join(missing, "file"), func() {}); err == nil {
		t.Error("a file in it was watched")
	}
}
