package history

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"go.mau.fi/whatsmeow/proto/waHistorySync"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
)

func TestStream(t *testing.T) {
	long := bytes.Repeat([]byte("x"), 3*window)
	var b []byte
	b = protowire.AppendVarint(protowire.AppendTag(b, 1, protowire.VarintType), 300)
	b = protowire.AppendBytes(protowire.AppendTag(b, 2, protowire.BytesType), long)
	b = protowire.AppendFixed32(protowire.AppendTag(b, 3, protowire.Fixed32Type), 7)
	b = protowire.AppendFixed64(protowire.AppendTag(b, 4, protowire.Fixed64Type), 7)
	b = protowire.AppendBytes(protowire.AppendTag(b, 5, protowire.BytesType), []byte("end"))

	w := newStream(bytes.NewReader(append([]byte("before"), b...)))
	for _, readsLong := range []bool{true, false} {
		w.reset(6, int64(len(b)))
		var numbers []protowire.Number
		for {
			f, err := w.next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			numbers = append(numbers, f.num)
			switch {
			case f.num == 1 && f.varint != 300:
				t.Errorf("field 1 is %d", f.varint)
			case f.num == 2 && readsLong:
				if got, err := w.bytes(f, longestField); err != nil || !bytes.Equal(got, long) {
					t.Errorf("field 2: %d bytes, %v", len(got), err)
				}
			case f.num == 5:
				if got, err := w.bytes(f, longestField); err != nil || string(got) != "end" {
					t.Errorf("field 5: %q, %v", got, err)
				}
			default:
				if err := w.skip(f); err != nil {
					t.Fatal(err)
				}
			}
		}
		if len(numbers) != 5 {
			t.Errorf("fields %v", numbers)
		}
	}
}

func TestStreamRefusesWhatIsTooLong(t *testing.T) {
	b := protowire.AppendBytes(protowire.AppendTag(nil, 1, protowire.BytesType), []byte("four"))
	w := newStream(bytes.NewReader(b))
	w.reset(0, int64(len(b)))
	f, err := w.next()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.bytes(f, 3); !errors.Is(err, errMalformed) {
		t.Errorf("four bytes where three are allowed: %v", err)
	}
}

// FuzzWireReader holds that no input makes the reader panic, run on, or read
// what the library would not.
func FuzzWireReader(f *testing.F) {
	history := &waHistorySync.HistorySync{SyncType: waHistorySync.HistorySync_RECENT.Enum(), Conversations: []*waHistorySync.Conversation{{ID: proto.String("1@s.whatsapp.net")}}}
	seed, err := proto.Marshal(history)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Add([]byte{0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f})
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01})
	f.Add([]byte{0x0b})
	f.Fuzz(func(t *testing.T, b []byte) {
		w := newStream(bytes.NewReader(b))
		w.reset(0, int64(len(b)))
		for fields := 0; ; fields++ {
			if fields > len(b) {
				t.Fatal("more fields than bytes")
			}
			field, err := w.next()
			if err != nil {
				return
			}
			if field.off+field.n > int64(len(b)) {
				t.Fatalf("field %+v ends behind the end", field)
			}
			if field.num%2 == 0 {
				err = w.skip(field)
			} else if field.typ == protowire.BytesType {
				_, err = w.bytes(field, longestField)
			}
			if err != nil {
				t.Fatalf("field %+v: %v", field, err)
			}
		}
	})
}
