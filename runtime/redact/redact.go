// Package redact keeps phone numbers out of logs: only the last four digits of a
// number are written.
package redact

import (
	"context"
	"fmt"
	"log/slog"
	"regexp"
)

// number matches possible phone numbers and LIDs: seven or more digits that are
// not part of a longer word such as a digest.
var number = regexp.MustCompile(`(^|[^0-9A-Za-z])\+?[0-9]{3,}([0-9]{4})($|[^0-9A-Za-z])`)

// Text shortens the numbers in s.
func Text(s string) string {
	// Twice, since adjacent numbers can share a separator.
	for range 2 {
		s = number.ReplaceAllString(s, "$1…$2$3")
	}
	return s
}

// handler shortens numbers in the records it forwards.
type handler struct{ next slog.Handler }

// Handler shortens the numbers in messages and attributes of records at Info and
// above. Debug records keep them for troubleshooting.
func Handler(next slog.Handler) slog.Handler { return handler{next} }

// Enabled implements slog.Handler.
func (h handler) Enabled(ctx context.Context, level slog.Level) bool {
	return h.next.Enabled(ctx, level)
}

// Handle implements slog.Handler.
func (h handler) Handle(ctx context.Context, r slog.Record) error {
	if r.Level < slog.LevelInfo {
		return h.next.Handle(ctx, r)
	}
	out := slog.NewRecord(r.Time, r.Level, Text(r.Message), r.PC)
	r.Attrs(func(a slog.Attr) bool {
		out.AddAttrs(attr(a))
		return true
	})
	return h.next.Handle(ctx, out)
}

// WithAttrs implements slog.Handler.
func (h handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	shortened := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		shortened[i] = attr(a)
	}
	return handler{h.next.WithAttrs(shortened)}
}

// WithGroup implements slog.Handler.
func (h handler) WithGroup(name string) slog.Handler { return handler{h.next.WithGroup(name)} }

func attr(a slog.Attr) slog.Attr {
	switch v := a.Value.Resolve(); v.Kind() {
	case slog.KindString:
		return slog.String(a.Key, Text(v.String()))
	case slog.KindGroup:
		var inner []any
		for _, g := range v.Group() {
			inner = append(inner, attr(g))
		}
		return slog.Group(a.Key, inner...)
	case slog.KindAny:
		return slog.String(a.Key, Text(fmt.Sprint(v.Any())))
	default:
		return a
	}
}
