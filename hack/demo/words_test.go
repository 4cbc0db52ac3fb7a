package main

import (
	"bytes"
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/wasession/wasession/test/chatapi"
	"github.com/wasession/wasession/test/story"
)

func TestWords(t *testing.T) {
	if got, want := count(someChats), (counts{total: 4, direct: 3, groups: 1, archived: 1, pinned: 1, unread: 2}); got != want {
		t.Errorf("counts %+v, want %+v", got, want)
	}
	if got := marks(chatapi.Chat{Pinned: true, Muted: true, Archived: true, UnreadCount: 2}); got != "pinned, muted, archived, 2 unread" {
		t.Errorf("marks %q", got)
	}
	for want, m := range map[string]*chatapi.Message{
		"(no messages)":                  nil,
		"a b":                            {Body: " a\n\tb "},
		"me: hello":                      {Body: "hello", FromMe: true},
		"(a file)":                       {HasMedia: true},
		strings.Repeat("ü", 59) + "…":    {Body: strings.Repeat("ü", 80)},
		"me: " + strings.Repeat("x", 60): {Body: strings.Repeat("x", 60), FromMe: true},
	} {
		if got := oneLine(m); got != want {
			t.Errorf("%+v reads %q, want %q", m, got, want)
		}
	}
}

func TestStory(t *testing.T) {
	var out bytes.Buffer
	story := story.New(&out)
	story.Chapter("Starting")
	story.Step("%d things", 3)
	story.Block("one\ntwo\n")
	want := regexp.MustCompile(`^\nStarting\n    0\.\d\d s  3 things\n    one\n    two\n$`)
	if !want.Match(out.Bytes()) {
		t.Errorf("the story reads %q", out.String())
	}
}

func TestExplain(t *testing.T) {
	broken := errors.New("broken")
	ended, end := contextWithCause(t)
	if err := explain(t.Context(), t.Context(), broken); !errors.Is(err, broken) || err.Error() != "broken" {
		t.Errorf("a plain error reads %q", err)
	}
	if err := explain(ended, ended, broken); !errors.Is(err, broken) || !strings.HasPrefix(err.Error(), "interrupted") {
		t.Errorf("after Ctrl-C it reads %q", err)
	}
	if err := explain(t.Context(), ended, broken); !errors.Is(err, broken) || !errors.Is(err, end) {
		t.Errorf("after the timeout it reads %q", err)
	}
	if err := explain(t.Context(), ended, end); err.Error() != end.Error() {
		t.Errorf("a cause that was already printed reads %q", err)
	}
}

func contextWithCause(t *testing.T) (context.Context, error) {
	t.Helper()
	cause := errors.New("took too long")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(cause)
	return ctx, cause
}
