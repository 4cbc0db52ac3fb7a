package httpapi

import (
	"context"
	"net/http"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/wasession/wasession/runtime/chat"
)

const (
	// pageBytes limits the memory of all list responses in progress together,
	// including their JSON.
	pageBytes = 32 << 20
	// pieceBytes is how much of a page is read at once, and pieceCost what a piece
	// is assumed to take until its size is known. Encoding a row as JSON takes
	// several times the size of the row.
	pieceBytes = 256 << 10
	pieceCost  = 4 * pieceBytes
	// budgetTime limits how long a request waits for its share.
	budgetTime = 10 * time.Second
)

// budget limits the memory used by rows of list responses. Messages can be large,
// and many clients can list them at the same time.
type budget struct {
	free *semaphore.Weighted
	// wait limits how long a request waits for its share.
	wait time.Duration
}

func newBudget() budget { return budget{semaphore.NewWeighted(pageBytes), budgetTime} }

// newPreviews is the budget of two answers at once.
func newPreviews() budget { return budget{semaphore.NewWeighted(2 * pieceCost), budgetTime} }

// share is the part of the budget held by one piece.
type share struct {
	of   budget
	cost int64
}

// take waits for a piece's share. A request that waits too long is told to try
// again, which is better than running out of memory.
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

// holds returns what a piece does not need once its size is known.
func (s *share) holds(bytes int) {
	if cost := int64(4 * bytes); cost < s.cost {
		s.of.free.Release(s.cost - cost)
		s.cost = cost
	}
}

// release returns the whole share. It can be called more than once, and on nil.
func (s *share) release() {
	if s == nil {
		return
	}
	s.of.free.Release(s.cost)
	s.cost = 0
}

// paged writes a page that is read piece by piece, each within the budget.
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

// piece reads the next piece of a page and passes it on.
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
