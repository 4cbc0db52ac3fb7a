package wire

import (
	"encoding/base64"
	"encoding/json"
	"strconv"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
)

// Coordinates are texts that read back as the same number, never in powers of ten.
func TestCoordinatesAreExact(t *testing.T) {
	for value, want := range map[float64]string{
		0: "0", 38.8937255: "38.8937255", -77: "-77", 1e-7: "0.0000001", -0.1: "-0.1", 90: "90", 179.99999999999997: "179.99999999999997",
	} {
		l := newLocation(&chat.Location{Latitude: value, Longitude: -value})
		if l.Latitude != want {
			t.Errorf("%v is %s, want %s", value, l.Latitude, want)
		}
		if back, err := strconv.ParseFloat(l.Longitude, 64); err != nil || back != -value {
			t.Errorf("%v comes back as %v, %v", -value, back, err)
		}
	}
}

func TestWhatIsMissingIsNull(t *testing.T) {
	m := incoming()
	m.Location, m.ReplyTo = &chat.Location{}, &chat.Reply{Stanza: "Q"}
	encoded, err := json.Marshal(NewMessage(&m, raw))
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(encoded, &got); err != nil {
		t.Fatal(err)
	}
	for _, member := range []string{"to", "participant", "author", "media"} {
		if value, there := got[member]; !there || value != nil {
			t.Errorf("%s is %v, there: %t", member, value, there)
		}
	}
	place, reply := got["location"].(map[string]any), got["replyTo"].(map[string]any)
	for _, member := range []string{"name", "address", "url", "description", "thumbnail"} {
		if value, there := place[member]; !there || value != nil {
			t.Errorf("location.%s is %v, there: %t", member, value, there)
		}
	}
	for _, member := range []string{"participant", "body"} {
		if value, there := reply[member]; !there || value != nil {
			t.Errorf("replyTo.%s is %v, there: %t", member, value, there)
		}
	}
}

func TestMediaOfAMessage(t *testing.T) {
	m := incoming()
	if NewMedia(&m) != nil || NewMessage(&m, raw).HasMedia {
		t.Error("a text has media")
	}
	m = voice()
	got := NewMedia(&m)
	if got == nil || got.MIMEType != "audio/ogg; codecs=opus" || got.Filename != nil || got.URL != nil || got.S3 != nil {
		t.Errorf("a voice message has %+v", got)
	}
	if w := NewMessage(&m, raw); !w.HasMedia || w.Media != nil {
		t.Errorf("its message has %t, %v", w.HasMedia, w.Media)
	}
}

func TestThumbnailOfALocation(t *testing.T) {
	l := newLocation(&chat.Location{Thumbnail: []byte{0xff, 0xd8, 0xff}, Live: true, Name: "N"})
	if l.Thumbnail == nil || !l.Live || l.Name == nil || *l.Name != "N" {
		t.Fatalf("%+v", l)
	}
	if b, err := base64.StdEncoding.DecodeString(*l.Thumbnail); err != nil || string(b) != "\xff\xd8\xff" {
		t.Errorf("thumbnail %q, %v", b, err)
	}
}

// A mute ends by itself: the row depends on the time at which it is read.
func TestAMuteEnds(t *testing.T) {
	c := chat.Chat{ID: bob, MutedUntil: 1000}
	for now, want := range map[int64]bool{0: true, 999: true, 1001: false} {
		if got := NewChat(&c, now).Muted; got != want {
			t.Errorf("at %d: muted %t", now, got)
		}
	}
	if row := NewChat(&chat.Chat{ID: bob}, 0); row.Muted || row.Pinned || row.Name != nil {
		t.Errorf("a plain chat: %+v", row)
	}
}
