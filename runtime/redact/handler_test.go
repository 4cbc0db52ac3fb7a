package redact

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
)

type called struct{ times *int }

func (c called) LogValue() slog.Value { *c.times++; return slog.StringValue("15550001111") }

func TestNumbersAreShortenedWhereverTheyAre(t *testing.T) {
	times := 0
	for name, write := range map[string]func(*slog.Logger){
		"the message":         func(l *slog.Logger) { l.Info("from 15550001111") },
		"a text":              func(l *slog.Logger) { l.Info("m", "a", "15550001111@c.us") },
		"an error":            func(l *slog.Logger) { l.Error("m", "error", errors.New("to 15550001111")) },
		"a list":              func(l *slog.Logger) { l.Warn("m", "a", []string{"x", "15550001111"}) },
		"a nested group":      func(l *slog.Logger) { l.Info("m", slog.Group("g", slog.Group("h", "a", "15550001111"))) },
		"attributes of With":  func(l *slog.Logger) { l.With("a", "15550001111").Info("m") },
		"after WithGroup":     func(l *slog.Logger) { l.WithGroup("g").With("a", "15550001111").Info("m", "b", "15550001111") },
		"a value made later":  func(l *slog.Logger) { l.Info("m", "a", called{&times}) },
		"a level of its own":  func(l *slog.Logger) { l.Log(context.Background(), slog.LevelError+4, "15550001111") },
		"between other words": func(l *slog.Logger) { l.Info("m", "a", "x,15550001111,15550001111;") },
	} {
		var out bytes.Buffer
		write(slog.New(Handler(slog.NewTextHandler(&out, nil))))
		if text := out.String(); strings.Contains(text, "5550001111") || !strings.Contains(text, "…1111") {
			t.Errorf("%s: %s", name, text)
		}
	}
	if times != 1 {
		t.Errorf("the value was made %d times", times)
	}
}

func TestValuesThatAreNoTextsStay(t *testing.T) {
	var out bytes.Buffer
	slog.New(Handler(slog.NewTextHandler(&out, nil))).Info("m", "n", 15550001111, "ok", true, "f", 1.5)
	for _, want := range []string{"n=15550001111", "ok=true", "f=1.5", "msg=m"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s is missing: %s", want, out.String())
		}
	}
}

func TestTheLevelIsThatOfTheNextHandler(t *testing.T) {
	h := Handler(slog.NewTextHandler(&bytes.Buffer{}, &slog.HandlerOptions{Level: slog.LevelWarn}))
	for level, want := range map[slog.Level]bool{slog.LevelDebug: false, slog.LevelInfo: false, slog.LevelWarn: true, slog.LevelError: true} {
		if h.Enabled(t.Context(), level) != want {
			t.Errorf("%s: %v", level, !want)
		}
	}
}

func TestShorteningTwiceChangesNothing(t *testing.T) {
	for _, in := range []string{"", "15550001111", "15550001111 15550002222", "1234567", "123456", "a1234567", "é15550001111", strings.Repeat("15550001111 ", 1000)} {
		once := Text(in)
		if twice := Text(once); twice != once {
			t.Errorf("%.40q is %.40q, then %.40q", in, once, twice)
		}
		if strings.Contains(once, "1555000") && !strings.HasPrefix(in, "é") {
			t.Errorf("%.40q is %.40q", in, once)
		}
	}
}

func TestLoggingFromManyGoroutines(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(Handler(slog.NewTextHandler(&out, nil))).With("account", "15550001111")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				log.Info("to 15550002222", slog.Group("g", "id", "15550003333"))
			}
		})
	}
	wg.Wait()
	if text := out.String(); strings.Count(text, "\n") != 400 || strings.Contains(text, "1555000") {
		t.Errorf("%d lines, numbers shown: %v", strings.Count(text, "\n"), strings.Contains(text, "1555000"))
	}
}
