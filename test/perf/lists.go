package main

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"time"

	"github.com/wasession/wasession/runtime/app"
	"github.com/wasession/wasession/test/perf/figures"
)

// A round requests each page that many times and keeps the best time, since
// other load on the machine only adds to it. The figure is the median of the
// rounds.
const (
	pageRounds = 9
	pageTries  = 15
)

// library is an account whose pages are requested from a runtime and with SQL.
type library struct {
	runtime *runtime
	app     *app.App
	db      *sql.DB
	chatID  string
	chatPK  int64
}

// measureLists compares pages of a large account with those of a small one, and
// with prepared SQL, taking turns.
func measureLists(ctx context.Context, l *lab) error {
	var open [2]*library
	for i, name := range []string{"small", "large"} {
		a, err := l.imported(ctx, name)
		if err != nil {
			return err
		}
		if open[i], err = l.library(ctx, a); err != nil {
			return err
		}
		defer open[i].close()
	}
	for _, p := range pages {
		bare, err := open[1].prepared(ctx, p)
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		times, err := interleaved(ctx, open[0].http(p), open[1].http(p), open[1].handled(p), bare)
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		l.reportPage(p.name, times[2], times[3])
		l.report(figures.Compared("lists."+p.name+".growth", "ms", times[1], times[0],
			"over HTTP, from another process: 10,000 chats and 1,000,000 messages against 100 and 10,000"))
	}
	bare, err := open[1].prepared(ctx, deep)
	if err != nil {
		return fmt.Errorf("%s: %w", deep.name, err)
	}
	times, err := interleaved(ctx, open[1].http(pages[1]), open[1].http(deep), open[1].handled(deep), bare)
	if err != nil {
		return fmt.Errorf("%s: %w", deep.name, err)
	}
	l.reportPage(deep.name, times[2], times[3])
	l.report(figures.Compared("lists.chats-deep.growth", "ms", times[1], times[0],
		"over HTTP: offset 9,000 against offset 0 of the same account"))
	if err := l.weigh(ctx, open[1].runtime); err != nil {
		return err
	}
	for _, lib := range open {
		if err := lib.runtime.stop(); err != nil {
			return err
		}
	}
	return nil
}

func (l *lab) reportPage(name string, handled, bare []float64) {
	l.report(figures.Compared("lists."+name+".to-sql", "ms", handled, bare,
		"answered in this process, against prepared SQL for the same rows"))
}

// library starts a runtime on an account, waits until it is idle, and opens its
// database as well.
func (l *lab) library(ctx context.Context, a *account) (*library, error) {
	beside := a.dir + "-beside" // two processes cannot open one account
	if err := os.CopyFS(beside, os.DirFS(a.dir)); err != nil {
		return nil, err
	}
	r, err := l.start(ctx, a.dir)
	if err != nil {
		return nil, err
	}
	r.quiet()
	if err := r.working(ctx); err != nil {
		return nil, err
	}
	lib := &library{runtime: r}
	if lib.app, err = l.openOffline(ctx, beside); err != nil {
		return nil, err
	}
	if lib.db, err = sql.Open("sqlite", "file:"+a.chatsFile()+"?_pragma=query_only(1)&_pragma=busy_timeout(10000)"); err != nil {
		return nil, err
	}
	lib.db.SetMaxOpenConns(1)
	// A chat in the middle of the small account's list, and at the same
	// position of the large one's.
	return lib, lib.db.QueryRowContext(ctx, `SELECT c.pk, c.id FROM chats c JOIN messages m ON m.chat = c.pk WHERE c.listed = 1
		GROUP BY c.pk HAVING count(*) >= 10 ORDER BY c.ts DESC LIMIT 1 OFFSET 50`).Scan(&lib.chatPK, &lib.chatID)
}

func (lib *library) close() {
	_ = lib.app.Close()
	_ = lib.db.Close()
}

// http returns the request for a page from the runtime.
func (lib *library) http(p page) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := lib.runtime.call(ctx, http.MethodGet, "/api/"+sessionName+p.path(url.PathEscape(lib.chatID)), nil, nil)
		return err
	}
}

// interleaved times all asks in turn. For each it returns the best time of each
// round, in ms.
func interleaved(ctx context.Context, asks ...func(context.Context) error) ([][]float64, error) {
	best := make([][]float64, len(asks))
	for range pageRounds {
		round := make([][]float64, len(asks))
		for range pageTries {
			for i, ask := range asks {
				began := time.Now()
				if err := ask(ctx); err != nil {
					return nil, err
				}
				round[i] = append(round[i], 1000*time.Since(began).Seconds())
			}
		}
		for i := range asks {
			best[i] = append(best[i], slices.Min(round[i]))
		}
	}
	return best, nil
}
