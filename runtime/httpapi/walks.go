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

// Clients read long lists page by page with a growing offset. Chats move
// meanwhile: a new message moves its chat to the top, so plain offsets would
// return one chat twice and skip another. For a client that continues exactly
// where it stopped, walks remembers which chats it has received, so that each
// chat is returned once. Any other request uses the plain offset.

const (
	// maxWalks limits the number of walks, walkChats the chats of one; longer walks
	// continue with plain offsets.
	maxWalks  = 8
	walkChats = 50_000
	// walkIdle is how long a walk is kept without a request.
	walkIdle = 10 * time.Minute
	// walkStep is how many rows are read at once while searching for skipped chats.
	walkStep = 500
)

type walks struct {
	reader Reader
	now    func() time.Time
	mu     sync.Mutex
	byKey  map[string]*walk
}

// walk is a client's progress through a list.
type walk struct {
	mu sync.Mutex
	// next is the next offset; seen are the chats returned so far.
	next int
	seen map[chat.ID]bool
	used time.Time
}

// page returns the requested page of chats.
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

// walkKey identifies a client and a list.
func walkKey(r *http.Request, q chat.ChatQuery) string {
	host, _, _ := net.SplitHostPort(r.RemoteAddr)
	return fmt.Sprintf("%s|%.100s|%s|%s|%t|%t|%q", host, r.UserAgent(), r.URL.Path, q.SortBy, q.Reverse, q.Apart, q.Labels)
}

// begin remembers a walk, and drops the one idle for longest if there are too
// many.
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

// find returns a walk that has not expired.
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

// on returns the next page: the first chats not returned yet. If nothing moved,
// the chats before the offset are those returned so far; for each one that moved
// behind it, another moved before it, which is searched for from the top.
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

// unseen reads the list from one offset to another (-1: to the end) until it has
// found enough chats that were not returned yet. passed counts those that were.
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
