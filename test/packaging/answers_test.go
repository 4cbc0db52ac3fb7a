package packaging

import (
	"context"
	"net"
	"testing"
	"time"

	testcluster "github.com/wasession/wasession/test/cluster"
)

// freeAddress is an address on which nothing listens yet.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// awaitAnswer asks a command that was started until its answer is good, and returns it. If
// none is, or running ends before, it fails with the last answer and the command's log.
func awaitAnswer(running context.Context, t *testing.T, log *logBuffer, ask func() (answer string, good bool)) (answer string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(running, 2*time.Minute)
	defer cancel()
	if err := testcluster.Eventually(ctx, func() (good bool, err error) {
		answer, good = ask()
		return good, nil
	}); err != nil {
		t.Fatalf("%v; the last answer is %q\n%s", err, answer, log)
	}
	return answer
}
