package convert

import (
	"encoding/binary"
	"strings"
	"testing"
)

func box(name, content string) string {
	header := binary.BigEndian.AppendUint32(nil, uint32(8+len(content)))
	return string(header) + name + content
}

func TestWhatPhonesPlayAsVideo(t *testing.T) {
	mp4, h264, data := box("ftyp", "mp42\x00\x00"), box("moov", "... avc1 ... mp4a"), box("mdat", strings.Repeat("x", 1000))
	long := "\x00\x00\x00\x01mdat" + string(binary.BigEndian.AppendUint64(nil, 16+3)) + "xxx"
	for what, c := range map[string]struct {
		file string
		want bool
	}{
		"MP4 with H.264":                      {mp4 + h264 + data, true},
		"described at the end":                {mp4 + data + h264, true},
		"after data of 64 bits":               {mp4 + long + h264, true},
		"up to the end of the file":           {mp4 + "\x00\x00\x00\x00moov...avc1", true},
		"HEVC":                                {mp4 + box("moov", "hvc1") + data, false},
		"both":                                {mp4 + box("moov", "avc1 hev1") + data, false},
		"sound alone":                         {mp4 + box("moov", "mp4a") + data, false},
		"a film of QuickTime":                 {box("ftyp", "qt  ") + h264, false},
		"an audio book":                       {box("ftyp", "M4B ") + h264, false},
		"a picture":                           {box("ftyp", "heic") + h264, false},
		"without a description":               {mp4 + data, false},
		"whose data only names the codec":     {mp4 + box("mdat", "avc1"), false},
		"not MP4":                             {"RIFF....AVI avc1", false},
		"nothing":                             {"", false},
		"cut off in a header":                 {mp4 + "\x00\x00", false},
		"a box that is smaller than its head": {mp4 + "\x00\x00\x00\x02mdat" + h264, false},
		"a box that is larger than all disks": {mp4 + "\x00\x00\x00\x01mdat\xff\xff\xff\xff\xff\xff\xff\xff" + h264, false},
		"a thousand boxes":                    {mp4 + strings.Repeat(box("free", ""), 2000) + h264, false},
	} {
		if got := PlaysAsVideo(strings.NewReader(c.file)); got != c.want {
			t.Errorf("%s: %t", what, got)
		}
	}
}

func TestWhatPhonesPlayAsVoice(t *testing.T) {
	for file, want := range map[string]bool{
		"OggS....................OpusHead":   true,
		"OggS....................\x01vorbis": false, "OggS": false, "OpusHead": false, "": false, "ID3": false,
	} {
		if got := PlaysAsVoice(strings.NewReader(file)); got != want {
			t.Errorf("%q: %t", file, got)
		}
	}
}

func FuzzPlayable(f *testing.F) {
	f.Add(box("ftyp", "mp42") + box("moov", "avc1"))
	f.Add("\x00\x00\x00\x01ftyp\x00\x00\x00\x00\x00\x00\x00\x18")
	f.Fuzz(func(t *testing.T, file string) {
		if PlaysAsVideo(strings.NewReader(file)) && PlaysAsVoice(strings.NewReader(file)) {
			t.Error("it is both")
		}
	})
}
