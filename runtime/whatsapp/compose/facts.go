package compose

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	_ "image/gif" // the formats of images that phones show
	"image/jpeg"
	_ "image/png"
	"io"

	"github.com/wasession/wasession/runtime/chat"
)

// Facts are what phones show of an attachment before they download it. All are
// optional: a file that cannot be parsed is sent without them.
type Facts struct {
	// width and height are in pixels, seconds is the duration of audio.
	width, height, seconds uint32
	// thumbnail is a small JPEG.
	thumbnail []byte
}

// mostPixels is the maximum size of images that get a thumbnail: decoding 16
// megapixels takes 24 to 64 MB.
const mostPixels = 16 << 20

// thumbnailSide is the longer side of a thumbnail in pixels.
const thumbnailSide = 72

// FactsOf reads a file's facts and rewinds it.
func FactsOf(file io.ReadSeeker, kind chat.MessageType) (f Facts) {
	switch kind {
	case chat.TypeImage:
		f = imageFacts(file)
	case chat.TypeAudio, chat.TypeVoice:
		f.seconds = oggSeconds(file)
	}
	_, _ = file.Seek(0, io.SeekStart) // if this fails, so does reading the file later
	return f
}

func imageFacts(file io.ReadSeeker) (f Facts) {
	size, _, err := image.DecodeConfig(file)
	if err != nil || size.Width <= 0 || size.Height <= 0 {
		return Facts{}
	}
	f.width, f.height = uint32(size.Width), uint32(size.Height)
	if int64(size.Width)*int64(size.Height) > mostPixels {
		return f
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return f
	}
	if img, _, err := image.Decode(file); err == nil {
		f.thumbnail = Thumbnail(img)
	}
	return f
}

// Thumbnail returns a small JPEG of an image; nil if the image is empty.
func Thumbnail(img image.Image) []byte {
	b := img.Bounds()
	if b.Empty() {
		return nil
	}
	scale := max(b.Dx(), b.Dy())
	w, h := max(b.Dx()*thumbnailSide/scale, 1), max(b.Dy()*thumbnailSide/scale, 1)
	var out bytes.Buffer
	if err := jpeg.Encode(&out, scaled(img, b, w, h), &jpeg.Options{Quality: 60}); err != nil {
		return nil
	}
	return out.Bytes()
}

// scaled returns a part of an image in another size.
func scaled(img image.Image, part image.Rectangle, w, h int) image.Image {
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			out.Set(x, y, average(img, image.Rect(
				part.Min.X+x*part.Dx()/w, part.Min.Y+y*part.Dy()/h, part.Min.X+(x+1)*part.Dx()/w, part.Min.Y+(y+1)*part.Dy()/h)))
		}
	}
	return out
}

// average returns the average colour of a part of an image, from a few samples.
func average(img image.Image, part image.Rectangle) color.Color {
	const points = 4 // along each side
	var r, g, b, n uint32
	stepX, stepY := max(part.Dx()/points, 1), max(part.Dy()/points, 1)
	for y := part.Min.Y; y < max(part.Max.Y, part.Min.Y+1); y += stepY {
		for x := part.Min.X; x < max(part.Max.X, part.Min.X+1); x += stepX {
			pr, pg, pb, _ := img.At(x, y).RGBA()
			r, g, b, n = r+pr>>8, g+pg>>8, b+pb>>8, n+1
		}
	}
	return color.RGBA{uint8(r / n), uint8(g / n), uint8(b / n), 255}
}

// oggSeconds returns the duration of Ogg Opus audio: the granule position of its
// last page, in 1/48,000 s. It returns 0 for other formats.
func oggSeconds(file io.ReadSeeker) uint32 {
	const tail, rate = 128 << 10, 48_000
	var magic [4]byte
	if _, err := io.ReadFull(file, magic[:]); err != nil || string(magic[:]) != "OggS" {
		return 0
	}
	end, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return 0
	}
	if _, err := file.Seek(max(end-tail, 0), io.SeekStart); err != nil {
		return 0
	}
	last, err := io.ReadAll(file)
	if err != nil {
		return 0
	}
	at := bytes.LastIndex(last, magic[:])
	if at < 0 || at+14 > len(last) {
		return 0
	}
	played := binary.LittleEndian.Uint64(last[at+6:])
	const most = 24 * 3600 * rate // longer ones are not believed
	if played > most {
		return 0
	}
	return uint32((played + rate - 1) / rate)
}
