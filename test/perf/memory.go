package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/wasession/wasession/test/perf/figures"
	"github.com/wasession/wasession/test/simulator"
)

const (
	// reads is how many pages each client of the API requests in a burst.
	reads      = 150
	readBursts = 3
	// restTime is the time from the bursts to reading the memory.
	restTime = 30 * time.Second
)

// workMessages is how many messages a session receives before its memory after
// work is read.
const workMessages = 2000

// measureMemory reads the memory of idle connected sessions.
func measureMemory(ctx context.Context, l *lab) error {
	contact := l.user("Contact")
	ours, err := l.ours(ctx)
	if err != nil {
		return err
	}
	theirs, err := l.theirs(ctx)
	if err != nil {
		return err
	}
	worked := [2]figures.Memory{}
	for i, p := range []*peer{ours, theirs} {
		if worked[i], err = p.afterWork(ctx, contact); err != nil {
			return err
		}
	}
	l.reportAnonymous("memory.worked-anonymous", worked[0], worked[1], fmt.Sprintf("idle, after %d messages were received", workMessages))
	bare, err := l.restarted(ctx, theirs)
	if err != nil {
		return err
	}
	if err := ours.stop(); err != nil {
		return err
	}
	for _, name := range []string{"small", "large"} {
		a, err := l.imported(ctx, name)
		if err != nil {
			return err
		}
		if err := l.idle(ctx, name, a, bare); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func (l *lab) reportAnonymous(name string, ours, bare figures.Memory, note string) {
	l.report(figures.Figure{Name: name, Ours: ours.Anonymous, Against: bare.Anonymous, Ratio: ours.Anonymous / bare.Anonymous, Unit: "MB", Note: note})
}

// afterWork returns the memory of a peer that has received messages and is idle
// again.
func (p *peer) afterWork(ctx context.Context, contact *simulator.User) (figures.Memory, error) {
	if err := p.meet(ctx, contact); err != nil {
		return figures.Memory{}, err
	}
	batch, err := p.comp.Prepare(ctx, lines([]*simulator.User{contact}, workMessages, "work, "))
	if err != nil {
		return figures.Memory{}, err
	}
	batch.Send()
	if err := p.comp.WaitAcked(ctx, batch.IDs()...); err != nil {
		return figures.Memory{}, err
	}
	return p.settled(ctx)
}

// restarted returns the memory of a bare client that was restarted and is idle.
// It stops the client at the end.
func (l *lab) restarted(ctx context.Context, p *peer) (figures.Memory, error) {
	if err := p.stop(); err != nil {
		return figures.Memory{}, err
	}
	if err := p.comp.WaitDisconnected(ctx); err != nil {
		return figures.Memory{}, err
	}
	b, err := l.startBare(p.dir)
	if err != nil {
		return figures.Memory{}, err
	}
	if err := p.comp.WaitConnected(ctx); err != nil {
		return figures.Memory{}, err
	}
	m, err := b.settled(ctx)
	if err != nil {
		return figures.Memory{}, err
	}
	return m, b.stop()
}

// idle reads the memory of a runtime started on an account; for the large one
// also after bursts of reading.
func (l *lab) idle(ctx context.Context, name string, a *account, bare figures.Memory) error {
	r, err := l.start(ctx, a.dir)
	if err != nil {
		return err
	}
	r.quiet()
	if err := r.working(ctx); err != nil {
		return err
	}
	m, err := r.settled(ctx)
	if err != nil {
		return err
	}
	l.report(figures.Figure{Name: "memory." + name + "-rss", Ours: m.Now, Unit: "MB",
		Note: fmt.Sprintf("connected and idle, %d messages stored; the bare client has %s MB", a.messages, figures.Number(bare.Now))})
	l.reportAnonymous("memory."+name+"-anonymous", m, bare, "without the mapped program, both after a restart")
	l.report(figures.Figure{Name: "memory." + name + "-imported", Ours: a.memory.Anonymous, Unit: "MB", Note: "anonymous, some seconds after the import"})
	if name == "large" {
		if err := l.afterReading(ctx, r); err != nil {
			return err
		}
	}
	return r.stop()
}

// afterReading lets several clients read pages, and reads the memory some time
// later.
func (l *lab) afterReading(ctx context.Context, r *runtime) error {
	var chats []struct{ ID string }
	if _, err := r.get(ctx, "/api/"+sessionName+"/chats?limit=100", &chats); err != nil {
		return err
	}
	peak := figures.Memory{}
	for range readBursts {
		var group errgroup.Group
		for c := range clients {
			group.Go(func() error {
				for i := range reads {
					path := "/api/" + sessionName + readPath(c*reads+i, url.PathEscape(chats[(c*reads+i)%len(chats)].ID))
					if _, err := r.call(ctx, http.MethodGet, path, nil, nil); err != nil {
						return err
					}
				}
				return nil
			})
		}
		if err := group.Wait(); err != nil {
			return err
		}
		m, err := r.memory()
		if err != nil {
			return err
		}
		peak.Anonymous = max(peak.Anonymous, m.Anonymous)
	}
	select {
	case <-time.After(restTime):
	case <-ctx.Done():
		return ctx.Err()
	}
	m, err := r.memory()
	l.report(figures.Figure{Name: "memory.large-read", Ours: m.Anonymous, Unit: "MB",
		Note: fmt.Sprintf("anonymous, %s after %d pages were read by %d clients; %s MB right after", restTime, readBursts*clients*reads, clients, figures.Number(peak.Anonymous))})
	return err
}

// readPath returns the path of one of many pages, near and far.
func readPath(i int, chat string) string {
	switch i % 3 {
	case 0:
		return fmt.Sprintf("/chats/overview?limit=20&offset=%d", 37*i%9000)
	case 1:
		return fmt.Sprintf("/chats?limit=100&offset=%d", 53*i%9000)
	}
	return fmt.Sprintf("/chats/%s/messages?limit=100&downloadMedia=false", chat)
}
