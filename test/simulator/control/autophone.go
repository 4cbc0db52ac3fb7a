package control

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/wasession/wasession/test/simulator"
)

// firstAutoNumber is the number of the auto-phone's first account; the next
// ones count up.
const firstAutoNumber = 15550001000

// AutoPhone stands for many phones: it uses a new one for each QR code, with an
// account that already has some chats.
type AutoPhone struct {
	srv *simulator.Server

	mu    sync.Mutex
	next  int
	spare []*simulator.User // whose scan failed
}

// NewAutoPhone returns the auto-phone of a simulator.
func NewAutoPhone(srv *simulator.Server) *AutoPhone { return &AutoPhone{srv: srv} }

// Scan creates an account and links the client that shows the code to it. The
// client gets the history after it has logged in.
func (p *AutoPhone) Scan(ctx context.Context, code string) (*simulator.User, error) {
	u, err := p.take(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := u.ScanQR(ctx, code); err != nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.spare = append(p.spare, u)
		return nil, err
	}
	return u, nil
}

// take returns an account that no client is linked to.
func (p *AutoPhone) take(ctx context.Context) (*simulator.User, error) {
	p.mu.Lock()
	if last := len(p.spare) - 1; last >= 0 {
		defer p.mu.Unlock()
		u := p.spare[last]
		p.spare = p.spare[:last]
		return u, nil
	}
	u, seed := p.fresh()
	p.mu.Unlock()
	spec, err := Fixture("demo", time.Now())
	if err != nil {
		return nil, err
	}
	spec.Seed = seed
	return u, Populate(ctx, u, spec)
}

// fresh creates an account with an unused number. The caller holds p.mu.
func (p *AutoPhone) fresh() (u *simulator.User, seed uint64) {
	for {
		p.next++
		number := strconv.Itoa(firstAutoNumber + p.next - 1)
		if p.srv.User(number) == nil {
			return p.srv.AddUser(number, "", fmt.Sprintf("Phone %d", p.next)), uint64(p.next)
		}
	}
}
