package httpapi

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/wasession/wasession/runtime/chat"
)

// Clients read long lists by raising the offset from page to page. Chats move
// while they do: a message lifts its chat to the top, so that plain offsets
// would show one chat twice and pass another by. walks remembers, for a client
// that goes on exactly where it left off, which chats it has been given, so
// that a walk visits each chat once. Any other request is a plain offset.

const (
	// maxWalks bounds the walks remembered, walkChats the chats of one; a walk
	// beyond that goes on by plain offsets.
	maxWalks  = 8
	walkChats = 50_000
	// walkIdle is how long a walk waits for its next page.
	walkIdle = 10 * time.Minute
	// walkStep is how many rows are read at once in search of the rest.
	walkStep = 500
)

type walks struct {
	reader Reader
	now    func() time.Time
	mu     sync.Mutex
	byKey  map[string]*walk
}

// walk is a client's way through a list.
type walk struct {
	mu sync.Mutex
	// next is the offset at which it goes on; seen are the chats given so far.
	next int
	seen map[chat.ID]bool
	used time.Time
}

// page is the page of chats that a request asks for.
func (w *walks) page(r *http.Request, q chat.ChatQuery) ([]chat.Chat, error) {
	if q.Limit == 0 || q.IDs != nil {
		return w.reader.Chats(r.Context(), q)
	}
	key := walkKey(r, q)
	if q.Offset == 0 {
		page, err := w.reader.Chats(r.Context(), q)
		w.begin(key, q.Limit, page)
		return page, err
	}
	walk := w.find(key)
	if walk == nil {
		return w.reader.Chats(r.Context(), q)
	}
	walk.mu.Lock()
	defer walk.mu.Unlock()
	if walk.next != q.Offset || len(walk.seen) > walkChats {
		return w.reader.Chats(r.Context(), q)
	}
	page, err := walk.on(r.Context(), w.reader, q)
	if err == nil {
		walk.give(page, q.Offset+q.Limit)
	}
	return page, err
}

// walkKey tells clients and lists apart.
func walkKey(r *http.Request, q chat.ChatQuery) string {
	host, _, _ := net.SplitHostPort(r.RemoteAddr)
	return fmt.Sprintf("%s|%.100s|%s|%s|%t|%t", host, r.UserAgent(), r.URL.Path, q.SortBy, q.Reverse, q.Apart)
}

// begin remembers a walk, in the place of the one idle longest where there are
// too many.
func (w *walks) begin(key string, limit int, page []chat.Chat) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.byKey, key)
	if len(page) < limit {
		return // that was all
	}
	if len(w.byKey) >= maxWalks {
		oldest := ""
		for k, walk := range w.byKey {
			if oldest == "" || walk.used.Before(w.byKey[oldest].used) {
				oldest = k
			}
		}
		delete(w.byKey, oldest)
	}
	walk := &walk{seen: make(map[chat.ID]bool, len(page)), used: w.now()}
	walk.give(page, limit)
	w.byKey[key] = walk
}

// find is a walk that is not idle for too long.
func (w *walks) find(key string) *walk {
	w.mu.Lock()
	defer w.mu.Unlock()
	walk := w.byKey[key]
	if walk == nil || w.now().Sub(walk.used) > walkIdle {
		delete(w.byKey, key)
		return nil
	}
	walk.used = w.now()
	return walk
}

func (w *walk) give(page []chat.Chat, next int) {
	for i := range page {
		w.seen[page[i].ID] = true
	}
	w.next = next
}

// on is the next page: the first chats not given yet. As many chats as were
// given lie before the offset, if nothing moved; each one that was pushed
// behind it made room for another, which is looked for from the top.
func (w *walk) on(ctx context.Context, reader Reader, q chat.ChatQuery) ([]chat.Chat, error) {
	rest, passed, err := w.unseen(ctx, reader, q, len(w.seen), q.Limit, -1)
	if err != nil {
		return nil, err
	}
	wanted := passed
	if len(rest) < q.Limit {
		wanted = q.Limit // the end: whatever is left, wherever it is
	}
	if wanted == 0 {
		return rest, nil
	}
	moved, _, err := w.unseen(ctx, reader, q, 0, wanted, len(w.seen))
	return append(moved, rest...)[:min(q.Limit, len(moved)+len(rest))], err
}

// unseen reads the list from an offset, up to another (-1: to its end), until
// it has found a number of chats that were not given yet. passed counts those
// that were.
func (w *walk) unseen(ctx context.Context, reader Reader, q chat.ChatQuery, from, wanted, to int) (found []chat.Chat, passed int, err error) {
	step := min(walkStep, max(q.Limit, 20))
	for q.Offset = from; len(found) < wanted && (to < 0 || q.Offset < to); q.Offset += step {
		q.Limit = step
		if to >= 0 {
			q.Limit = min(step, to-q.Offset)
		}
		page, err := reader.Chats(ctx, q)
		if err != nil {
			return nil, 0, err
		}
		for i := range page {
			switch {
			case w.seen[page[i].ID]:
				passed++
			case len(found) < wanted:
				found = append(found, page[i])
			}
		}
		if len(page) < q.Limit {
			break
		}
	}
	return found, passed, nil
}
