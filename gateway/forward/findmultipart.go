package forward

import (
	"bytes"
	"mime"
	"net/textproto"
	"strings"
)

// multipartFinder finds a field of a multipart form.
type multipartFinder struct {
	name      string
	delimiter []byte

	// window is the end of what was fed, from offset on: enough to find a delimiter or
	// a head that lies in two pieces.
	window []byte
	offset int64
	// inHead: the window begins with a part's head. wanted: it begins with the content
	// of the field.
	inHead, wanted bool

	value string
	span  span
	ok    bool
}

// maxHead is the longest head of a part, in bytes.
const maxHead = 8 << 10

func newMultipartFinder(boundary, name string) *multipartFinder {
	// The first delimiter has no line before it: a line is put there, outside the body.
	return &multipartFinder{name: name, delimiter: []byte("\r\n--" + boundary), window: []byte("\r\n"), offset: -2}
}

// feed implements finder.
func (f *multipartFinder) feed(piece []byte) bool {
	f.window = append(f.window, piece...)
	for {
		switch {
		case f.inHead:
			end := bytes.Index(f.window, []byte("\r\n\r\n"))
			if end < 0 {
				return len(f.window) > maxHead || bytes.HasPrefix(f.window, []byte("--"))
			}
			f.inHead, f.wanted = false, fieldOf(f.window[:end]) == f.name
			// The delimiter of an empty field begins with the end of its head.
			f.drop(end + 2)
			if f.wanted {
				f.drop(2)
			}
		default:
			at := bytes.Index(f.window, f.delimiter)
			if f.wanted && at < 0 {
				if bytes.HasPrefix(f.window, f.delimiter[2:]) {
					return true // the field is empty
				}
				return len(f.window) > maxName
			}
			if at < 0 {
				f.drop(max(0, len(f.window)-len(f.delimiter)))
				return false
			}
			if f.wanted {
				f.value, f.ok = string(f.window[:at]), true
				f.span = span{f.offset, f.offset + int64(at)}
				return true
			}
			f.drop(at + len(f.delimiter))
			f.inHead = true
		}
	}
}

// drop forgets the first n bytes of the window.
func (f *multipartFinder) drop(n int) {
	f.window = f.window[n:]
	f.offset += int64(n)
}

// fieldOf is the name of the field that a part's head announces.
func fieldOf(head []byte) string {
	for line := range strings.SplitSeq(string(head), "\r\n") {
		key, value, ok := strings.Cut(line, ":")
		if !ok || textproto.CanonicalMIMEHeaderKey(strings.TrimSpace(key)) != "Content-Disposition" {
			continue
		}
		if _, params, err := mime.ParseMediaType(value); err == nil {
			return params["name"]
		}
	}
	return ""
}

func (f *multipartFinder) found() (string, span, bool) { return f.value, f.span, f.ok }

func (f *multipartFinder) encode(value string) []byte { return []byte(value) }
