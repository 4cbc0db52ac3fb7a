package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/sync/errgroup"
)

const (
	// reads is how many pages each client of the API asks for in a burst.
	reads      = 150
	readBursts = 3
	// restTime is how long after the bursts the memory is read.
	restTime = 30 * time.Second
)

// measureMemory reads the memory of connected sessions that have nothing to do.
func measureMemory(ctx context.Context, l *lab) error {
	bare, err := l.idleBare(ctx)
	if err != nil {
		return err
	}
	for _, name := range []string{"small", "large"} {
		spec := small
		if name == "large" {
			spec = large
		}
		a, err := l.imported(ctx, name, spec(time.Now()))
		if err != nil {
			return err
		}
		if err := l.idle(ctx, name, a, bare); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// idleBare is the memory of an idle bare client.
func (l *lab) idleBare(ctx context.Context) (memory, error) {
	p, err := l.theirs(ctx)
	if err != nil {
		return memory{}, err
	}
	if err := p.stop(); err != nil {
		return memory{}, err
	}
	if err := p.comp.WaitDisconnected(ctx); err != nil {
		return memory{}, err
	}
	b, err := l.startBare(p.dir)
	if err != nil {
		return memory{}, err
	}
	if err := p.comp.WaitConnected(ctx); err != nil {
		return memory{}, err
	}
	m, err := b.settled(ctx)
	if err != nil {
		return memory{}, err
	}
	return m, b.stop()
}

// idle reads the memory of a runtime that was started on an account, and that of the
// large one also after bursts of reading.
func (l *lab) idle(ctx context.Context, name string, a *account, bare memory) error {
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
	l.report(figure{name: "memory." + name + "-rss", ours: m.now, unit: "MB", note: fmt.Sprintf("connected and idle, %d messages stored", a.messages)})
	l.report(figure{name: "memory." + name + "-anonymous", ours: m.anonymous, bare: bare.anonymous, ratio: m.anonymous / bare.anonymous, unit: "MB",
		note: "without the mapped program"})
	l.report(figure{name: "memory." + name + "-imported", ours: a.memory.anonymous, unit: "MB", note: "anonymous, some seconds after the import"})
	if name == "large" {
		if err := l.afterReading(ctx, r); err != nil {
			return err
		}
	}
	return r.stop()
}

// afterReading lets several clients read pages, and reads the memory some time later.
func (l *lab) afterReading(ctx context.Context, r *runtime) error {
	var chats []struct{ ID string }
	if _, err := r.get(ctx, "/api/"+sessionName+"/chats?limit=100", &chats); err != nil {
		return err
	}
	peak := memory{}
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
		peak.anonymous = max(peak.anonymous, m.anonymous)
	}
	select {
	case <-time.After(restTime):
	case <-ctx.Done():
		return ctx.Err()
	}
	m, err := r.memory()
	l.report(figure{name: "memory.large-read", ours: m.anonymous, unit: "MB",
		note: fmt.Sprintf("anonymous, %s after %d pages were read by %d clients; %s MB right after", restTime, readBursts*clients*reads, clients, number(peak.anonymous))})
	return err
}

// readPath is one of many pages, far and near.
func readPath(i int, chat string) string {
	switch i % 3 {
	case 0:
		return fmt.Sprintf("/chats/overview?limit=20&offset=%d", 37*i%9000)
	case 1:
		return fmt.Sprintf("/chats?limit=100&offset=%d", 53*i%9000)
	}
	return fmt.Sprintf("/chats/%s/messages?limit=100&downloadMedia=false", chat)
}
