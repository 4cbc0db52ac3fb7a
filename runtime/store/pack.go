package store

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// A payload can contain a text three times: as its body, and twice in `_data`.
// Packing stores a repetition once, however far apart the copies are; flate,
// with its window of 32 KiB, does not for a long text. A packed payload is
//
//	packed, the length, then repeatedly: the length of new bytes, the new bytes,
//	and the length and position of a copy of earlier bytes
//
// with numbers as varints. JSON does not begin with the byte packed.
const packed = 0x01

const (
	// shortestPacked is the length from which packing a payload is worthwhile.
	shortestPacked = 1 << 10
	// packBlock is the length of the blocks that are matched, and so of the
	// shortest copy.
	packBlock = 32
)

// pack returns a payload as it is stored: packed if that is shorter.
func pack(payload []byte) []byte {
	if len(payload) < shortestPacked {
		return payload
	}
	out := binary.AppendUvarint([]byte{packed}, uint64(len(payload)))
	places := make(map[[packBlock]byte]int, len(payload)/packBlock)
	noted, fresh := 0, 0 // how far blocks are in places, and how far bytes are written
	for at := 0; at+packBlock <= len(payload); {
		for ; noted+packBlock <= at; noted += packBlock {
			block := [packBlock]byte(payload[noted:])
			if _, there := places[block]; !there {
				places[block] = noted
			}
		}
		from, found := places[[packBlock]byte(payload[at:])]
		if !found {
			at++
			continue
		}
		for at > fresh && from > 0 && payload[at-1] == payload[from-1] {
			at, from = at-1, from-1
		}
		n := packBlock
		for at+n < len(payload) && payload[at+n] == payload[from+n] {
			n++
		}
		out = appendNew(out, payload[fresh:at])
		out = binary.AppendUvarint(out, uint64(n))
		out = binary.AppendUvarint(out, uint64(from))
		at += n
		fresh = at
	}
	if out = appendNew(out, payload[fresh:]); len(out) >= len(payload) {
		return payload
	}
	return out
}

func appendNew(out, fresh []byte) []byte {
	return append(binary.AppendUvarint(out, uint64(len(fresh))), fresh...)
}

// largestPacked bounds the allocation that a damaged length can cause, in
// bytes.
const largestPacked = 1 << 30

var errPacked = errors.New("a packed payload is incomplete")

// unpack returns the payload that pack stored.
func unpack(stored []byte) ([]byte, error) {
	if len(stored) == 0 || stored[0] != packed {
		return stored, nil
	}
	r := unpacker{left: stored[1:]}
	size := r.number()
	if r.bad || size > largestPacked {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, errPacked)
	}
	payload := make([]byte, 0, min(size, 64*len(stored)))
	for {
		payload = append(payload, r.take(r.number())...)
		if r.bad || len(payload) > size {
			return nil, fmt.Errorf("%w: %w", ErrDamaged, errPacked)
		}
		if len(payload) == size {
			return payload, nil
		}
		n, from := r.number(), r.number()
		if r.bad || n == 0 || from >= len(payload) || n > size-len(payload) {
			return nil, fmt.Errorf("%w: %w", ErrDamaged, errPacked)
		}
		for n > 0 { // a copy may overlap its own output
			part := payload[from:min(from+n, len(payload))]
			payload = append(payload, part...)
			n, from = n-len(part), from+len(part)
		}
	}
}

// unpacker reads numbers and bytes until there are none.
type unpacker struct {
	left []byte
	bad  bool
}

func (r *unpacker) number() int {
	n, size := binary.Uvarint(r.left)
	if size <= 0 || n > largestPacked {
		r.bad = true
		return 0
	}
	r.left = r.left[size:]
	return int(n)
}

func (r *unpacker) take(n int) []byte {
	if r.bad || n > len(r.left) {
		r.bad = true
		return nil
	}
	taken := r.left[:n]
	r.left = r.left[n:]
	return taken
}
