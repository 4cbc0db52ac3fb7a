package cli

import (
	"strings"
	"testing"
)

func TestANoteIsOneLineWithoutCommands(t *testing.T) {
	var said strings.Builder
	Streams{Err: &said}.Note("Waiting for %s", hostile)
	if said.String() != "Waiting for [2J]0;title31mgnp.exe line two tab\n" {
		t.Errorf("it says %q", said.String())
	}
}
