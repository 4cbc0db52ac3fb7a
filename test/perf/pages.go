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
)

// A round asks for each page so many times and keeps the best: what the machine
// did meanwhile for others only adds. The figure is the median of the rounds.
const (
	pageRounds = 9
	pageTries  = 15
)

// page is a request, and the SQL that reads the same rows.
type page struct {
	name string
	path func(chatID string) string
	sql  string
	args func(chatPK int64) []any
}

const (
	bareChat    = `c.id, c.name, c.ts, c.conv_ts, c.archived, c.pinned_at, c.muted_until, c.unread, c.marked_unread`
	bareMessage = `m.stanza, m.from_me, mc.id, ma.id, COALESCE(pp.id, mp.id), m.sender_name, m.ts, m.ack, m.type, m.body, m.detail, m.raw`
	// People and chats are kept by number: their ids are rows of their own.
	bareIDs = ` LEFT JOIN ids mc ON mc.pk = m.chat LEFT JOIN ids ma ON ma.pk = m.arrived
		LEFT JOIN ids mp ON mp.pk = m.participant LEFT JOIN ids pp ON pp.pk = mp.phone`
)

var pages = []page{
	{
		name: "overview", path: func(string) string { return "/chats/overview?limit=20" },
		sql: `SELECT ` + bareChat + `, ` + bareMessage + ` FROM chats c LEFT JOIN messages m ON m.pk = c.last` + bareIDs + `
			WHERE c.listed = 1 ORDER BY c.ts DESC, c.id LIMIT 20`,
	},
	{
		name: "chats", path: func(string) string { return "/chats?limit=100" },
		sql: `SELECT ` + bareChat + ` FROM chats c WHERE c.listed = 1 ORDER BY c.ts DESC, c.id LIMIT 100`,
	},
	{
		name: "messages", path: func(id string) string { return "/chats/" + id + "/messages?limit=10&downloadMedia=false" },
		sql:  `SELECT ` + bareMessage + ` FROM messages m` + bareIDs + ` WHERE m.chat = ? ORDER BY m.ts DESC, m.pk DESC LIMIT 10`,
		args: func(pk int64) []any { return []any{pk} },
	},
}

// deep is a page far down, which the small account does not have.
var deep = page{
	name: "chats-deep", path: func(string) string { return "/chats?limit=100&offset=9000" },
	sql: `SELECT ` + bareChat + ` FROM (SELECT pk FROM chats WHERE listed = 1 ORDER BY ts DESC, id LIMIT 100 OFFSET 9000) p
		CROSS JOIN chats c ON c.pk = p.pk`,
}

// library is an account whose pages are asked for, through a runtime and through SQL.
type library struct {
	runtime *runtime
	app     *app.App
	db      *sql.DB
	chatID  string
	chatPK  int64
}

// measurePages compares pages of a large account with those of a small one, and
// with bare SQL, in turn.
func measurePages(ctx context.Context, l *lab) error {
	var open [2]*library
	for i, name := range []string{"small", "large"} {
		spec := small
		if name == "large" {
			spec = large
		}
		a, err := l.imported(ctx, name, spec(time.Now()))
		if err != nil {
			return err
		}
		if open[i], err = l.library(ctx, a); err != nil {
			return err
		}
		defer open[i].close()
	}
	for _, p := range pages {
		times, err := interleaved(ctx, open[0].http(p), open[1].http(p), open[1].handled(p), open[1].bare(p))
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		l.reportPage(p.name, times[1], times[2], times[3])
		l.report(figure{name: "pages." + p.name + ".growth", value: medianRatio(times[1], times[0]), unit: "ratio",
			note: "10,000 chats and 1,000,000 messages against 100 and 10,000"})
	}
	times, err := interleaved(ctx, open[1].http(pages[1]), open[1].http(deep), open[1].handled(deep), open[1].bare(deep))
	if err != nil {
		return fmt.Errorf("%s: %w", deep.name, err)
	}
	l.reportPage(deep.name, times[1], times[2], times[3])
	l.report(figure{name: "pages.chats-deep.growth", value: medianRatio(times[1], times[0]), unit: "ratio", note: "offset 9,000 against offset 0 of the same account"})
	for _, lib := range open {
		if err := lib.runtime.stop(); err != nil {
			return err
		}
	}
	return nil
}

func (l *lab) reportPage(name string, api, handled, bare []float64) {
	l.report(figure{name: "pages." + name + ".time", value: 1000 * median(api), unit: "ms", note: "over HTTP, from another process"})
	l.report(figure{name: "pages." + name + ".to-sql", value: medianRatio(handled, bare), unit: "ratio",
		note: fmt.Sprintf("answered in this process in %s ms, bare SQL for the same rows %s ms",
			number(1000*median(handled)), number(1000*median(bare)))})
}

// library starts a runtime on an account, waits until it has nothing else to do,
// and opens its database beside it.
func (l *lab) library(ctx context.Context, a *account) (*library, error) {
	beside := a.dir + "-beside" // two processes cannot have one account open
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
	// A chat in the middle of the small account's list, and the same place of the large one's.
	return lib, lib.db.QueryRowContext(ctx, `SELECT c.pk, c.id FROM chats c JOIN messages m ON m.chat = c.pk WHERE c.listed = 1
		GROUP BY c.pk HAVING count(*) >= 10 ORDER BY c.ts DESC LIMIT 1 OFFSET 50`).Scan(&lib.chatPK, &lib.chatID)
}

func (lib *library) close() {
	_ = lib.app.Close()
	_ = lib.db.Close()
}

// http is the request for a page, as the runtime answers it.
func (lib *library) http(p page) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := lib.runtime.call(ctx, http.MethodGet, "/api/"+sessionName+p.path(url.PathEscape(lib.chatID)), nil, nil)
		return err
	}
}

// bare reads the page's rows, and nothing more.
func (lib *library) bare(p page) func(context.Context) error {
	return func(ctx context.Context) error {
		var args []any
		if p.args != nil {
			args = p.args(lib.chatPK)
		}
		rows, err := lib.db.QueryContext(ctx, p.sql, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		columns, err := rows.Columns()
		if err != nil {
			return err
		}
		values, dest := make([]any, len(columns)), make([]any, len(columns))
		for i := range dest {
			dest[i] = &values[i]
		}
		n := 0
		for ; rows.Next(); n++ {
			if err := rows.Scan(dest...); err != nil {
				return err
			}
		}
		if n == 0 {
			return fmt.Errorf("no rows")
		}
		return rows.Err()
	}
}

// interleaved times all asks in turn: for each the best of each round, in seconds.
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
				round[i] = append(round[i], time.Since(began).Seconds())
			}
		}
		for i := range asks {
			best[i] = append(best[i], slices.Min(round[i]))
		}
	}
	return best, nil
}
