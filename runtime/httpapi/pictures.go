package httpapi

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/wire"
)

const (
	// pictureAge is how long a cached picture is considered current.
	pictureAge = 24 * time.Hour
	// pictureEvery is the interval between queries for missing pictures, and
	// pictureRest the pause after WhatsApp refused one: it rate-limits them.
	pictureEvery = 500 * time.Millisecond
	pictureRest  = 10 * time.Second
	// pictureQueue limits the queue. Pictures that do not fit are queued again when
	// their chat is next listed.
	pictureQueue = 1000
	// pictureRefused is how long a chat whose picture was refused is skipped, so that
	// it does not delay others.
	pictureRefused = time.Hour
)

type pictureIn struct {
	Chat    chatID `path:"chatId"`
	Refresh bool   `query:"refresh" default:"false" doc:"Ask WhatsApp now; otherwise the picture is at most 24 hours old"`
}

func (a *API) chatPicture(r *http.Request, in pictureIn) (wire.Picture, error) {
	cached, err := a.Reader.Picture(r.Context(), in.Chat.ID)
	have := err == nil
	if err != nil && !errors.Is(err, chat.ErrNotFound) {
		return wire.Picture{}, err
	}
	if have && !in.Refresh && !stale(&cached, a.Now().Unix()) {
		return newPicture(cached), nil
	}
	fresh, err := a.Live.Picture(r.Context(), in.Chat.ID)
	if errors.Is(err, chat.ErrNotConnected) && have && !in.Refresh {
		return newPicture(cached), nil
	}
	return newPicture(fresh), err
}

func newPicture(p chat.Picture) wire.Picture {
	if p.URL == "" {
		return wire.Picture{}
	}
	return wire.Picture{URL: &p.URL}
}

// stale says whether a picture should be fetched again.
func stale(p *chat.Picture, now int64) bool {
	return p == nil || now-p.FetchedAt >= int64(pictureAge/time.Second)
}

// pictures fetches pictures that were missing in lists, one at a time.
type pictures struct {
	api   *API
	queue chan chat.ID
	every time.Duration
	mu    sync.Mutex
	// wanted holds the queued chats with the zero time, and refused ones with the
	// time of the next attempt.
	wanted map[chat.ID]time.Time
}

func newPictures(a *API) *pictures {
	return &pictures{api: a, queue: make(chan chat.ID, pictureQueue), every: pictureEvery, wanted: map[chat.ID]time.Time{}}
}

// want queues a chat. It never blocks.
func (p *pictures) want(id chat.ID) {
	if id == chat.StatusBroadcast {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if again, known := p.wanted[id]; known && (again.IsZero() || p.api.Now().Before(again)) {
		return
	}
	select {
	case p.queue <- id:
		p.wanted[id] = time.Time{}
	default:
	}
}

func (p *pictures) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case id := <-p.queue:
			pause := p.fetch(ctx, id)
			select {
			case <-ctx.Done():
				return
			case <-time.After(pause):
			}
		}
	}
}

// fetch fetches one picture and returns how long to pause.
func (p *pictures) fetch(ctx context.Context, id chat.ID) time.Duration {
	if p.api.Live.Status().Phase != v1.PhaseWorking {
		p.rest(id, time.Time{})
		return 0
	}
	_, err := p.api.Live.Picture(ctx, id)
	if err == nil || errors.Is(err, chat.ErrNotConnected) || ctx.Err() != nil {
		p.rest(id, time.Time{})
		return p.every
	}
	p.api.Log.Debug("Failed to fetch a chat picture", "chat", id, "error", err)
	p.rest(id, p.api.Now().Add(pictureRefused))
	return pictureRest
}

// rest removes a chat from the queue. again is when it may be queued again.
func (p *pictures) rest(id chat.ID, again time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.wanted, id)
	if !again.IsZero() && len(p.wanted) < 2*pictureQueue {
		p.wanted[id] = again
	}
}
