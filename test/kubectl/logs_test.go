package kubectl

import (
	"context"
	"strings"
	"testing"

	"github.com/wasession/wasession/kubectl/cli"
)

func (s *stage) logs(t *testing.T, ctx context.Context) {
	if all := s.user.ok(t, "logs", "support"); !strings.Contains(all, "msg=Serving") || !strings.Contains(all, "status=WORKING") {
		t.Errorf("all: %s", all)
	}
	if last := s.user.ok(t, "logs", "support", "--tail", "1"); strings.Count(last, "\n") != 1 {
		t.Errorf("the last line: %s", last)
	}
	if previous := s.user.ok(t, "logs", "support", "--previous"); previous == "" {
		t.Error("the last run left no log")
	}
	following, stop := context.WithCancel(ctx)
	defer stop()
	command := s.user.start(following, "logs", "support", "-f")
	command.await(t, ctx, &command.out, func(text string) bool { return strings.Contains(text, "status=WORKING") })
	s.alice.Kick()
	command.await(t, ctx, &command.out, func(text string) bool { return strings.Contains(text, "reason=Disconnected") })
	stop()
	if end := <-command.ended; end.code != cli.Interrupted {
		t.Errorf("it ended with %d and %s", end.code, end.err)
	}
	if none := s.user.run(ctx, "logs", "nobody"); none.code != cli.Failed || !strings.Contains(none.err, `there is no session "nobody"`) {
		t.Errorf("of nobody: %d %s", none.code, none.err)
	}
}
