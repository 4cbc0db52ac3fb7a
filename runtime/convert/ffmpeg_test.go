//go:build ffmpeg

package convert

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// These run with a real ffmpeg, where make test finds one.

// tone is a WAV file of a tone.
func tone(t *testing.T, length time.Duration) string {
	t.Helper()
	const rate = 16_000
	samples := int(length.Seconds() * rate)
	var b bytes.Buffer
	header := []any{
		[4]byte{'R', 'I', 'F', 'F'}, uint32(36 + 2*samples), [8]byte{'W', 'A', 'V', 'E', 'f', 'm', 't', ' '},
		uint32(16), uint16(1), uint16(1), uint32(rate), uint32(2 * rate), uint16(2), uint16(16), [4]byte{'d', 'a', 't', 'a'}, uint32(2 * samples),
	}
	for _, field := range header {
		_ = binary.Write(&b, binary.LittleEndian, field)
	}
	for i := range samples {
		_ = binary.Write(&b, binary.LittleEndian, int16(8000*math.Sin(float64(i)*2*math.Pi*440/rate)))
	}
	return file(t, "tone.wav", b.Bytes())
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestVoice(t *testing.T) {
	for _, kind := range []string{"wav", "mp3", "m4a", "webm", "flac"} {
		from := tone(t, time.Second)
		if kind != "wav" {
			made := filepath.Join(t.TempDir(), "in."+kind)
			if out, err := exec.CommandContext(t.Context(), "ffmpeg", "-loglevel", "error", "-i", from, made).CombinedOutput(); err != nil {
				t.Fatalf("%s: %s", err, out)
			}
			from = made
		}
		to := filepath.Join(t.TempDir(), "out")
		if err := New(Options{}).Voice(t.Context(), from, to, 1<<20); err != nil {
			t.Errorf("%s: %v", kind, err)
			continue
		}
		if content := read(t, to); !bytes.HasPrefix(content, []byte("OggS")) || !bytes.Contains(content[:64], []byte("OpusHead")) {
			t.Errorf("%s became %q", kind, content[:32])
		}
	}
}

func TestVideo(t *testing.T) {
	from := filepath.Join(t.TempDir(), "in.webm")
	out, err := exec.CommandContext(t.Context(), "ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc=size=321x201:rate=5:duration=1", from).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %s", err, out)
	}
	to := filepath.Join(t.TempDir(), "out")
	if err := New(Options{}).Video(t.Context(), from, to, 10<<20); err != nil {
		t.Fatal(err)
	}
	if content := read(t, to); string(content[4:8]) != "ftyp" {
		t.Errorf("it became %q", content[:16])
	}
}

// A playlist could make ffmpeg send what it finds on the disk, or fetch addresses.
func TestHostileFiles(t *testing.T) {
	secret := tone(t, time.Second)
	for name, content := range map[string]string{
		"a list of files":          fmt.Sprintf("ffconcat version 1.0\nfile %s\n", secret),
		"an HLS playlist":          fmt.Sprintf("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://%s\n#EXT-X-ENDLIST\n", secret),
		"a playlist of an address": "#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:1/x.mp3\n",
		"a DASH manifest":          `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period><AdaptationSet><Representation><BaseURL>file://` + secret + `</BaseURL></Representation></AdaptationSet></Period></MPD>`,
		"a text":                   "hello",
		"a picture":                "\x89PNG\r\n\x1a\n",
		"nothing":                  "",
	} {
		for _, ending := range []string{"", ".m3u8", ".ffconcat", ".mp3"} {
			to := filepath.Join(t.TempDir(), "out")
			if err := New(Options{}).Voice(t.Context(), file(t, "in"+ending, []byte(content)), to, 1<<20); !errors.Is(err, ErrUnreadable) {
				t.Errorf("%s%s: %v", name, ending, err)
			}
		}
	}
}

// A result that is cut off must not look like one that may be sent.
func TestAResultThatIsCutOffIsTooLarge(t *testing.T) {
	const most = 20_000
	to := filepath.Join(t.TempDir(), "out")
	if err := New(Options{}).Voice(t.Context(), tone(t, 10*time.Minute), to, most); err != nil {
		t.Fatal(err)
	}
	if n := len(read(t, to)); n <= most || n > most+2*beyond {
		t.Errorf("it has %d bytes", n)
	}
}
