package media

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
)

func TestNames(t *testing.T) {
	group := message("ABC")
	group.Chat, group.Participant, group.FromMe = "1203@g.us", "222@lid", true
	for mimetype, ext := range map[string]string{
		"audio/ogg; codecs=opus": "oga", "AUDIO/OGG": "oga", "image/jpeg": "jpeg", "video/mp4": "mp4", "application/pdf": "pdf",
		"application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
		"": "bin", "text/html": "bin", "image/svg+xml": "bin", "application/x-sh": "bin", "../../etc/passwd": "bin", "a/b/../c": "bin",
	} {
		group.Media = &chat.Media{MIMEType: mimetype, Filename: "../../etc/passwd"}
		if got, want := Name(&group), "true_1203@g.us_ABC_222@lid."+ext; got != want {
			t.Errorf("%q is named %s, want %s", mimetype, got, want)
		}
	}
}

func TestTypes(t *testing.T) {
	for in, want := range map[string]string{
		"audio/ogg; codecs=opus": "audio/ogg", "IMAGE/PNG": "image/png",
		"": "application/octet-stream", "x": "application/octet-stream", "text/html\r\nX: y": "application/octet-stream",
		"a/b; =": "application/octet-stream",
	} {
		if got := Type(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}

func TestMessageIDFromName(t *testing.T) {
	id, _, ok := MessageID("true_1203@g.us_ABC.D_222@lid.oga")
	if !ok || id.Stanza != "ABC.D" || id.Chat != "1203@g.us" || id.Participant != "222@lid" || !id.FromMe {
		t.Errorf("%+v %t", id, ok)
	}
	for _, name := range []string{"", ".", "x.oga", "ABC.oga", "true_1@c.us_ABC", "../true_1@c.us_ABC.oga", "true_1@c.us_A/B.oga",
		"true_1@c.us_A\\B.oga", "true_1@c.us_A\x00.oga", "true_1@c.us_...%2f.oga"} {
		if id, _, ok := MessageID(name); ok {
			t.Errorf("%q is %+v", name, id)
		}
	}
}

func TestVeryLongIDsFitTheVolume(t *testing.T) {
	b := newBench(t)
	m := message(strings.Repeat("A", 128))
	m.Participant = chat.ID(strings.Repeat("1", 120) + "@c.us")
	f := b.ensure(t, m)
	if len(f.Path) > maxName || !strings.HasSuffix(f.Path, ".oga") {
		t.Errorf("path is %s", f.Path)
	}
	b.assertServed(t, m)
}

// Whatever a client asks for and a sender writes, the file stays in its folder.

// The sender chooses a message's id, and rows of earlier versions hold any.
func TestNamesOfHostileIDsStayInTheFolder(t *testing.T) {
	b := newBench(t)
	hostile := []string{
		"/../../../x/config", "../config", "..", ".", "", ".partial/x", "A_B", "a b", "\x00", "A\nB", "%2e%2e%2f", "~" + chat.StanzaDigest("..") /* a digest itself */, "x\\..\\y",
		strings.Repeat("A", 10_000), "\xff\xfe", "plain",
	}
	siblings := func() (names []string) {
		entries, err := os.ReadDir(filepath.Dir(b.Dir))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			names = append(names, e.Name())
		}
		return names
	}
	before := siblings()
	paths := map[string]string{}
	for _, stanza := range hostile {
		m := message(stanza)
		name := Name(&m)
		if strings.ContainsAny(name, "/\\\x00\n %") || name[0] == '.' {
			t.Errorf("%.20q is named %q", stanza, name)
		}
		id, digest, ok := MessageID(name)
		if !ok || digest == "" && id.Stanza != stanza || digest != "" && digest != chat.StanzaDigest(stanza) {
			t.Errorf("%.20q: its name %q leads to %q, digest %q", stanza, name, id.Stanza, digest)
		}
		f := b.ensure(t, m)
		if other, taken := paths[f.Path]; taken {
			t.Errorf("%.20q and %.20q share %s", stanza, other, f.Path)
		}
		paths[f.Path] = stanza
	}
	for _, stanza := range hostile {
		b.assertServed(t, message(stanza))
	}
	if after := siblings(); !slices.Equal(after, before) {
		t.Errorf("beside the folder are %v, before %v", after, before)
	}
}

// What the index says is not trusted either: an earlier version wrote paths there.
func TestPathsOfTheIndexStayInTheFolder(t *testing.T) {
	b := newBench(t)
	outside := filepath.Join(filepath.Dir(b.Dir), "config")
	if err := os.WriteFile(outside, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	defer os.Remove(outside)
	for _, path := range []string{"../config", outside, ".", "", partial, "a/../../config"} {
		m := message("AAA")
		if err := b.Index.SaveMedia(t.Context(), chat.MediaFile{Key: key(&m), Path: path, MIMEType: "audio/ogg", Size: 4, At: 1}); err != nil {
			t.Fatal(err)
		}
		b.assertServed(t, m)
		if err := b.Index.SaveMedia(t.Context(), chat.MediaFile{Key: "old", Path: path, Size: 4, At: 1}); err != nil {
			t.Fatal(err)
		}
		b.config.Store(&v1.Media{MaxBytes: 100})
		if err := b.Sweep(t.Context()); err != nil {
			t.Errorf("sweeping %q: %v", path, err)
		}
		b.config.Store(&v1.Media{})
	}
	if got, err := os.ReadFile(outside); err != nil || string(got) != "mine" {
		t.Errorf("the file outside holds %q, %v", got, err)
	}
}

func FuzzName(f *testing.F) {
	for _, stanza := range []string{"ABC", "/../../../x/config", "..", "A_B_C@c.us", "", "\x00", "~", "%2f"} {
		f.Add(stanza, "image/jpeg", true)
	}
	f.Fuzz(func(t *testing.T, stanza, mimetype string, group bool) {
		m := message(stanza)
		m.Media.MIMEType = mimetype
		if group {
			m.Chat, m.Participant = "1203@g.us", "222@lid"
		}
		name := Name(&m)
		id, digest, ok := MessageID(name)
		if !sound(name) || strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._@-~") != "" || !ok {
			t.Fatalf("%q is named %q", stanza, name)
		}
		if id.Chat != m.Chat || id.Participant != m.Participant || digest == "" && id.Stanza != stanza || digest != "" && digest != chat.StanzaDigest(stanza) {
			t.Errorf("%q of %q leads to %+v, digest %q", name, stanza, id, digest)
		}
	})
}
