package control

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"sync"
)

// sampleImage returns a picture for messages that come without one.
var sampleImage = sync.OnceValue(func() []byte {
	const width, height = 320, 240
	canvas := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			canvas.Set(x, y, color.RGBA{R: uint8(255 * x / width), G: uint8(255 * y / height), B: 140, A: 255})
		}
	}
	var out bytes.Buffer
	// Writing to a buffer cannot fail.
	_ = jpeg.Encode(&out, canvas, nil)
	return out.Bytes()
})

// sampleAudio returns a fake recording: the beginning of its container, without
// sound.
func sampleAudio() []byte { return append([]byte("OggS"), make([]byte, 2_000)...) }

// sampleDocument returns a page without text.
func sampleDocument() []byte {
	return []byte("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n" +
		"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n" +
		"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
}
