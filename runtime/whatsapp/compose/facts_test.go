package compose

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
)

// picture is a PNG, red on the left and blue on the right.
func picture(t *testing.T, w, h int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for x := range w {
		for y := range h {
			c := color.RGBA{255, 0, 0, 255}
			if x >= w/2 {
				c = color.RGBA{0, 0, 255, 255}
			}
			img.Set(x, y, c)
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestFactsOfImages(t *testing.T) {
	file := bytes.NewReader(picture(t, 400, 200))
	f := FactsOf(file, chat.TypeImage)
	if f.width != 400 || f.height != 200 {
		t.Errorf("size %dx%d", f.width, f.height)
	}
	small, err := jpeg.Decode(bytes.NewReader(f.thumbnail))
	if err != nil {
		t.Fatal(err)
	}
	if b := small.Bounds(); b.Dx() != thumbnailSide || b.Dy() != thumbnailSide/2 {
		t.Errorf("thumbnail %v", b)
	}
	if r, _, b, _ := small.At(5, 18).RGBA(); r < b {
		t.Error("the left of the thumbnail is not red")
	}
	if r, _, b, _ := small.At(65, 18).RGBA(); b < r {
		t.Error("the right of the thumbnail is not blue")
	}
	if len(f.thumbnail) > 8<<10 {
		t.Errorf("the thumbnail has %d bytes", len(f.thumbnail))
	}
	if at, _ := file.Seek(0, io.SeekCurrent); at != 0 {
		t.Errorf("the file is left at %d", at)
	}
}

func TestFactsThatCannotBeHad(t *testing.T) {
	whole := picture(t, 30, 30)
	for what, file := range map[string][]byte{"nothing": nil, "no image": []byte("hello"), "half a header": whole[:10]} {
		if f := FactsOf(bytes.NewReader(file), chat.TypeImage); f.width != 0 || f.thumbnail != nil {
			t.Errorf("%s gives %+v", what, f)
		}
	}
	if f := FactsOf(bytes.NewReader(whole[:60]), chat.TypeImage); f.width != 30 || f.thumbnail != nil {
		t.Errorf("half an image gives %+v, want its size", f)
	}
	if f := FactsOf(bytes.NewReader(whole), chat.TypeDocument); f.width != 0 {
		t.Errorf("a document gives %+v", f)
	}
}

func TestAnImageTooLargeToDecodeKeepsItsSize(t *testing.T) {
	// The head of a PNG that claims 100 megapixels; its content does not come.
	head := picture(t, 1, 1)
	binary.BigEndian.PutUint32(head[16:], 10_000)
	binary.BigEndian.PutUint32(head[20:], 10_000)
	// The checksum covers what was changed.
	copy(head[29:], checksum(head[12:29]))
	if f := FactsOf(bytes.NewReader(head), chat.TypeImage); f.width != 10_000 || f.thumbnail != nil {
		t.Errorf("facts %+v", f)
	}
}

func TestThumbnailsOfOddShapes(t *testing.T) {
	for _, size := range []image.Rectangle{image.Rect(0, 0, 1, 1), image.Rect(0, 0, 3000, 1), image.Rect(-5, -5, 2, 900)} {
		if Thumbnail(image.NewRGBA(size)) == nil {
			t.Errorf("an image of %v has no thumbnail", size)
		}
	}
	if Thumbnail(image.NewRGBA(image.Rectangle{})) != nil {
		t.Error("an empty image has a thumbnail")
	}
}

// oggPage is the head of a page of Ogg whose content has been played up to a
// position, and some content.
func oggPage(position uint64) []byte {
	page := make([]byte, 27, 60)
	copy(page, "OggS")
	binary.LittleEndian.PutUint64(page[6:], position)
	return append(page, "content of the page"...)
}

func TestHowLongAudioPlays(t *testing.T) {
	for what, c := range map[string]struct {
		file []byte
		want uint32
	}{
		"two pages":        {append(oggPage(0), oggPage(48_000*3)...), 3},
		"a part counts":    {append(oggPage(0), oggPage(48_000*3+1)...), 4},
		"no end":           {oggPage(1 << 63), 0},
		"another format":   {append([]byte("ID3 "), oggPage(48_000)...), 0},
		"nothing":          {nil, 0},
		"a torn page":      {oggPage(48_000)[:12], 0},
		"a long tail":      {append(oggPage(48_000), make([]byte, 1<<20)...), 0},
		"a long beginning": {append(append(oggPage(0), make([]byte, 1<<20)...), oggPage(48_000)...), 1},
	} {
		if got := FactsOf(bytes.NewReader(c.file), chat.TypeVoice).seconds; got != c.want {
			t.Errorf("%s: %d seconds, want %d", what, got, c.want)
		}
	}
}

func checksum(b []byte) []byte {
	return binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(b))
}
