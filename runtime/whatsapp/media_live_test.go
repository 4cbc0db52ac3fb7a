package whatsapp

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/test/simulator/media"
)

func TestWhichPartOfAMessageIsDownloaded(t *testing.T) {
	image, audio, document, sticker := &waE2E.ImageMessage{}, &waE2E.AudioMessage{}, &waE2E.DocumentMessage{}, &waE2E.StickerMessage{}
	for name, c := range map[string]struct {
		msg  *waE2E.Message
		want any
	}{
		"an image":                {&waE2E.Message{ImageMessage: image}, image},
		"an image that is once":   {&waE2E.Message{ViewOnceMessage: future(&waE2E.Message{ImageMessage: image})}, image},
		"a video":                 {&waE2E.Message{VideoMessage: &waE2E.VideoMessage{}}, &waE2E.VideoMessage{}},
		"a video note":            {&waE2E.Message{PtvMessage: &waE2E.VideoMessage{}}, &waE2E.VideoMessage{}},
		"audio":                   {&waE2E.Message{AudioMessage: audio}, audio},
		"a document":              {&waE2E.Message{DocumentMessage: document}, document},
		"a document with a title": {&waE2E.Message{DocumentWithCaptionMessage: future(&waE2E.Message{DocumentMessage: document})}, document},
		"a sticker":               {&waE2E.Message{StickerMessage: sticker}, sticker},
	} {
		got, err := attachment(marshal(c.msg))
		if err != nil || reflect.TypeOf(got) != reflect.TypeOf(c.want) {
			t.Errorf("%s: %T, %v; want %T", name, got, err, c.want)
		}
	}
	for name, raw := range map[string][]byte{"a text": marshal(text("x")), "nothing": nil, "no message": {0xff}} {
		if part, err := attachment(raw); !errors.Is(err, chat.ErrNoMedia) {
			t.Errorf("%s: %v, %v", name, part, err)
		}
	}
}

func TestDownloads(t *testing.T) {
	l := paired(t)
	picture := bytes.Repeat([]byte("a jpeg, all but "), 4096)
	id, err := l.bob.SendImage(l.ctx, l.alice, picture, "look")
	if err != nil {
		t.Fatal(err)
	}
	m := l.stored(id)
	image := func(change func(*waE2E.ImageMessage)) chat.Message {
		var raw waE2E.Message
		if err := proto.Unmarshal(m.Raw, &raw); err != nil {
			t.Fatal(err)
		}
		change(raw.ImageMessage)
		changed := m
		changed.Raw = marshal(&raw)
		return changed
	}
	const none = "the message has no media that can be downloaded: "
	for _, c := range []struct {
		name    string
		message chat.Message
		status  int
		class   error
		text    string
	}{
		{"as it was sent", m, 0, nil, ""},
		{"that is gone", m, http.StatusNotFound, chat.ErrNoMedia, none + "WhatsApp no longer has it"},
		{"that has expired", m, http.StatusGone, chat.ErrNoMedia, none + "WhatsApp no longer has it"},
		{"that is refused", m, http.StatusForbidden, chat.ErrNoMedia, none + "WhatsApp no longer has it"},
		{"without an address", image(func(i *waE2E.ImageMessage) { i.DirectPath, i.URL = nil, nil }), 0, chat.ErrNoMedia, none + "WhatsApp no longer has it"},
		{"at an address of the sender's", image(func(i *waE2E.ImageMessage) { i.DirectPath = proto.String("@evil.example/x") }), 0, chat.ErrNoMedia, none + "its path is not valid"},
		{"that is not stored in full", chat.Message{Raw: []byte{0xff}}, 0, chat.ErrNoMedia, none + "it is not stored in full"},
		{"with another key", image(func(i *waE2E.ImageMessage) { i.MediaKey = bytes.Repeat([]byte{1}, 32) }), 0, nil, "downloading media: "},
		{"with another content", image(func(i *waE2E.ImageMessage) { sum := sha256.Sum256([]byte("x")); i.FileSHA256 = sum[:] }), 0, nil, "downloading media: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.status != 0 {
				l.srv.Media().Faults.Add(media.Fault{Method: http.MethodGet, Status: c.status})
				defer l.srv.Media().Faults.Clear()
			}
			f, err := os.Create(filepath.Join(t.TempDir(), "picture"))
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			err = l.Download(l.ctx, c.message, f)
			switch {
			case c.class == nil && c.text == "":
				if got, readErr := os.ReadFile(f.Name()); err != nil || readErr != nil || !bytes.Equal(got, picture) {
					t.Errorf("%d bytes, %v, %v", len(got), err, readErr)
				}
			case c.class == nil:
				if err == nil || errors.Is(err, chat.ErrNoMedia) || len(err.Error()) < len(c.text) || err.Error()[:len(c.text)] != c.text {
					t.Errorf("%v, want %s…", err, c.text)
				}
			default:
				wants(t, "the download", err, c.class, c.text)
			}
		})
	}
}

// compressed is what a phone sends of its history.
func compressed(t *testing.T, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	if _, err := z.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A part of the history appears complete or not at all, and leaves no other file.
func TestFetchingHistory(t *testing.T) {
	l := paired(t)
	content := bytes.Repeat([]byte("history "), 10_000)
	packed := compressed(t, content)
	announced := func(n *waE2E.HistorySyncNotification) []byte {
		raw, err := proto.Marshal(n)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	inline := func(b []byte) []byte {
		return announced(&waE2E.HistorySyncNotification{InitialHistBootstrapInlinePayload: b})
	}
	file, err := l.srv.Upload(media.History, "", packed)
	if err != nil {
		t.Fatal(err)
	}
	kept := announced(&waE2E.HistorySyncNotification{
		DirectPath: &file.DirectPath, MediaKey: file.Key, FileSHA256: file.SHA256, FileEncSHA256: file.EncSHA256, FileLength: &file.Length,
	})
	flipped := bytes.Clone(packed)
	flipped[len(flipped)-1] ^= 1
	const gone = "this part of the history is no longer available: "
	for _, c := range []struct {
		name   string
		notice []byte
		status int
		text   string // empty: it works
	}{
		{"in the notification", inline(packed), 0, ""},
		{"as a file", kept, 0, ""},
		{"as a file that is gone", kept, http.StatusNotFound, gone + "download failed with status code 404"},
		{"no notification", []byte{0xff}, 0, gone + "the notification cannot be parsed"},
		{"without an address", announced(&waE2E.HistorySyncNotification{}), 0, gone + "no url present"},
		{"not compressed", inline([]byte("plain text")), 0, gone + "not zlib data"},
		{"cut", inline(packed[:len(packed)-10]), 0, gone + "damaged"},
		{"with another checksum", inline(flipped), 0, gone + "damaged"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.status != 0 {
				l.srv.Media().Faults.Add(media.Fault{Method: http.MethodGet, Status: c.status})
				defer l.srv.Media().Faults.Clear()
			}
			dir := t.TempDir()
			path := filepath.Join(dir, "part")
			err := l.FetchHistory(l.ctx, c.notice, path)
			entries, readErr := os.ReadDir(dir)
			if readErr != nil {
				t.Fatal(readErr)
			}
			if c.text == "" {
				if got, readErr := os.ReadFile(path); err != nil || readErr != nil || !bytes.Equal(got, content) || len(entries) != 1 {
					t.Errorf("%d bytes, %v, %v; files %v", len(got), err, readErr, entries)
				}
				return
			}
			if !errors.Is(err, chat.ErrHistoryGone) || err.Error() != c.text {
				t.Errorf("%v\nwant %s", err, c.text)
			}
			if len(entries) != 0 {
				t.Errorf("it left %v", entries)
			}
		})
	}
	if err := l.FetchHistory(l.ctx, inline(packed), filepath.Join(t.TempDir(), "missing", "part")); err == nil || errors.Is(err, chat.ErrHistoryGone) {
		t.Errorf("where nothing can be written it is given up: %v", err)
	}
	l.DropHistory(l.ctx, kept)
	if err := l.FetchHistory(l.ctx, kept, filepath.Join(t.TempDir(), "part")); !errors.Is(err, chat.ErrHistoryGone) {
		t.Errorf("after it was dropped: %v", err)
	}
	l.Disconnect()
	if err := l.FetchHistory(l.ctx, kept, filepath.Join(t.TempDir(), "part")); !errors.Is(err, chat.ErrNotConnected) {
		t.Errorf("without a connection: %v", err)
	}
}
