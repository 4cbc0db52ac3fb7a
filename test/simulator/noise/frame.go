package noise

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"go.mau.fi/whatsmeow/binary/token"
)

// MaxFrame is the limit of a frame's length, exclusive.
const MaxFrame = 1 << 24

// frameHeader is the size of the length field of a frame.
const frameHeader = 3

// dictionary is the version of the tokens that the server understands and answers in.
const dictionary = byte(token.DictVersion)

// prologueLength is the length of 'W' 'A', the protocol's version and the
// dictionary's version.
const prologueLength = 4

// ErrDictionary is returned for a client that speaks another version of the tokens: it
// could not read the answers.
var ErrDictionary = errors.New("unknown token dictionary")

// ErrNotWhatsApp is returned for a connection that does not begin like a
// WhatsApp client's.
var ErrNotWhatsApp = errors.New("connection does not begin with WA")

// Frames splits a stream of websocket messages into frames. The zero value
// expects the prologue first.
type Frames struct {
	buf      []byte
	prologue []byte
}

// Prologue returns the client's prologue, nil until it has arrived.
func (f *Frames) Prologue() []byte { return f.prologue }

// Add takes the next websocket message and returns the frames that are now
// complete. A frame may span several messages, and a message several frames.
func (f *Frames) Add(message []byte) ([][]byte, error) {
	f.buf = append(f.buf, message...)
	if f.prologue == nil {
		if len(f.buf) < prologueLength {
			return nil, nil
		}
		if !bytes.HasPrefix(f.buf, []byte("WA")) {
			return nil, ErrNotWhatsApp
		}
		if version := f.buf[prologueLength-1]; version != dictionary {
			return nil, fmt.Errorf("%w: the client speaks version %d, this server %d", ErrDictionary, version, dictionary)
		}
		f.prologue = bytes.Clone(f.buf[:prologueLength])
		f.buf = f.buf[prologueLength:]
	}
	var frames [][]byte
	for len(f.buf) >= frameHeader {
		n := int(f.buf[0])<<16 | int(f.buf[1])<<8 | int(f.buf[2])
		if len(f.buf) < frameHeader+n {
			break
		}
		frames = append(frames, bytes.Clone(f.buf[frameHeader:frameHeader+n]))
		f.buf = f.buf[frameHeader+n:]
	}
	if len(f.buf) == 0 {
		f.buf = nil
	}
	return frames, nil
}

// Frame puts the length before a payload. The result must go out in one
// websocket message: whatsmeow corrupts a frame that is split over two.
func Frame(payload []byte) ([]byte, error) {
	if len(payload) >= MaxFrame {
		return nil, fmt.Errorf("frame of %d bytes is too large", len(payload))
	}
	out := binary.BigEndian.AppendUint32(nil, uint32(len(payload)))
	return append(out[1:], payload...), nil
}
