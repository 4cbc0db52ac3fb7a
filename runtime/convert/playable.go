package convert

import (
	"bytes"
	"encoding/binary"
	"io"
)

// PlaysAsVoice says whether phones play a file as a voice message as it is: Ogg with
// Opus.
func PlaysAsVoice(f io.ReaderAt) bool {
	head := make([]byte, 64)
	n, _ := f.ReadAt(head, 0)
	head = head[:n]
	return bytes.HasPrefix(head, []byte("OggS")) && bytes.Contains(head, []byte("OpusHead"))
}

// maxDescription is the longest description of a film that is looked at, in bytes. One
// of several hours has a megabyte.
const maxDescription = 16 << 20

// brands are the kinds of files in the same container that phones don't play as video.
var brands = [][]byte{[]byte("qt  "), []byte("M4A "), []byte("M4B "), []byte("heic"), []byte("heix"), []byte("mif1"), []byte("avif")}

// PlaysAsVideo says whether phones play a file as a video as it is: MP4 with H.264, and
// without HEVC beside it.
func PlaysAsVideo(f io.ReaderAt) bool {
	kind, description := boxes(f)
	for _, brand := range brands {
		if bytes.HasPrefix(kind, brand) {
			return false
		}
	}
	has := func(codec string) bool { return bytes.Contains(description, []byte(codec)) }
	return len(kind) > 0 && has("avc1") && !has("hvc1") && !has("hev1")
}

// boxes returns the contents of the boxes of an MP4 file that say what it is (ftyp) and
// what is in it (moov), which may stand at its end. They are empty in other files.
func boxes(f io.ReaderAt) (kind, description []byte) {
	const most = 1000 // boxes; a hostile file could have millions
	var at int64
	for range most {
		header := make([]byte, 16)
		n, _ := f.ReadAt(header, at)
		if n < 8 {
			break
		}
		size, start := int64(binary.BigEndian.Uint32(header)), int64(8)
		if size == 1 && n == 16 { // the size follows in 64 bits
			size, start = int64(binary.BigEndian.Uint64(header[8:])), 16
		}
		name := string(header[4:8])
		if at == 0 && name != "ftyp" {
			break
		}
		if size != 0 && size < start || size > 1<<40 { // 0: up to the end of the file
			break
		}
		switch name {
		case "ftyp":
			kind = content(f, at+start, size-start)
		case "moov":
			return kind, content(f, at+start, size-start)
		}
		if size == 0 {
			break
		}
		at += size
	}
	return kind, description
}

// content reads a box's content; all that is left, up to a bound, if its size is
// negative.
func content(f io.ReaderAt, at, size int64) []byte {
	if size < 0 || size > maxDescription {
		size = maxDescription
	}
	read, _ := io.ReadAll(io.NewSectionReader(f, at, size))
	return read
}
