package compose

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
)

// striped is a PNG whose left third is red.
func striped(t *testing.T, width, height int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			img.Set(x, y, color.RGBA{B: 255, A: 255})
			if x < width/3 {
				img.Set(x, y, color.RGBA{R: 255, A: 255})
			}
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestPicturesAreSquareJPEGs(t *testing.T) {
	for name, c := range map[string]struct{ width, height, side int }{
		"wide": {1500, 700, 640}, "tall": {90, 200, 90}, "one pixel": {1, 1, 1},
	} {
		got, err := Picture(bytes.NewReader(striped(t, c.width, c.height)))
		if err != nil {
			t.Fatal(name, err)
		}
		img, err := jpeg.Decode(bytes.NewReader(got))
		if err != nil || img.Bounds().Dx() != c.side || img.Bounds().Dy() != c.side {
			t.Errorf("%s: %v, %v", name, img.Bounds(), err)
		}
	}
	got, err := Picture(bytes.NewReader(striped(t, 900, 300)))
	if err != nil {
		t.Fatal(err)
	}
	img, err := jpeg.Decode(bytes.NewReader(got))
	if err != nil {
		t.Fatal(err)
	}
	if r, _, b, _ := img.At(2, 150).RGBA(); r > b {
		t.Error("the picture is not the middle of the image")
	}
}

func TestWhatIsNoPicture(t *testing.T) {
	whole := striped(t, 100, 100)
	huge := image.NewPaletted(image.Rect(0, 0, 8000, 3000), color.Palette{color.Black})
	var bomb bytes.Buffer
	if err := png.Encode(&bomb, huge); err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string][]byte{
		"nothing": nil, "a text": []byte("hello"), "half a picture": whole[:len(whole)/2], "24 megapixels": bomb.Bytes(),
	} {
		if _, err := Picture(bytes.NewReader(file)); !errors.As(err, new(chat.Impossible)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
