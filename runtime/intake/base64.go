package intake

import (
	"encoding/base64"
	"errors"
	"io"
)

// ErrNotBase64 says that inline content is not valid base64.
var ErrNotBase64 = errors.New("must be base64")

// Decode stores a file given as base64, with or without padding. A leading
// "data:…;base64,", as browsers write it, is skipped.
func (i *Intake) Decode(text string) (File, error) {
	w, err := i.create()
	if err != nil {
		return File{}, err
	}
	d := decoder{to: w}
	for k := range len(text) {
		if err = d.put(text[k]); err != nil {
			break
		}
	}
	if err == nil {
		err = d.end()
	}
	if err != nil {
		w.abandon()
		return File{}, err
	}
	return w.finish()
}

// decoder decodes base64 byte by byte.
type decoder struct {
	to      io.Writer
	pending []byte
	// seen counts characters; prefix is set while inside a "data:" prefix.
	seen           int
	prefix, padded bool
}

// decoded is how many characters are decoded in one step: a multiple of four.
const decoded = 16 << 10

const dataURI = "data:"

func (d *decoder) put(c byte) error {
	if d.prefix {
		d.prefix = c != ','
		return nil
	}
	switch {
	case c == '\n' || c == '\r' || c == ' ' || c == '\t':
		return nil
	case c == '=':
		d.padded = true
		return nil
	case d.padded:
		return ErrNotBase64 // something after the end
	}
	d.pending = append(d.pending, c)
	d.seen++
	if d.seen == len(dataURI) && string(d.pending) == dataURI {
		d.pending, d.prefix = d.pending[:0], true
	}
	if len(d.pending) == decoded {
		return d.flush()
	}
	return nil
}

func (d *decoder) flush() error {
	out := make([]byte, base64.RawStdEncoding.DecodedLen(len(d.pending)))
	n, err := base64.RawStdEncoding.Decode(out, d.pending)
	if err != nil {
		return ErrNotBase64
	}
	d.pending = d.pending[:0]
	_, err = d.to.Write(out[:n])
	return err
}

func (d *decoder) end() error {
	if d.prefix || d.seen == 0 {
		return ErrNotBase64
	}
	return d.flush()
}
