package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"time"

	_ "modernc.org/sqlite" // the driver named "sqlite"

	"github.com/wasession/wasession/test/perf/figures"
	"github.com/wasession/wasession/test/simulator/history"
)

// importing holds the measurements of an import.
type importing struct {
	messages, chats int            // rows stored at the end
	took            time.Duration  // from the login to the last part
	cpu             time.Duration  // of the runtime during that time
	memory          figures.Memory // at the end, and its peak
	others          figures.Load
	database        float64 // MB
}

// measureImport imports a large account's history.
func measureImport(ctx context.Context, l *lab) error {
	a, err := l.imported(ctx, "large")
	if err != nil {
		return err
	}
	copied, err := l.copied(ctx, a)
	if err != nil {
		return err
	}
	l.report(figures.Figure{Name: "import.rate", Ours: float64(a.messages) / a.took.Seconds(), Unit: "messages/s", Others: a.others.Others,
		Note: fmt.Sprintf("%d messages, %d chats; %s", a.messages, a.chats, a.others)})
	rate, reference := float64(a.messages)/a.cpu.Seconds(), float64(a.messages)/copied.Seconds()
	l.report(figures.Figure{Name: "import.cpu-rate", Ours: rate, Against: reference, Ratio: rate / reference, Unit: "messages/CPU s",
		Note: "against INSERT … SELECT of the same rows, with the same driver and indexes"})
	l.report(figures.Figure{Name: "import.Peak-rss", Ours: a.memory.Peak, Unit: "MB"})
	l.report(figures.Figure{Name: "import.rss-after", Ours: a.memory.Now, Unit: "MB", Note: fmt.Sprintf("%.0f MB anonymous", a.memory.Anonymous)})
	l.report(figures.Figure{Name: "import.database", Ours: a.database, Unit: "MB"})
	return nil
}

// imported returns an account with one of the specs, in the data directory of a
// stopped runtime. It is imported only once.
func (l *lab) imported(ctx context.Context, name string) (*account, error) {
	if a := l.accounts[name]; a != nil {
		return a, nil
	}
	spec := specs[name](time.Now())
	user := l.user("Owner")
	spec.OwnPN, spec.OwnLID = user.PN(), user.LID()
	if err := user.Populate(ctx, history.NewAccount(spec)); err != nil {
		return nil, err
	}
	dir, err := l.folder(name)
	if err != nil {
		return nil, err
	}
	r, err := l.start(ctx, dir)
	if err != nil {
		return nil, err
	}
	a := &account{user: user, dir: dir}
	busy, own := figures.MachineTime(), ownTime(l)
	comp, err := r.pair(ctx, user)
	if err != nil {
		return nil, err
	}
	began, cpu := time.Now(), r.time()
	// The push names are a part of their own.
	if err := r.imports(ctx, spec.Chunks+1); err != nil {
		return nil, err
	}
	a.took, a.cpu = time.Since(began), r.time()-cpu
	a.others = figures.MachineTime().Since(busy, ownTime(l)-own)
	if err := comp.WaitIdle(ctx); err != nil {
		return nil, err
	}
	if a.memory, err = r.settled(ctx); err != nil {
		return nil, err
	}
	if err := r.stop(); err != nil {
		return nil, err
	}
	if err := a.count(ctx); err != nil {
		return nil, err
	}
	l.accounts[name] = a
	return a, nil
}

var importedPart = regexp.MustCompile(`msg="History imported"`)

// imports waits until the log reports that many imported parts.
func (r *runtime) imports(ctx context.Context, parts int) error {
	defer r.quiet()
	done := 0
	err := r.follow(ctx, func(line string) bool {
		if importedPart.MatchString(line) {
			done++
		}
		return done == parts
	})
	if err != nil {
		return fmt.Errorf("%d of %d parts of the history: %w", done, parts, err)
	}
	return nil
}

// settled returns the memory of an idle process: one that has hardly used the
// processor for some seconds.
func (c *child) settled(ctx context.Context) (figures.Memory, error) {
	const quiet, hardly = 4, 20 * time.Millisecond
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	used := c.time()
	for calm := 0; calm < quiet; {
		select {
		case <-tick.C:
		case <-c.done:
			return figures.Memory{}, fmt.Errorf("the process ended: %s", c.lastWords())
		case <-ctx.Done():
			return figures.Memory{}, fmt.Errorf("the process has no rest: %w", ctx.Err())
		}
		now := c.time()
		calm++
		if now-used > hardly {
			calm = 0
		}
		used = now
	}
	return c.memory()
}

// chatsFile returns the path of the account's chat database.
func (a *account) chatsFile() string {
	found, err := filepath.Glob(filepath.Join(a.dir, "accounts", "*", "chats.db"))
	if err != nil || len(found) != 1 {
		return filepath.Join(a.dir, "chats.db") // opening it will report that it is missing
	}
	return found[0]
}

// count counts the rows in the database.
func (a *account) count(ctx context.Context) error {
	path := a.chatsFile()
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro")
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM messages), (SELECT count(*) FROM chats WHERE listed = 1)`).
		Scan(&a.messages, &a.chats); err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	a.database = float64(info.Size()) / (1 << 20)
	return nil
}
