package intake

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// What Strip leaves in the JSON: strings of up to inline bytes, and rest bytes in total.
const (
	inline = 64 << 10
	rest   = 1 << 20
)

// ErrBody says that a body has too much in it besides files.
var ErrBody = errors.New("must not be larger than 1 MiB without the file")

// Parts are the files taken out of a request, by their placeholders in its JSON.
type Parts map[string]File

// Remove deletes the files.
func (p Parts) Remove() {
	for _, f := range p {
		f.Remove()
	}
}

// Strip reads JSON and takes long strings out of it, which are files in base64.
// Each is written to disk while it is read and replaced by an unguessable
// placeholder. Strip does not validate the JSON.
func (i *Intake) Strip(body io.Reader) (_ []byte, _ Parts, err error) {
	s := stripper{in: i, src: bufio.NewReaderSize(body, 32<<10), parts: Parts{}}
	defer func() {
		if err != nil {
			s.parts.Remove()
		}
	}()
	for {
		c, err := s.src.ReadByte()
		if errors.Is(err, io.EOF) {
			return s.out.Bytes(), s.parts, nil
		}
		if err != nil {
			return nil, nil, err
		}
		s.out.WriteByte(c)
		if c == '"' {
			if err := s.text(); err != nil {
				return nil, nil, err
			}
		}
		if s.out.Len() > rest {
			return nil, nil, ErrBody
		}
	}
}

type stripper struct {
	in    *Intake
	src   *bufio.Reader
	out   bytes.Buffer
	parts Parts
}

// text copies a string up to its closing quote, or takes it out if it is long.
func (s *stripper) text() error {
	begin := s.out.Len()
	for {
		c, err := s.src.ReadByte()
		if errors.Is(err, io.EOF) {
			return nil // broken JSON
		}
		if err != nil {
			return err
		}
		s.out.WriteByte(c)
		switch c {
		case '"':
			return nil
		case '\\':
			if c, err = s.src.ReadByte(); err == nil {
				s.out.WriteByte(c)
			}
		}
		if s.out.Len()-begin > inline {
			return s.takeOut(begin)
		}
	}
}

// takeOut decodes a string whose beginning is already in out.
func (s *stripper) takeOut(begin int) error {
	w, err := s.in.create()
	if err != nil {
		return err
	}
	head := bytes.NewReader(bytes.Clone(s.out.Bytes()[begin:]))
	s.out.Truncate(begin)
	next := func() (byte, error) {
		if head.Len() > 0 {
			return head.ReadByte()
		}
		return s.src.ReadByte()
	}
	d := decoder{to: w}
	if err = unescape(next, d.put); err == nil {
		err = d.end()
	}
	if err != nil {
		w.abandon()
		return err
	}
	file, err := w.finish()
	if err != nil {
		return err
	}
	name := fmt.Sprintf("file %s", rand.Text())
	s.parts[name] = file
	s.out.WriteString(name + `"`)
	return nil
}

// unescape passes on the characters of a JSON string up to its closing quote.
// Encoders escape the characters / + and = of base64 in different ways.
func unescape(next func() (byte, error), put func(byte) error) error {
	for {
		c, err := next()
		if err != nil {
			return errors.Join(ErrNotBase64, err)
		}
		switch c {
		case '"':
			return nil
		case '\\':
			if c, err = next(); err != nil {
				return errors.Join(ErrNotBase64, err)
			}
			switch c {
			case 'n', 'r', 't':
				c = '\n'
			case 'u':
				if c, err = escaped(next); err != nil {
					return err
				}
			}
		}
		if err := put(c); err != nil {
			return err
		}
	}
}

// escaped reads the four digits of a \u escape sequence.
func escaped(next func() (byte, error)) (byte, error) {
	var digits [4]byte
	for i := range digits {
		c, err := next()
		if err != nil {
			return 0, errors.Join(ErrNotBase64, err)
		}
		digits[i] = c
	}
	n, err := strconv.ParseUint(string(digits[:]), 16, 7) // base64 is ASCII
	if err != nil {
		return 0, ErrNotBase64
	}
	return byte(n), nil
}
