package command

import (
	"strings"
	"testing"
)

func TestALogCannotCommandTheTerminal(t *testing.T) {
	var out strings.Builder
	long := strings.Repeat("x", 70_000)
	if err := copyLines(&out, strings.NewReader("one\x1b[2J\r\n\u009b31mtwo\n"+long)); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); !strings.HasPrefix(got, "one[2J\n31mtwo\nxxx") {
		t.Errorf("printed %.60q", got)
	}
	if strings.Count(out.String(), "x") != len(long) {
		t.Error("a part of the long line is missing")
	}
}
