package whatsapp

import (
	"log/slog"
	"strings"
	"testing"

	signallog "go.mau.fi/libsignal/logger"
	waBinary "go.mau.fi/whatsmeow/binary"
)

// The log holds no message, address or secret, whatever whatsmeow prints.
func TestTheLogOfTheEngine(t *testing.T) {
	var out strings.Builder
	log := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	engine := clientLog{newEngineLog(log), newBacklog()}
	node := waBinary.Node{Tag: "message", Content: []byte("hush")}
	engine.Infof("got %v and %v and %v", &node, node, (*waBinary.Node)(nil))
	engine.Debugf("bytes %v", []byte("hush"))
	engine.Warnf("text %s", strings.Repeat("x", 300))
	engine.Errorf("number %d", 7)
	engine.Sub("Recv").Debugf("%s", &node)
	engine.Sub("Send").Debugf("%s", &node)
	engine.Sub("Recv").Errorf("hush")
	engine.Sub("Send").Warnf("hush")
	engine.Sub("Send").Sub("Deeper").Warnf("hush")
	engine.Sub("Pair").Warnf("told")
	got := out.String()
	for _, want := range []string{"level=DEBUG msg=\"got <message> and <message> and <>\"", "(4 bytes)", "x…", "level=WARN msg=\"number 7\"", "part=Pair"} {
		if !strings.Contains(got, want) {
			t.Errorf("the log lacks %q:\n%s", want, got)
		}
	}
	if strings.Contains(got, "hush") || strings.Contains(got, strings.Repeat("x", 201)) {
		t.Errorf("the log holds what it must not:\n%s", got)
	}
	out.Reset()
	LogSignal(log)
	signallog.Debug("silent")
	signallog.Info("silent")
	signallog.Warning("a counter")
	signallog.Error("a session")
	if got := out.String(); strings.Contains(got, "silent") || strings.Count(got, "level=DEBUG") != 2 || !strings.Contains(got, "part=signal") {
		t.Errorf("libsignal's log is\n%s", got)
	}
	quiet := newEngineLog(slog.New(slog.NewTextHandler(&out, nil)))
	out.Reset()
	if quiet.Debugf("detail"); out.Len() != 0 {
		t.Errorf("a level that is off prints %s", out.String())
	}
}
