package compose

import (
	"bytes"
	"image"
	"image/jpeg"
	"io"

	"github.com/wasession/wasession/runtime/chat"
)

// pictureSide is the largest side of a profile picture in pixels: WhatsApp's own.
const pictureSide = 640

// Picture returns the profile picture made from an image file: a square JPEG.
func Picture(file io.ReadSeeker) ([]byte, error) {
	size, _, err := image.DecodeConfig(file)
	if err != nil {
		return nil, chat.Impossible("the file is not a picture: send a JPEG, PNG or GIF")
	}
	if int64(size.Width)*int64(size.Height) > mostPixels {
		return nil, chat.Impossiblef("the picture is too large: at most %d megapixels are possible", mostPixels>>20)
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	img, _, err := image.Decode(file)
	if err != nil || img.Bounds().Empty() {
		return nil, chat.Impossible("the picture is damaged")
	}
	b := img.Bounds()
	side := min(b.Dx(), b.Dy())
	middle := image.Rect(0, 0, side, side).Add(b.Min).Add(image.Pt((b.Dx()-side)/2, (b.Dy()-side)/2))
	var out bytes.Buffer
	if err := jpeg.Encode(&out, scaled(img, middle, min(side, pictureSide), min(side, pictureSide)), &jpeg.Options{Quality: 85}); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
