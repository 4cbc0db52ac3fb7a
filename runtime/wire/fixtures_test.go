package wire

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
)

var update = flag.Bool("update", false, "write the golden files")

// golden compares a value's JSON with a file under testdata.
func golden(t *testing.T, name string, v any) {
	t.Helper()
	got, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	file := filepath.Join("testdata", name+".json")
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("%s:\n%s\nwant:\n%s", name, got, want)
	}
}

// raw stands for the engine's form.
func raw(m chat.Message) any { return map[string]any{"Info": map[string]any{"ID": m.Stanza}} }

const (
	bob   chat.ID = "11111111111@c.us"
	group chat.ID = "120363020@g.us"
	lid   chat.ID = "987654321@lid"
)

func incoming() chat.Message {
	return chat.Message{
		Chat: bob, Arrived: bob, Stanza: "3EB0AAAA", Timestamp: 1666943582,
		Ack: chat.AckDevice, Type: chat.TypeText, Body: "Hi!",
	}
}

func voice() chat.Message {
	m := incoming()
	m.Type, m.Body = chat.TypeVoice, ""
	m.Media = &chat.Media{MIMEType: "audio/ogg; codecs=opus", Size: 1234}
	return m
}
