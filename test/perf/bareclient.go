package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/wasession/wasession/test/simulator"
)

// bareClient is a running bare whatsmeow client: test/perf/bare.
type bareClient struct {
	*child
	lines <-chan string
}

// startBare runs the bare client on a data directory.
func (l *lab) startBare(dir string) (*bareClient, error) {
	lines := make(chan string, 100)
	c, err := l.spawn(lines, nil, l.bare, dir)
	if err != nil {
		return nil, fmt.Errorf("%w; hack/make/build.sh bare makes the bare client", err)
	}
	return &bareClient{child: c, lines: lines}, nil
}

// pair links a client that is waiting for it, and returns once the phone sees
// it.
func (b *bareClient) pair(ctx context.Context, user *simulator.User) (*simulator.Companion, error) {
	code := ""
	if err := b.line(ctx, b.lines, func(line string) (ok bool) {
		code, ok = strings.CutPrefix(line, "qr ")
		return ok
	}); err != nil {
		return nil, err
	}
	comp, err := user.ScanQR(ctx, code)
	if err != nil {
		return nil, err
	}
	return comp, comp.WaitConnected(ctx)
}

// send sends a word to a contact n times, one by one.
func (b *bareClient) send(ctx context.Context, to *simulator.User, n int, word string) error {
	if _, err := io.WriteString(b.input, fmt.Sprintf("send %d %s %s\n", n, to.LID(), word)); err != nil {
		return err
	}
	return b.line(ctx, b.lines, func(line string) bool { return line == "sent" })
}
