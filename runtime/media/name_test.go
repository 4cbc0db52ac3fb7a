package media

import (
	"path/filepath"
	"strings"
	"testing"

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
	id, ok := MessageID("true_1203@g.us_ABC.D_222@lid.oga")
	if !ok || id.Stanza != "ABC.D" || id.Chat != "1203@g.us" || id.Participant != "222@lid" || !id.FromMe {
		t.Errorf("%+v %t", id, ok)
	}
	for _, name := range []string{"", ".", "x.oga", "ABC.oga", "true_1@c.us_ABC", "../true_1@c.us_ABC.oga", "true_1@c.us_A/B.oga",
		"true_1@c.us_A\\B.oga", "true_1@c.us_A\x00.oga", "true_1@c.us_...%2f.oga"} {
		if id, ok := MessageID(name); ok {
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
func FuzzName(f *testing.F) {
	f.Add("true_1203@g.us_ABC_222@lid.oga", "audio/ogg; codecs=opus")
	f.Add("false_111@c.us_3EB0.jpeg", "image/jpeg")
	f.Add("../../x", "text/../html")
	f.Add("true_1@c.us_..", "a/b")
	f.Add("true_status@broadcast_...._1@c.us.bin", "\x00/\x00")
	f.Fuzz(func(t *testing.T, name, mimetype string) {
		id, ok := MessageID(name)
		if !ok {
			return
		}
		m := chat.Message{
			Chat: id.Chat, Stanza: id.Stanza, FromMe: id.FromMe, Participant: id.Participant,
			Media: &chat.Media{MIMEType: mimetype, Filename: name},
		}
		path := volume{"/data/media"}.path(&m)
		if filepath.Dir(filepath.Join("/data/media", path)) != "/data/media" || strings.HasPrefix(path, ".") || len(path) > 255 {
			t.Errorf("%q and %q are kept at %q", name, mimetype, path)
		}
		if got, ok := MessageID(Name(&m)); !ok || got != id {
			t.Errorf("%q is written %q", name, Name(&m))
		}
	})
}
