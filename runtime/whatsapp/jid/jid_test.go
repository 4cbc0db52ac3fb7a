package jid

import (
	"testing"

	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/runtime/chat"
)

func TestChatID(t *testing.T) {
	for in, want := range map[string]chat.ID{
		"15550001111@s.whatsapp.net":    "15550001111@c.us",
		"15550001111:12@s.whatsapp.net": "15550001111@c.us",
		"15550001111@c.us":              "15550001111@c.us",
		"15550001111@hosted":            "15550001111@c.us",
		"123456@lid":                    "123456@lid",
		"123456:3@lid":                  "123456@lid",
		"123456@hosted.lid":             "123456@lid",
		"120363000000000001@g.us":       "120363000000000001@g.us",
		"15550001111-1500000000@g.us":   "15550001111-1500000000@g.us",
		"status@broadcast":              "status@broadcast",
		"120363000000000002@newsletter": "120363000000000002@newsletter",
		"s.whatsapp.net":                "",
		"somebody@msgr":                 "",
		"":                              "",
	} {
		if got := ParseChatID(in); got != want {
			t.Errorf("ParseChatID(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestJIDOf(t *testing.T) {
	for in, want := range map[chat.ID]types.JID{
		"15550001111@c.us": types.NewJID("15550001111", types.DefaultUserServer),
		"123456@lid":       types.NewJID("123456", types.HiddenUserServer),
		"12036@g.us":       types.NewJID("12036", types.GroupServer),
		"status@broadcast": types.StatusBroadcastJID,
		"":                 types.EmptyJID,
	} {
		if got := Of(in); got != want {
			t.Errorf("Of(%q) = %v, want %v", in, got, want)
		}
	}
}

func TestAddressesAndIDsThereAndBack(t *testing.T) {
	for _, id := range []chat.ID{"15550001111@c.us", "123456@lid", "120363000000000001@g.us", "15550001111-1500000000@g.us", "status@broadcast", "1500000000@broadcast", "1203@newsletter"} {
		if got := ChatID(Of(id)); got != id {
			t.Errorf("%s comes back as %q", id, got)
		}
		if got := ParseChatID(Of(id).String()); got != id {
			t.Errorf("%s is read back as %q", id, got)
		}
	}
}

// Addresses in messages are what a sender likes.
func TestAddressesThatNobodyCanHave(t *testing.T) {
	for _, j := range []types.JID{
		types.NewJID("", types.DefaultUserServer), types.NewJID("1 2", types.DefaultUserServer), types.NewJID("../x", types.GroupServer),
		types.NewJID("12\n", types.HiddenUserServer), types.NewJID("everybody", types.BroadcastServer), types.NewJID("1", "evil.example"),
	} {
		if got := ChatID(j); got != "" {
			t.Errorf("%q is the chat %q", j.User+"@"+j.Server, got)
		}
	}
	if got := ParseChatID("a.b.c:x@s.whatsapp.net"); got != "" {
		t.Errorf("a broken address is %q", got)
	}
}

func TestKindsOfAddresses(t *testing.T) {
	for server, want := range map[string][2]bool{
		types.DefaultUserServer: {true, false}, types.LegacyUserServer: {true, false}, types.HostedServer: {true, false},
		types.HiddenUserServer: {false, true}, types.HostedLIDServer: {false, true},
		types.GroupServer: {}, types.BroadcastServer: {}, types.NewsletterServer: {}, "": {},
	} {
		j := types.NewJID("1", server)
		if IsPhone(j) != want[0] || IsLID(j) != want[1] {
			t.Errorf("%s: phone %t, LID %t", server, IsPhone(j), IsLID(j))
		}
	}
}

func TestText(t *testing.T) {
	for _, id := range []chat.ID{
		"", "@", "1", "1@", "@c.us", "@lid", "12035550021@c.us", "9001@lid", "120363000000000001@g.us", "status@broadcast", "1@c.us@lid", "1@s.whatsapp.net",
	} {
		if got, want := Text(id), Of(id).String(); got != want {
			t.Errorf("%q is %q, want %q", id, got, want)
		}
	}
}
