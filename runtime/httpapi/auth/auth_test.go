package auth

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	v1 "github.com/wasession/wasession/api/runtime/v1"
)

func TestWhatAKeyAllows(t *testing.T) {
	reader := Key{Session: "a", Actions: map[Action]bool{Read: true, Send: false}}
	whole := Key{Session: "a"}
	for _, c := range []struct {
		what    string
		key     Key
		session string
		action  Action
		want    bool
	}{
		{"an admin anything", Plain("k"), "b", Delete, true},
		{"a reader reads", reader, "a", Read, true},
		{"a reader does not send", reader, "a", Send, false},
		{"what is not granted is not allowed", reader, "a", Control, false},
		{"no other session", reader, "b", Read, false},
		{"without actions all of them", whole, "a", Delete, true},
		{"without actions no other session", whole, "b", Read, false},
		{"a key of nothing", Key{}, "a", Read, false},
	} {
		if got := c.key.Allows(c.session, c.action); got != c.want {
			t.Errorf("%s: %t", c.what, got)
		}
	}
}

func TestFind(t *testing.T) {
	ring := NewKeyring(Plain("secret"), Key{ID: "off", Secret: "off", IsAdmin: true}, Key{ID: "empty", IsActive: true, IsAdmin: true})
	if key, ok := ring.Find("secret"); !ok || key.ID != "api-key" {
		t.Errorf("found %v %t", key.ID, ok)
	}
	for _, wrong := range []string{"", "off", "Secret", "secret ", "secre", "secrets"} {
		if _, ok := ring.Find(wrong); ok {
			t.Errorf("%q opens", wrong)
		}
	}
	ring.Replace([]Key{Plain("next")})
	if _, ok := ring.Find("secret"); ok {
		t.Error("a key that was replaced opens")
	}
	if _, ok := ring.Find("next"); !ok {
		t.Error("the new key does not open")
	}
	if _, ok := NewKeyring().Find(""); ok {
		t.Error("without keys the empty secret opens")
	}
}

// One entry that makes no sense keeps no other from being revoked.
func TestAFaultyEntryIsLeftOutAlone(t *testing.T) {
	keys, faults := ParseKeys([]byte(`[
		{"id":"a","key":"secret-a","isActive":true,"isAdmin":true}, {"id":"b","key":"secret-b","isActive":"yes","isAdmin":true},
		{"id":"c","key":"secret-c","isActive":true,"session":"s","actions":["read"]}, null, 5, {"key":""},
		{"id":"d","key":"secret-d","isActive":true,"session":"s"}, {"id":"e","key":"secret-d","isActive":true,"isAdmin":true}]`))
	ids := ""
	for _, k := range keys {
		ids += k.ID
	}
	if ids != "ad" {
		t.Errorf("in force are %q", ids)
	}
	if faults == nil || strings.Contains(faults.Error(), "secret") {
		t.Fatalf("faults: %v", faults)
	}
	for _, want := range []string{"number 2 must have the form", "number 3 must have the form", "number 4 has no key", "number 5 must have the form", "number 6 has no key", "number 8 repeats the key of an earlier"} {
		if !strings.Contains(faults.Error(), want) {
			t.Errorf("faults lack %q: %v", want, faults)
		}
	}
	_, many := ParseKeys([]byte("[" + strings.Repeat("1,", 500) + "1]"))
	if many == nil || !strings.Contains(many.Error(), "491 more") || len(many.Error()) > 2000 {
		t.Errorf("many faults: %v", many)
	}
}

func TestParseKeysRefuses(t *testing.T) {
	for file, want := range map[string]string{
		`null`:                             "not a JSON list",
		`x`:                                "not a JSON list",
		`{}`:                               "not a JSON list",
		`[{"isActive":true}]`:              "number 1 has no key",
		`[{"key":"hush","isActive":true}]`: "number 1 must be an admin key or name a session",
		`[{"key":"hush","session":5}]`:     "number 1 must have the form",
		`[` + strings.Repeat(`{"key":"hush","isAdmin":true},`, 1000) + `{"key":"hush","isAdmin":true}]`: "at most 1000",
	} {
		keys, err := ParseKeys([]byte(file))
		if len(keys) > 0 || err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hush") {
			t.Errorf("%.40s: %v, want %q and no secret", file, err, want)
		}
	}
}

func TestReadDir(t *testing.T) {
	dir := t.TempDir()
	if keys, err := ReadDir(dir); err != nil || len(keys) != 0 {
		t.Fatalf("an empty folder gives %v, %v", keys, err)
	}
	write(t, dir, v1.APIKeyFile, "plain\n")
	write(t, dir, v1.ScopedKeysFile, `[{"id":"k1","key":"scoped","isActive":true,"isAdmin":false,"session":"a","actions":{"read":true}}]`)
	keys, err := ReadDir(dir)
	if err != nil || len(keys) != 2 {
		t.Fatalf("keys are %v, %v", keys, err)
	}
	if keys[0].Secret != "plain" || !keys[0].IsAdmin || keys[1].ID != "k1" || !keys[1].Allows("a", Read) || keys[1].Allows("a", Send) {
		t.Errorf("keys are %+v", keys)
	}
	write(t, dir, v1.ScopedKeysFile, `broken`)
	if keys, err := ReadDir(dir); err == nil || len(keys) != 1 || keys[0].Secret != "plain" {
		t.Errorf("with a broken list: %v, %v", keys, err)
	}
	write(t, dir, v1.APIKeyFile, "\n")
	write(t, dir, v1.ScopedKeysFile, strings.Repeat(" ", maxKeyFile+1))
	if keys, err := ReadDir(dir); err == nil || len(keys) != 0 || !strings.Contains(err.Error(), "empty") || !strings.Contains(err.Error(), "larger") {
		t.Errorf("with nothing of use: %v, %v", keys, err)
	}
}

func write(t *testing.T, dir, name, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func FuzzParseKeys(f *testing.F) {
	f.Add([]byte(`[{"id":"k1","key":"k","isActive":true,"session":"a","actions":{"read":true}}]`))
	f.Add([]byte(`[null]`))
	f.Add([]byte(`[{"key":"k","isAdmin":true},{"key":5},{"key":"k","session":"x"}]`))
	f.Add([]byte(`[{"actions":null,"key":"x","isAdmin":true}]`))
	f.Fuzz(func(t *testing.T, file []byte) {
		keys, _ := ParseKeys(file)
		for _, k := range keys {
			if k.Secret == "" || !k.IsAdmin && k.Session == "" {
				t.Errorf("%s gives %+v", file, k)
			}
		}
	})
}
