package dashboard

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/wasession/wasession/gateway/fleet"
)

const (
	// pageRows is how many sessions a page begins with; more come as they are scrolled
	// to.
	pageRows = 50
	// recentTime covers the time between a page and its stream: what changed within it
	// is sent when the stream begins.
	recentTime = 30 * time.Second
)

// filter is which sessions the list shows.
type filter struct {
	Query, Status, Namespace string
}

func filterOf(query url.Values) filter {
	return filter{strings.TrimSpace(query.Get("q")), query.Get("status"), query.Get("namespace")}
}

// address is the filter as a query.
func (f filter) address() string {
	query := url.Values{}
	for name, value := range map[string]string{"q": f.Query, "status": f.Status, "namespace": f.Namespace} {
		if value != "" {
			query.Set(name, value)
		}
	}
	return query.Encode()
}

// finds says whether the filter shows a session, its status left aside.
func (f filter) finds(r row) bool {
	return (f.Namespace == "" || r.Namespace == f.Namespace) && (f.Query == "" || r.contains(strings.ToLower(f.Query)))
}

// list is what the page of all sessions shows.
type list struct {
	filter
	Rows []row
	// More is the address of the next rows; empty if there are none.
	More string
	// Live is the address of the changes.
	Live       string
	Counts     []count
	Namespaces []string
	// Any says whether the visitor sees any session at all.
	Any bool
	// Found is how many sessions the filter shows.
	Found int
	// Creates says whether the visitor may create sessions.
	Creates bool
}

// count is how many sessions have a status.
type count struct {
	Value, Label string
	Count        int
	// Checked says that the list shows these alone.
	Checked bool
	Tone    string
}

// listed are the rows that the visitor may see.
func (v *visit) listed(ctx context.Context) ([]row, error) {
	var rows []row
	for _, s := range v.d.Fleet.All() {
		shown, err := v.caller.Lists(ctx, s.Key())
		if err != nil {
			return nil, err
		}
		if shown {
			rows = append(rows, newRow(s, v.d.facts(s)))
		}
	}
	return rows, nil
}

// newList is the list with the rows behind the key after.
func newList(rows []row, f filter, after string) list {
	l := list{filter: f, Any: len(rows) > 0, Live: Root + "sessions/live?" + f.address()}
	counts := map[string]int{}
	var found []row
	for _, r := range rows {
		if !slices.Contains(l.Namespaces, r.Namespace) {
			l.Namespaces = append(l.Namespaces, r.Namespace)
		}
		if !f.finds(r) {
			continue
		}
		counts[""]++
		counts[r.Status]++
		if f.Status == "" || f.Status == r.Status {
			found = append(found, r)
		}
	}
	for _, s := range states {
		if s.value != statusDeleting { // too short a time to look for
			l.Counts = append(l.Counts, count{s.value, s.label, counts[s.value], f.Status == s.value, s.tone})
		}
	}
	l.Found = len(found)
	begin, _ := slices.BinarySearchFunc(found, after, func(r row, key string) int {
		if r.Key <= key {
			return -1
		}
		return 1
	})
	l.Rows = found[begin:min(begin+pageRows, len(found))]
	if begin+pageRows < len(found) {
		query := f.address() + "&after=" + url.QueryEscape(l.Rows[len(l.Rows)-1].Key)
		l.More = Root + "?" + strings.TrimPrefix(query, "&")
	}
	return l
}

// sessionsPage shows all sessions.
func (d *Dashboard) sessionsPage(v *visit) error {
	rows, err := v.listed(v.r.Context())
	if err != nil {
		return err
	}
	query := v.r.URL.Query()
	l := newList(rows, filterOf(query), query.Get("after"))
	switch {
	case !v.asksPart():
		if l.Creates, err = v.creates(v.r.Context()); err != nil {
			return err
		}
		return v.show(http.StatusOK, "sessions", l)
	case query.Has("after"):
		return v.part(http.StatusOK, "sessions", "part-rows", l)
	}
	return v.part(http.StatusOK, "sessions", "part-list", l)
}

// changes are rows that have changed, and those that are not shown any more.
type changes struct {
	Rows   []row
	Gone   []string
	Counts []count
	Found  int
}

// sessionsLive sends what changes in the list.
func (d *Dashboard) sessionsLive(v *visit) error {
	f := filterOf(v.r.URL.Query())
	return v.stream(func(ctx context.Context, s *stream) error {
		points, stop := d.points()
		defer stop()
		shown := map[types.NamespacedName]facts{}
		return s.followAnd(ctx, points, func(keys []types.NamespacedName) error {
			if keys == nil {
				keys = d.Fleet.Recent(recentTime)
			}
			rows, err := v.listed(ctx)
			if err != nil {
				return err
			}
			before := shown
			shown = make(map[types.NamespacedName]facts, len(rows))
			for _, r := range rows {
				shown[r.key] = r.facts
				if old, known := before[r.key]; known && old != r.facts && !slices.Contains(keys, r.key) {
					keys = append(keys, r.key) // it tells something else of itself
				}
			}
			if keys, err = v.known(ctx, keys, before, shown); err != nil {
				return err
			}
			return s.show("sessions", "part-changes", changesOf(rows, f, keys))
		})
	})
}

// known are those of the keys that the visitor may know of: their sessions are listed
// now, were before, or would be if they were still there. What changes elsewhere in the
// fleet, even a name, is not the visitor's to learn.
func (v *visit) known(ctx context.Context, keys []types.NamespacedName, before, now map[types.NamespacedName]facts) ([]types.NamespacedName, error) {
	var known []types.NamespacedName
	for _, key := range keys {
		_, was := before[key]
		_, is := now[key]
		knows := was || is
		if !knows {
			var err error
			if knows, err = v.caller.Lists(ctx, key); err != nil {
				return nil, err
			}
		}
		if knows {
			known = append(known, key)
		}
	}
	return known, nil
}

func changesOf(rows []row, f filter, keys []types.NamespacedName) changes {
	l := newList(rows, f, "")
	c := changes{Counts: l.Counts, Found: l.Found}
	for _, key := range keys {
		id := rowID(key)
		at := slices.IndexFunc(rows, func(r row) bool { return r.ID == id })
		if at >= 0 && f.finds(rows[at]) && (f.Status == "" || f.Status == rows[at].Status) {
			c.Rows = append(c.Rows, rows[at])
		} else {
			c.Gone = append(c.Gone, id)
		}
	}
	return c
}

func rowID(key types.NamespacedName) string { return "session-" + key.Namespace + "." + key.Name }

// row is a session in the list.
type row struct {
	facts
	// ID is that of its element. Key is its place in the list.
	ID, Key string
	key     types.NamespacedName
}

func newRow(s fleet.Session, f facts) row {
	return row{facts: f, ID: rowID(s.Key()), Key: s.Namespace + "/" + s.Name, key: s.Key()}
}

// contains says whether a text that somebody searches for is in the row.
func (r row) contains(text string) bool {
	digits := strings.NewReplacer("+", "", " ", "", "-", "").Replace(text)
	for _, field := range []string{r.Name, r.Namespace, r.Resource, r.Account, r.Namespace + "." + r.Name} {
		if strings.Contains(strings.ToLower(field), text) {
			return true
		}
	}
	return digits != "" && strings.Contains(r.Number, digits)
}
