package main

import (
	"os"
	"path/filepath"
	"testing"
)

const twoRaces = `==================
WARNING: DATA RACE
Read at 0x00c000018268 by goroutine 9:
  sync/atomic.LoadInt64()
      /usr/local/go/src/runtime/race_amd64.s:206 +0xb
  go.mau.fi/whatsmeow.(*Client).A()
      /m/a.go:3 +0x35

Previous write at 0x00c000018268 by goroutine 8:
  go.mau.fi/whatsmeow.(*Client).B.func1()
      /m/b.go:3 +0x118
  example.org/ours.Call()
      /m/b.go:4 +0x12

Goroutine 9 (running) created at:
  example.org/ours.Start()
      /m/c.go:4 +0xfc
==================
==================
WARNING: DATA RACE
Write at 0x00c000018308 by goroutine 11:
  example.org/ours.Set()
      /m/a.go:3 +0x35

Previous read at 0x00c000018308 by goroutine 10:
  go.mau.fi/whatsmeow.(*Client).A()
      /m/a.go:3 +0x35
==================
`

func TestARaceCountsUnlessBothItsStacksAreKnown(t *testing.T) {
	known, err := readKnown("# why\ngo.mau.fi/whatsmeow.(*Client).B.func1 | go.mau.fi/whatsmeow.(*Client).A # of old\n")
	if err != nil {
		t.Fatal(err)
	}
	reports := parseReports(twoRaces)
	if len(reports) != 2 {
		t.Fatalf("%d reports read, want 2", len(reports))
	}
	if !known.excuses(reports[0]) {
		t.Errorf("%s counts, but is known", reports[0])
	}
	if known.excuses(reports[1]) {
		t.Errorf("%s does not count, but one of its stacks is ours", reports[1])
	}
	if known, err = readKnown("go.mau.fi/whatsmeow.(*Client).A | go.mau.fi/whatsmeow**\n"); err != nil {
		t.Fatal(err)
	}
	if !known.excuses(reports[0]) || known.excuses(reports[1]) {
		t.Error("** must match all functions of whatsmeow, and no others")
	}
}

func TestJudgeComplainsOfARace(t *testing.T) {
	dir := t.TempDir()
	if err := judge(dir); err != nil {
		t.Errorf("without a report: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "report.1"), []byte(twoRaces), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := judge(dir); err == nil {
		t.Error("a race of ours is not reported")
	}
}

func TestKnownFileIsReadable(t *testing.T) {
	if _, err := readKnown(knownFile); err != nil {
		t.Error(err)
	}
	if _, err := readKnown("half a pair\n"); err == nil {
		t.Error("a line with one function is accepted")
	}
}

func TestTheEditsFitThisVersionOfGo(t *testing.T) {
	if _, err := writeOverlay(t.Context(), t.TempDir()); err != nil {
		t.Error(err)
	}
	if _, err := edited("package testing"); err == nil {
		t.Error("a source without the lines is accepted")
	}
}
