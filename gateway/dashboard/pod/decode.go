package pod

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// limited is a reader that fails at a limit instead of ending there.
type limited struct {
	from io.Reader
	left int64
}

// Read implements io.Reader.
func (l *limited) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, ErrTooLarge
	}
	if int64(len(p)) > l.left {
		p = p[:l.left]
	}
	n, err := l.from.Read(p)
	l.left -= int64(n)
	return n, err
}

func decode(from io.Reader, limit int64, out any) error {
	if err := json.NewDecoder(&limited{from, limit}).Decode(out); err != nil {
		return undecodable(err)
	}
	return nil
}

// each decodes a list entry by entry, and holds one of them. It ends where do returns
// false.
func each[T any](from io.Reader, limit int64, do func(T) bool) error {
	d := json.NewDecoder(&limited{from, limit})
	if start, err := d.Token(); err != nil || start != json.Delim('[') {
		return undecodable(err)
	}
	for d.More() {
		var entry T
		if err := d.Decode(&entry); err != nil {
			return undecodable(err)
		}
		if !do(entry) {
			return nil
		}
	}
	if _, err := d.Token(); err != nil {
		return undecodable(err)
	}
	return nil
}

func undecodable(err error) error {
	if errors.Is(err, ErrTooLarge) {
		return ErrTooLarge
	}
	return fmt.Errorf("reading a session's answer: %w", errors.Join(errShape, err))
}

var errShape = errors.New("it is not what the API describes")
