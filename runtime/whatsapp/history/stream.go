package history

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"google.golang.org/protobuf/encoding/protowire"
)

// errMalformed is returned for malformed input.
var errMalformed = errors.New("malformed protobuf")

// stream reads a serialised message field by field without holding all of it in
// memory.
type stream struct {
	src io.ReaderAt
	buf *bufio.Reader
	at  int64
	end int64
}

// window is the size of a stream's buffer.
const window = 64 << 10

func newStream(src io.ReaderAt) *stream {
	return &stream{src: src, buf: bufio.NewReaderSize(nil, window)}
}

// reset starts reading the n bytes at off.
func (w *stream) reset(off, n int64) {
	w.at, w.end = off, off+n
	w.buf.Reset(io.NewSectionReader(w.src, off, n))
}

// field is one field: its number, its type, and for bytes their position.
type field struct {
	num    protowire.Number
	typ    protowire.Type
	varint uint64
	off, n int64
}

// next reads the head of a field. The bytes that follow are then read with bytes
// or skipped with skip. The error is io.EOF at the end.
func (w *stream) next() (field, error) {
	if w.at >= w.end {
		return field{}, io.EOF
	}
	tag, err := w.uvarint()
	if err != nil {
		return field{}, err
	}
	num, typ := protowire.DecodeTag(tag)
	f := field{num: num, typ: typ}
	if num <= 0 {
		return f, errMalformed
	}
	switch typ {
	case protowire.VarintType:
		f.varint, err = w.uvarint()
	case protowire.Fixed32Type:
		err = w.discard(4)
	case protowire.Fixed64Type:
		err = w.discard(8)
	case protowire.BytesType:
		var n uint64
		if n, err = w.uvarint(); err != nil {
			return f, err
		}
		if n > uint64(w.end-w.at) {
			return f, errMalformed
		}
		f.off, f.n = w.at, int64(n)
	default:
		err = errMalformed
	}
	return f, err
}

// bytes reads the bytes of the field that next has just returned.
func (w *stream) bytes(f field, most int64) ([]byte, error) {
	if f.typ != protowire.BytesType {
		return nil, errMalformed
	}
	if f.n > most {
		return nil, fmt.Errorf("%w: a field of %d bytes", errMalformed, f.n)
	}
	b := make([]byte, f.n)
	if _, err := io.ReadFull(w.buf, b); err != nil {
		return nil, cut(err)
	}
	w.at += f.n
	return b, nil
}

// skip skips the bytes of the field that next has just returned.
func (w *stream) skip(f field) error {
	if f.typ != protowire.BytesType {
		return nil
	}
	return w.discard(f.n)
}

func (w *stream) discard(n int64) error {
	w.at += n
	// Long distances are skipped without reading.
	if n > 2*window {
		w.buf.Reset(io.NewSectionReader(w.src, w.at, w.end-w.at))
		return nil
	}
	_, err := w.buf.Discard(int(n))
	return cut(err)
}

func (w *stream) uvarint() (uint64, error) {
	v, err := binary.ReadUvarint(countingByteReader{w})
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return 0, errMalformed // an overflow
	}
	return v, cut(err)
}

// cut turns an end within a field into an error: only next may report the end.
func cut(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// countingByteReader tracks the stream's position.
type countingByteReader struct{ w *stream }

// ReadByte implements io.ByteReader.
func (c countingByteReader) ReadByte() (byte, error) {
	b, err := c.w.buf.ReadByte()
	if err == nil {
		c.w.at++
	}
	return b, err
}
