package pacing

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
)

func TestWarmUp(t *testing.T) {
	const day = 24 * time.Hour
	l := Limits{PerMinute: 20, PerContact: 2, NewPerDay: 50, WarmUp: 10 * day}
	for _, c := range []struct {
		age  time.Duration
		want [3]int
	}{
		{0, [3]int{2, 1, 5}}, {12 * time.Hour, [3]int{2, 1, 5}}, {3 * day, [3]int{6, 1, 15}}, {5 * day, [3]int{10, 1, 25}},
		{9 * day, [3]int{18, 1, 45}}, {10 * day, [3]int{20, 2, 50}}, {1000 * day, [3]int{20, 2, 50}}, {-day, [3]int{2, 1, 5}},
	} {
		got := l.At(noon, noon.Add(-c.age))
		if [3]int{got.PerMinute, got.PerContact, got.NewPerDay} != c.want {
			t.Errorf("after %s: %+v, want %v", c.age, got, c.want)
		}
	}
	if got := l.At(noon, time.Time{}); got.NewPerDay != 5 {
		t.Errorf("not linked yet: %+v", got)
	}
	if got := (Limits{NewPerDay: 3}).At(noon, noon); got.NewPerDay != 3 || got.PerMinute != 0 {
		t.Errorf("without a warm-up: %+v", got)
	}
	if got := (Limits{NewPerDay: 3, WarmUp: day}).At(noon, noon); got.NewPerDay != 1 || got.PerMinute != 0 {
		t.Errorf("a limit that is not set: %+v", got)
	}
}

func TestCompile(t *testing.T) {
	if l, err := Compile(nil); l != nil || err != nil {
		t.Errorf("nothing compiles to %v, %v", l, err)
	}
	l, err := Compile(&v1.Sending{PerMinute: 20, PerContactPerMinute: 5, NewContactsPerDay: 100, WarmUpSeconds: 86400})
	if want := (Limits{20, 5, 100, 24 * time.Hour}); err != nil || *l != want {
		t.Errorf("compiled to %+v, %v", l, err)
	}
	for field, c := range map[string]v1.Sending{
		"perMinute": {PerMinute: 601}, "perContactPerMinute": {PerContactPerMinute: -1}, "newContactsPerDay": {NewContactsPerDay: 10001},
		"warmUpSeconds": {WarmUpSeconds: 7776001},
	} {
		if _, err := Compile(&c); err == nil || !strings.HasPrefix(err.Error(), "sending."+field+" must be") {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func TestJudge(t *testing.T) {
	for name, c := range map[string]struct {
		err   error
		tries int
		want  Outcome
	}{
		"sent":                   {nil, 1, Ended},
		"refused":                {fmt.Errorf("%w: x", chat.ErrRefused), 1, Ended},
		"nobody has the number":  {fmt.Errorf("%w: %w", chat.ErrNotSent, chat.ErrNobody), 1, Ended},
		"too often":              {fmt.Errorf("%w: x", chat.Limited{}), 9, Paused},
		"not connected":          {chat.ErrNotConnected, 9, Retried},
		"no answer":              {chat.ErrUnanswered, 1, Doubtful},
		"no answer, again":       {chat.ErrUnanswered, MaxTries, Given},
		"an error that may pass": {chat.ErrNotSent, 2, Doubtful},
		"and does not":           {chat.ErrNotSent, MaxTries, Given},
		"anything else":          {errors.Join(context.Canceled), 1, Doubtful},
	} {
		if got := Judge(c.err, c.tries); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
