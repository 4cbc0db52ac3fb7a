package auth

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	v1 "github.com/wasession/wasession/api/runtime/v1"
)

// Requests are checked while keys are replaced: each sees all of the old keys or
// all of the new ones.
func TestKeysAreReplacedInUse(t *testing.T) {
	ring := NewKeyring(Plain("even"), Plain("always"))
	stop := make(chan struct{})
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if _, ok := ring.Find("always"); !ok {
					t.Error("a key that never left was not found")
					return
				}
			}
		})
	}
	for i := range 500 {
		ring.Replace([]Key{Plain([]string{"even", "odd"}[i%2]), Plain("always")})
	}
	close(stop)
	readers.Wait()
	if _, ok := ring.Find("even"); ok {
		t.Error("a replaced key opens")
	}
	if _, ok := ring.Find("odd"); !ok {
		t.Error("the last key does not open")
	}
}

// Whoever waits for a change is woken by the next one, and only by that.
func TestChanged(t *testing.T) {
	ring := NewKeyring()
	first := ring.Changed()
	select {
	case <-first:
		t.Fatal("a change before there was one")
	default:
	}
	ring.Replace(nil)
	<-first
	second := ring.Changed()
	select {
	case <-second:
		t.Fatal("the same change a second time")
	default:
	}
	ring.Replace([]Key{Plain("a")})
	<-second
}

func TestTheFirstOfTwoKeysCounts(t *testing.T) {
	ring := NewKeyring(
		Key{ID: "off", Secret: "same", IsAdmin: true},
		Key{ID: "reader", Secret: "same", IsActive: true, Session: "a", Actions: map[Action]bool{Read: true}},
		Key{ID: "admin", Secret: "same", IsActive: true, IsAdmin: true},
	)
	if key, ok := ring.Find("same"); !ok || key.ID != "reader" || key.Allows("a", Send) {
		t.Errorf("found %+v, %t", key, ok)
	}
}

func TestMay(t *testing.T) {
	for _, c := range []struct {
		what string
		key  Key
		want map[Action]bool
	}{
		{"an admin", Plain("k"), map[Action]bool{Read: true, Send: true, Control: true, Setting: true, App: true, Delete: true}},
		{"all of one session", Key{Session: "a"}, map[Action]bool{Read: true, Send: true, Control: true, Setting: true, App: true, Delete: true}},
		{"a sender", Key{Session: "a", Actions: map[Action]bool{Send: true, Read: false}}, map[Action]bool{Send: true}},
		{"no action", Key{Session: "a", Actions: map[Action]bool{}}, nil},
	} {
		for _, action := range []Action{Read, Send, Control, Setting, App, Delete} {
			if got := c.key.May(action); got != c.want[action] {
				t.Errorf("%s may %s: %t", c.what, action, got)
			}
		}
	}
}

func TestAsManyKeysAsAllowed(t *testing.T) {
	var entries []string
	for i := range maxKeys {
		entries = append(entries, fmt.Sprintf(`{"id":"%d","key":"k%d","isActive":true,"isAdmin":true}`, i, i))
	}
	keys, err := ParseKeys([]byte("[" + strings.Join(entries, ",") + "]"))
	if err != nil || len(keys) != maxKeys {
		t.Fatalf("%d keys, %v", len(keys), err)
	}
	if key, ok := NewKeyring(keys...).Find("k999"); !ok || key.ID != "999" {
		t.Errorf("the last key: %+v, %t", key, ok)
	}
}

// Files that cannot be read are reported by name, and one does not hide the other.
func TestFilesThatCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{v1.APIKeyFile, v1.ScopedKeysFile} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	keys, err := ReadDir(dir)
	if len(keys) != 0 || err == nil {
		t.Fatalf("%v, %v", keys, err)
	}
	for _, name := range []string{v1.APIKeyFile, v1.ScopedKeysFile} {
		if !strings.Contains(err.Error(), name+" cannot be read") {
			t.Errorf("the error lacks %s: %v", name, err)
		}
	}
	if keys, err := ReadDir(filepath.Join(dir, "nowhere")); len(keys) != 0 || err != nil {
		t.Errorf("without a directory: %v, %v", keys, err)
	}
}
