package forward

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
)

// Spool finds out which session a body names. It holds little of a body in memory:
// where the name stands behind a file, the part before it waits on disk.
type Spool struct {
	// Dir is the folder of the files. They have no names there, so that nothing stays
	// when the process ends.
	Dir string
	// Limit is how much all of them may take, in bytes.
	Limit int64

	used atomic.Int64
}

// Errors of bodies that could not be held.
var (
	// ErrSpoolFull: other bodies take all the room there is.
	ErrSpoolFull = errors.New("the folder for large bodies is full")
	// ErrFolder: the folder cannot be written.
	ErrFolder = errors.New("the folder for large bodies cannot be used")
)

// Bounds of what is held in memory, in bytes: of a body, and of a form, of which the
// runtime takes no more.
const (
	inMemory = 64 << 10
	maxForm  = 1 << 20
)

// finder looks for a member in a body that comes in pieces.
type finder interface {
	// feed takes the next piece, and reports whether the search has ended.
	feed(piece []byte) (ended bool)
	// found returns the value and where it stands; ok is false if there is none.
	found() (value string, span span, ok bool)
	// encode writes another value as the body would.
	encode(value string) []byte
}

// span is a part of a body, from its first byte to the one after its last.
type span struct{ from, to int64 }

// Found is what a body says about its session. Its owner calls Close after the body
// has been sent on.
type Found struct {
	// Value is the session's name; empty if the body has none.
	Value string

	held   *held
	rest   io.ReadCloser
	span   span
	encode func(string) []byte
	// form is the whole body if it is one.
	form url.Values
	name string
}

// Find reads a request's body up to the member with this name.
func (s *Spool) Find(r *http.Request, name string) (*Found, error) {
	kind, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	f := &Found{held: &held{spool: s}, rest: r.Body, name: name}
	head, err := f.peek()
	if err != nil {
		f.Close()
		return nil, err
	}
	var find finder
	switch {
	case kind == "application/x-www-form-urlencoded" && !bytes.HasPrefix(bytes.TrimLeft(head, " \t\r\n"), []byte("{")):
		return f, f.readForm(head)
	case strings.HasPrefix(kind, "multipart/") && params["boundary"] != "":
		find = newMultipartFinder(params["boundary"], name)
	default:
		find = &jsonFinder{name: name}
	}
	if err := f.search(find, head); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// peek reads the first piece of a body.
func (f *Found) peek() ([]byte, error) {
	piece := make([]byte, copyBuffer)
	n, err := f.rest.Read(piece)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return piece[:n], err
}

// search feeds the body to a finder, and holds what it has read.
func (f *Found) search(find finder, piece []byte) error {
	buffer := piece[:cap(piece)]
	for {
		if _, err := f.held.Write(piece); err != nil {
			return err
		}
		if find.feed(piece) {
			break
		}
		n, err := f.rest.Read(buffer)
		piece = buffer[:n]
		if n == 0 && errors.Is(err, io.EOF) {
			break
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
	}
	if value, span, ok := find.found(); ok {
		f.Value, f.span, f.encode = value, span, find.encode
	}
	return nil
}

func (f *Found) readForm(head []byte) error {
	raw, err := io.ReadAll(io.LimitReader(io.MultiReader(bytes.NewReader(head), f.rest), maxForm+1))
	if err != nil {
		return err
	}
	if len(raw) > maxForm {
		return &http.MaxBytesError{Limit: maxForm}
	}
	if f.form, err = url.ParseQuery(string(raw)); err != nil {
		return err
	}
	f.Value = f.form.Get(f.name)
	return nil
}

// Replay gives a request its whole body back, with the session under another name.
func (f *Found) Replay(r *http.Request, value string) {
	if f.form != nil {
		if f.form.Has(f.name) {
			f.form.Set(f.name, value)
		}
		encoded := f.form.Encode()
		setBody(r, io.NopCloser(strings.NewReader(encoded)), int64(len(encoded)))
		return
	}
	if f.encode == nil || value == f.Value {
		setBody(r, join(io.MultiReader(f.held.from(0), f.rest), f.rest), r.ContentLength)
		return
	}
	other, length := f.encode(value), r.ContentLength
	if length >= 0 {
		length += int64(len(other)) - (f.span.to - f.span.from)
	}
	setBody(r, join(io.MultiReader(io.LimitReader(f.held.from(0), f.span.from), bytes.NewReader(other), f.held.from(f.span.to), f.rest), f.rest), length)
}

func setBody(r *http.Request, body io.ReadCloser, length int64) {
	r.Body, r.ContentLength = body, length
	if length >= 0 {
		r.Header.Set("Content-Length", strconv.FormatInt(length, 10))
	}
}

func join(r io.Reader, c io.Closer) io.ReadCloser {
	return struct {
		io.Reader
		io.Closer
	}{r, c}
}

// Close removes what was held.
func (f *Found) Close() { f.held.close() }

// held is the part of a body that has been read: its beginning in memory, the rest in
// a file.
type held struct {
	spool  *Spool
	memory []byte
	file   *os.File
	size   int64 // of the file
}

// Write implements io.Writer.
func (h *held) Write(b []byte) (int, error) {
	if h.file == nil && len(h.memory)+len(b) <= inMemory {
		h.memory = append(h.memory, b...)
		return len(b), nil
	}
	if h.spool.used.Add(int64(len(b))) > h.spool.Limit {
		h.spool.used.Add(-int64(len(b)))
		return 0, ErrSpoolFull
	}
	h.size += int64(len(b))
	if h.file == nil {
		file, err := os.CreateTemp(h.spool.Dir, "body-")
		if err != nil {
			return 0, errors.Join(ErrFolder, err)
		}
		h.file = file
		if err := os.Remove(file.Name()); err != nil {
			return 0, errors.Join(ErrFolder, err)
		}
	}
	n, err := h.file.Write(b)
	if err != nil {
		return n, errors.Join(ErrFolder, err)
	}
	return n, nil
}

// from reads what is held from an offset on.
func (h *held) from(offset int64) io.Reader {
	inMemory := int64(len(h.memory))
	if h.file == nil {
		return bytes.NewReader(h.memory[min(offset, inMemory):])
	}
	if offset >= inMemory {
		return io.NewSectionReader(h.file, offset-inMemory, h.size-(offset-inMemory))
	}
	return io.MultiReader(bytes.NewReader(h.memory[offset:]), io.NewSectionReader(h.file, 0, h.size))
}

func (h *held) close() {
	h.spool.used.Add(-h.size)
	h.size, h.memory = 0, nil
	if h.file != nil {
		_ = h.file.Close()
	}
}
