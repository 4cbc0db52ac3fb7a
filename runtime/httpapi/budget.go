package httpapi

import (
	"context"
	"net/http"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/wasession/wasession/runtime/chat"
)

const (
	// pageBytes is what the rows of all pages that are being answered may take
	// together, JSON and the like included.
	pageBytes = 32 << 20
	// pieceBytes is how much of a page is read at once, and pieceCost what a
	// piece may take until its size is known. Turning a row into JSON takes
	// several times what the row does.
	pieceBytes = 256 << 10
	pieceCost  = 4 * pieceBytes
	// budgetTime is how long a request waits for its share.
	budgetTime = 10 * time.Second
)

// budget is the memory that the rows of pages may take. What people send can be
// large, and lists of it are asked for by many at once.
type budget struct {
	free *semaphore.Weighted
	// wait is how long a request waits for its share.
	wait time.Duration
}

func newBudget() budget { return budget{semaphore.NewWeighted(pageBytes), budgetTime} }

// share is what one piece holds of the budget.
type share struct {
	of   budget
	cost int64
}

// take waits for the share of a piece. Whoever waits too long is told to come
// again, which costs less than the end of the process.
func (b budget) take(ctx context.Context) (*share, error) {
	patient, cancel := context.WithTimeout(ctx, b.wait)
	defer cancel()
	if err := b.free.Acquire(patient, pieceCost); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, errBusy
	}
	return &share{b, pieceCost}, nil
}

// holds gives back what a piece does not need now that its size is known.
func (s *share) holds(bytes int) {
	if cost := int64(4 * bytes); cost < s.cost {
		s.of.free.Release(s.cost - cost)
		s.cost = cost
	}
}

// release gives everything back; once is enough, and none may be held.
func (s *share) release() {
	if s == nil {
		return
	}
	s.of.free.Release(s.cost)
	s.cost = 0
}

// paged answers with a page that is read piece by piece, each within the budget.
func paged[Out any](a *API, r *http.Request, page chat.Pager[chat.Message], show func([]chat.Message, func(Out) bool) bool) rows[Out] {
	return func(yield func(Out, error) bool) {
		var none Out
		for more := true; more; {
			goOn := false
			err := a.piece(r.Context(), page, &more, func(piece []chat.Message) {
				goOn = show(piece, func(row Out) bool { return yield(row, nil) })
			})
			if err != nil {
				yield(none, err)
				return
			}
			if !goOn {
				return
			}
		}
	}
}

// piece reads the next piece of a page and does something with it.
func (a *API) piece(ctx context.Context, page chat.Pager[chat.Message], more *bool, do func([]chat.Message)) (err error) {
	share, err := a.budget.take(ctx)
	if err != nil {
		return err
	}
	defer share.release()
	var rows []chat.Message
	rows, *more, err = page(ctx, pieceBytes)
	if err != nil {
		return err
	}
	size := 0
	for i := range rows {
		size += rows[i].Bytes()
	}
	share.holds(size)
	do(rows)
	return nil
}
