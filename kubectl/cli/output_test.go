package cli

import (
	"encoding/json"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// hostile is a name that clears the screen, sets the title, begins a command with the
// one-byte form, and turns the direction of writing.
const hostile = "\x1b[2J\x1b]0;title\a\u009b31m\u202egnp.exe\x7f\x00\nline two\ttab"

func TestForeignTextIsNoCommandInAnyFormat(t *testing.T) {
	type row struct {
		Name string `json:"name"`
	}
	for _, format := range []Format{Table, JSON, YAML} {
		var out strings.Builder
		err := format.Print(&out, row{hostile}, func(w *Rows) { w.Add(hostile, "next") })
		if err != nil {
			t.Fatal(err)
		}
		if at := strings.IndexFunc(out.String(), command); at >= 0 {
			t.Errorf("%q: %q", format, out.String())
		}
		switch format {
		case Table:
			if out.String() != "[2J]0;title31mgnp.exe line two tab   next\n" {
				t.Errorf("table: %q", out.String())
			}
			continue
		case JSON:
			err = json.Unmarshal([]byte(out.String()), &row{})
		}
		var read row
		if err != nil || yaml.Unmarshal([]byte(out.String()), &read) != nil || read.Name != hostile {
			t.Errorf("%q is read as %q, %v", format, read.Name, err)
		}
	}
}

func TestYAMLIsPlainWhereItCanBe(t *testing.T) {
	var out strings.Builder
	if err := YAML.Print(&out, map[string]string{"name": "Zoë"}, nil); err != nil || out.String() != "name: Zoë\n" {
		t.Errorf("%q, %v", out.String(), err)
	}
}
