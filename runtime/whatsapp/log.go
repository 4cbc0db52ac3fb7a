package whatsapp

import (
	"context"
	"fmt"
	"log/slog"

	signallog "go.mau.fi/libsignal/logger"
	waBinary "go.mau.fi/whatsmeow/binary"
	waLog "go.mau.fi/whatsmeow/util/log"
)

// engineLog passes whatsmeow's log on to slog. Stanzas are reduced to their tag:
// they hold message bodies, addresses and pairing secrets.
type engineLog struct{ log *slog.Logger }

func newEngineLog(log *slog.Logger) waLog.Logger { return engineLog{log: log} }

func (l engineLog) Debugf(msg string, args ...any) { l.print(slog.LevelDebug, msg, args) }

// Infof logs at debug level: beside the session's own log, whatsmeow's
// information is detail.
func (l engineLog) Infof(msg string, args ...any)  { l.print(slog.LevelDebug, msg, args) }
func (l engineLog) Warnf(msg string, args ...any)  { l.print(slog.LevelWarn, msg, args) }
func (l engineLog) Errorf(msg string, args ...any) { l.print(slog.LevelWarn, msg, args) }

// Sub implements waLog.Logger.
func (l engineLog) Sub(module string) waLog.Logger {
	return engineLog{log: l.log.With("part", module)}
}

func (l engineLog) print(level slog.Level, msg string, args []any) {
	if !l.log.Enabled(context.Background(), level) {
		return
	}
	safe := make([]any, len(args))
	for i, a := range args {
		safe[i] = redact(a)
	}
	l.log.Log(context.Background(), level, fmt.Sprintf(msg, safe...))
}

// redact reduces an argument to what may be logged.
func redact(arg any) any {
	switch v := arg.(type) {
	case *waBinary.Node:
		if v == nil {
			return "<>"
		}
		return "<" + v.Tag + ">"
	case waBinary.Node:
		return "<" + v.Tag + ">"
	case []byte:
		return fmt.Sprintf("(%d bytes)", len(v))
	case string:
		const longest = 200
		if len(v) > longest {
			return v[:longest] + "…"
		}
	}
	return arg
}

// signalLog passes the log of libsignal, which defaults to stdout, on to slog.
// Its messages describe sessions and counters, never content.
type signalLog struct{ log *slog.Logger }

// LogSignal sets the process-wide logger of libsignal. A command calls it before
// it opens an account.
func LogSignal(log *slog.Logger) {
	var l signallog.Loggable = signalLog{log: log.With("part", "signal")}
	signallog.Setup(&l)
}

func (l signalLog) Debug(_, _ string)          {}
func (l signalLog) Info(_, _ string)           {}
func (l signalLog) Warning(caller, msg string) { l.log.Debug(msg, "at", caller) }
func (l signalLog) Error(caller, msg string)   { l.log.Debug(msg, "at", caller) }
func (l signalLog) Configure(_ string)         {}
