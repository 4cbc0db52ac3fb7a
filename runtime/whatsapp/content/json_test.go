package content

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"
)

// viaStruct is the JSON that encoding/json makes of a serialised message.
func viaStruct(t *testing.T, raw []byte) (string, bool) {
	t.Helper()
	m, err := Parse(raw)
	if err != nil {
		return "", false
	}
	encoded, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(encoded), true
}

func compareJSON(t *testing.T, raw []byte) (written bool) {
	t.Helper()
	const before = `{"Message":`
	got, ok := AppendJSON([]byte(before), raw)
	if !ok {
		if string(got) != before {
			t.Errorf("something was left behind: %s", got)
		}
		return false
	}
	if want, valid := viaStruct(t, raw); !valid || string(got) != before+want {
		t.Errorf("%x (valid: %t) is\n%s instead of\n%s", raw, valid, got[len(before):], want)
	}
	return true
}

// ordinary are messages of the kinds that make up most of an account.
var ordinary = map[string]*waE2E.Message{
	"empty": {},
	"text":  {Conversation: proto.String("a <b> & \"c\" \u2028 é 𝄞")},
	"with a link, a quote and mentions": {
		ExtendedTextMessage: &waE2E.ExtendedTextMessage{
			Text: proto.String(""), JPEGThumbnail: []byte{0xff, 0xd8, 0xff}, PreviewType: waE2E.ExtendedTextMessage_VIDEO.Enum(), ThumbnailHeight: proto.Uint32(math.MaxUint32),
			ContextInfo: &waE2E.ContextInfo{
				StanzaID: proto.String("A"), QuotedMessage: &waE2E.Message{Conversation: proto.String("lunch?")}, MentionedJID: []string{"1@lid", "", "2@lid"},
				Expiration: proto.Uint32(0), IsForwarded: proto.Bool(false), EphemeralSettingTimestamp: proto.Int64(math.MinInt64),
			},
		},
		MessageContextInfo: &waE2E.MessageContextInfo{MessageSecret: []byte("secret"), DeviceListMetadata: &waE2E.DeviceListMetadata{}},
	},
	"image": {ImageMessage: &waE2E.ImageMessage{
		URL: proto.String("https://mmg.whatsapp.net/v/t?a=1&b=2"), Mimetype: proto.String("image/jpeg"), FileSHA256: []byte("123"), FileLength: proto.Uint64(math.MaxUint64),
		Height: proto.Uint32(7), MediaKey: []byte("key"), MediaKeyTimestamp: proto.Int64(-1), Caption: proto.String("c"),
	}},
	"voice":    {AudioMessage: &waE2E.AudioMessage{Seconds: proto.Uint32(3), PTT: proto.Bool(true), Waveform: []byte{1, 2}}},
	"contacts": {ContactsArrayMessage: &waE2E.ContactsArrayMessage{Contacts: []*waE2E.ContactMessage{{DisplayName: proto.String("A")}, {}}}},
	"poll": {PollCreationMessageV3: &waE2E.PollCreationMessage{
		Name: proto.String("?"), Options: []*waE2E.PollCreationMessage_Option{{OptionName: proto.String("x")}, {OptionName: proto.String("y")}}, SelectableOptionsCount: proto.Uint32(1),
	}},
	"reaction": {ReactionMessage: &waE2E.ReactionMessage{Key: &waCommon.MessageKey{ID: proto.String("A"), FromMe: proto.Bool(true)}, Text: proto.String("👍")}},
	"revoke":   {ProtocolMessage: &waE2E.ProtocolMessage{Type: waE2E.ProtocolMessage_REVOKE.Enum(), Key: &waCommon.MessageKey{ID: proto.String("A")}}},
}

func TestOrdinaryMessagesAreWrittenWithoutParsing(t *testing.T) {
	for name, m := range ordinary {
		raw := serialised(t, m)
		if !compareJSON(t, raw) {
			t.Errorf("%s is parsed", name)
		}
		if !compareJSON(t, append(raw, 0xfa, 0x7f, 3, 'n', 'e', 'w')) {
			t.Errorf("%s with a field of the future is parsed", name)
		}
	}
	image, secret := serialised(t, ordinary["image"]), serialised(t, &waE2E.Message{MessageContextInfo: &waE2E.MessageContextInfo{MessageSecret: []byte("s")}})
	if !compareJSON(t, slices.Concat(secret, image)) {
		t.Error("fields in another order are parsed")
	}
}

func TestOtherMessagesAreLeftToTheParser(t *testing.T) {
	inner := ordinary["text"]
	for name, raw := range map[string][]byte{
		"a wrapper":     serialised(t, &waE2E.Message{EphemeralMessage: &waE2E.FutureProofMessage{Message: inner}}),
		"an own device": serialised(t, &waE2E.Message{DeviceSentMessage: &waE2E.DeviceSentMessage{Message: inner}}),
		"a number":      serialised(t, &waE2E.Message{LocationMessage: &waE2E.LocationMessage{DegreesLatitude: proto.Float64(1.5)}}),
		"no number":     serialised(t, &waE2E.Message{LocationMessage: &waE2E.LocationMessage{DegreesLatitude: proto.Float64(math.NaN())}}),
		"a oneof":       serialised(t, &waE2E.Message{ButtonsMessage: &waE2E.ButtonsMessage{ContentText: proto.String("x")}}),
		"what must be there": serialised(t, &waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{EndCardTiles: []*waE2E.VideoEndCard{{
			Username: proto.String("u"), Caption: proto.String("c"), ThumbnailImageURL: proto.String("t"), ProfilePictureURL: proto.String("p"),
		}}}}),
		"a text twice":          slices.Concat(serialised(t, inner), serialised(t, inner)),
		"a message twice":       slices.Concat(serialised(t, ordinary["image"]), serialised(t, ordinary["image"])),
		"empty bytes":           serialised(t, &waE2E.Message{ImageMessage: &waE2E.ImageMessage{JPEGThumbnail: []byte{}}}),
		"what is not UTF-8":     {0x0a, 1, 0xff},
		"what is cut":           {0x0a, 5, 'a'},
		"another type of field": {0x08, 1},
		"a number beyond all":   {0x90, 0x90, 0x90, 0x90, 0x30, 0},
		"a group":               {0x0b, 0x0c},
		"deep nesting":          serialised(t, nested(2*MaxNesting)),
	} {
		if compareJSON(t, raw) {
			t.Errorf("%s is not parsed", name)
		}
	}
	if raw := serialised(t, nested(MaxNesting/3-1)); !compareJSON(t, raw) {
		t.Error("nesting within the limit is parsed")
	}
	if raw := serialised(t, &waE2E.Message{Conversation: proto.String(strings.Repeat("<", 1<<20))}); !compareJSON(t, raw) {
		t.Error("a long text is parsed")
	}
}

// Whatever AppendJSON writes, it is what the parser and encoding/json would.
func FuzzAppendJSON(f *testing.F) {
	for _, m := range ordinary {
		raw, err := proto.Marshal(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) { compareJSON(t, raw) })
}
