package access

import (
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"reflect"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

const plain = "a-key-of-some-length"

func secretOf(name string, entries map[string]string) *corev1.Secret {
	s := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: name}, Data: map[string][]byte{}}
	for entry, value := range entries {
		s.Data[entry] = []byte(value)
	}
	return s
}

func TestWhatASecretGrants(t *testing.T) {
	sum := sha256.Sum256([]byte(plain))
	for what, c := range map[string]struct {
		entries map[string]string
		want    Key
	}{
		"an admin":          {map[string]string{EntryKey: plain + "\n", EntryAdmin: "true"}, Key{ID: "k", IsAdmin: true, IsActive: true}},
		"by its hash":       {map[string]string{EntryHash: hex.EncodeToString(sum[:]), EntryAdmin: "true"}, Key{ID: "k", IsAdmin: true, IsActive: true}},
		"of two namespaces": {map[string]string{EntryKey: plain, EntryNamespaces: "crm, ops,"}, Key{ID: "k", IsActive: true, Namespaces: []string{"crm", "ops"}}},
		"of a session":      {map[string]string{EntryKey: plain, EntrySession: "crm/sales", EntryActions: "read,send"}, Key{ID: "k", IsActive: true, Session: types.NamespacedName{Namespace: "crm", Name: "sales"}, Actions: []Action{Read, Send}}},
		"nothing in it":     {map[string]string{EntryKey: plain, EntryNamespaces: "crm", EntryActions: ""}, Key{ID: "k", IsActive: true, Namespaces: []string{"crm"}, Actions: []Action{}}},
		"switched off":      {map[string]string{EntryKey: plain, EntryAdmin: "true", EntryActive: "false"}, Key{ID: "k", IsAdmin: true}},
	} {
		got, hashed, err := parseSecret(secretOf("k", c.entries))
		if err != nil || !reflect.DeepEqual(got, c.want) || hashed != hash(sum) {
			t.Errorf("%s: %+v, %v", what, got, err)
		}
	}
}

func TestSecretsThatGrantNothing(t *testing.T) {
	for want, entries := range map[string]map[string]string{
		"it has neither a key":                          {EntryAdmin: "true"},
		"it has neither a key in":                       {EntryHash: "abc", EntryAdmin: "true"},
		"must have at least 16 characters":              {EntryKey: "short", EntryAdmin: "true"},
		"it reaches nothing":                            {EntryKey: plain},
		"active must be true or false":                  {EntryKey: plain, EntryAdmin: "true", EntryActive: "False"},
		"admin must be true or false":                   {EntryKey: plain, EntryAdmin: "yes", EntryNamespaces: "crm"},
		"session must be namespace/name":                {EntryKey: plain, EntrySession: "sales"},
		"actions may have read, send, control, setting": {EntryKey: plain, EntryNamespaces: "crm", EntryActions: "read,write"},
	} {
		_, _, err := parseSecret(secretOf("k", entries))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), plain) {
			t.Errorf("%v: %v, want %q", entries, err, want)
		}
	}
}

func TestWhatAKeyReaches(t *testing.T) {
	sales, other := types.NamespacedName{Namespace: "crm", Name: "sales"}, types.NamespacedName{Namespace: "ops", Name: "sales"}
	for _, c := range []struct {
		what      string
		key       Key
		session   types.NamespacedName
		sees, may bool
	}{
		{"an admin everything", Key{IsAdmin: true, Actions: []Action{}}, other, true, true},
		{"a namespace's key", Key{Namespaces: []string{"crm"}}, sales, true, true},
		{"no other namespace", Key{Namespaces: []string{"crm"}}, other, false, false},
		{"a session's key", Key{Session: sales}, sales, true, true},
		{"no other session", Key{Session: sales, Namespaces: []string{"ops"}}, other, false, false},
		{"what is not granted", Key{Session: sales, Actions: []Action{Read}}, sales, true, false},
		{"a key of nothing", Key{}, sales, false, false},
		{"no session is none", Key{}, types.NamespacedName{}, false, false},
	} {
		sees, _ := c.key.Sees(t.Context(), c.session)
		may, _ := c.key.May(t.Context(), c.session, Call{Action: Send})
		if sees != c.sees || may != c.may {
			t.Errorf("%s: sees %t, may %t", c.what, sees, may)
		}
	}
}

func TestFind(t *testing.T) {
	k := noKeys(slog.New(slog.DiscardHandler))
	opens := func() string {
		key, ok := k.Find(plain)
		if !ok {
			return ""
		}
		return key.ID
	}
	admin := func(name string, more ...string) *corev1.Secret {
		entries := map[string]string{EntryKey: plain, EntryAdmin: "true"}
		for i := 0; i < len(more); i += 2 {
			entries[more[i]] = more[i+1]
		}
		return secretOf(name, entries)
	}
	for _, step := range []struct {
		what string
		do   func()
		want string
	}{
		{"no key", func() {}, ""},
		{"a key", func() { k.set(admin("b")) }, "b"},
		{"another Secret with the same key", func() { k.set(admin("a")) }, "a"},
		{"a third, which comes later in the order", func() { k.set(admin("c")) }, "a"},
		{"the first one gone", func() { k.put("a", nil) }, "b"},
		{"the first one switched off", func() { k.set(admin("b", EntryActive, "false")) }, ""},
		{"the first one with another key", func() { k.set(admin("b", EntryKey, "another-key-of-some-length")) }, "c"},
		{"the other one broken", func() { k.set(admin("c", EntryAdmin, "x")) }, ""},
	} {
		if step.do(); opens() != step.want {
			t.Errorf("%s: %q opens, want %q", step.what, opens(), step.want)
		}
	}
	if _, ok := k.Find(""); ok {
		t.Error("the empty key opens")
	}
}

// Who waits for a change is told of each that matters, and of no other.
func TestChangesOfKeysAreTold(t *testing.T) {
	k := noKeys(slog.New(slog.DiscardHandler))
	told := func(change func()) bool {
		changed := k.Changed()
		change()
		select {
		case <-changed:
			return true
		default:
			return false
		}
	}
	entries := map[string]string{EntryKey: plain, EntryNamespaces: "crm"}
	if !told(func() { k.set(secretOf("k", entries)) }) {
		t.Error("a new key is not told")
	}
	noted := secretOf("k", entries)
	noted.Annotations = map[string]string{"seen": "today"}
	if told(func() { k.set(noted) }) {
		t.Error("a note on a Secret is told as a change of its key")
	}
	entries[EntryActions] = "read"
	if !told(func() { k.set(secretOf("k", entries)) }) {
		t.Error("a narrower key is not told")
	}
	if !told(func() { k.put("k", nil) }) {
		t.Error("a key that was removed is not told")
	}
}
