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
