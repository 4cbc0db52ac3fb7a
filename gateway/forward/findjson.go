package forward

import (
	"bytes"
	"encoding/json"
)

// jsonFinder finds a string member of the outermost object, without building the
// object: a file of many megabytes passes it byte by byte. What is no JSON is found
// out by the runtime.
type jsonFinder struct {
	name string

	offset int64
	depth  int
	begun  bool
	// inKey: a string at this place is a member's name, not its value.
	inKey bool
	// string state
	inString, escaped bool
	// text is the string that is being read, where it matters.
	keep  bool
	text  []byte
	start int64
	key   string

	value string
	span  span
	ok    bool
}

// maxName is the longest name, with escapes, that is looked at.
const maxName = 1 << 10

// feed implements finder.
func (f *jsonFinder) feed(piece []byte) bool {
	for i := 0; i < len(piece); {
		if f.inString {
			n, ended := f.inside(piece[i:])
			i += n
			f.offset += int64(n)
			if ended && f.ended() {
				return true
			}
			continue
		}
		if f.outside(piece[i]) {
			return true
		}
		i++
		f.offset++
	}
	return false
}

// outside takes a byte that is in no string.
func (f *jsonFinder) outside(c byte) (ended bool) {
	switch c {
	case ' ', '\t', '\r', '\n':
		return false
	case '{', '[':
		f.depth++
		f.inKey = c == '{' && f.depth == 1
	case '}', ']':
		f.depth--
		return f.depth <= 0
	case ',':
		f.inKey = f.depth == 1
	case ':':
		f.inKey = f.inKey && f.depth != 1
	case '"':
		f.inString, f.start = true, f.offset
		f.keep = f.depth == 1 && (f.inKey || f.key == f.name)
		f.text = f.text[:0]
	}
	if !f.begun {
		f.begun = true
		return c != '{' // no object: it has no members
	}
	return false
}

// inside takes bytes of a string up to its end, and returns how many.
func (f *jsonFinder) inside(piece []byte) (n int, ended bool) {
	for n < len(piece) {
		if f.escaped {
			f.take(piece[n : n+1])
			f.escaped = false
			n++
			continue
		}
		next := bytes.IndexAny(piece[n:], `"\`)
		if next < 0 {
			f.take(piece[n:])
			return len(piece), false
		}
		f.take(piece[n : n+next])
		n += next
		if piece[n] == '"' {
			return n + 1, true
		}
		f.take(piece[n : n+1])
		f.escaped = true
		n++
	}
	return n, false
}

func (f *jsonFinder) take(b []byte) {
	if !f.keep {
		return
	}
	if len(f.text)+len(b) > maxName {
		f.keep = false // no name is so long
		return
	}
	f.text = append(f.text, b...)
}

// ended handles the end of a string.
func (f *jsonFinder) ended() (found bool) {
	f.inString = false
	if f.depth != 1 {
		return false
	}
	var text string
	known := f.keep && json.Unmarshal([]byte(`"`+string(f.text)+`"`), &text) == nil
	if f.inKey {
		f.key = ""
		if known {
			f.key = text
		}
		return false
	}
	if f.key != f.name || !known {
		return false
	}
	f.value, f.span, f.ok = text, span{f.start, f.offset}, true
	return true
}

func (f *jsonFinder) found() (string, span, bool) { return f.value, f.span, f.ok }

func (f *jsonFinder) encode(value string) []byte {
	encoded, _ := json.Marshal(value) // a string always encodes
	return encoded
}
