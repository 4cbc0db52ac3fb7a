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
	// pictureAge is how long a picture is taken to be current.
	pictureAge = 24 * time.Hour
	// pictureEvery is the pace at which missing pictures are asked for, and
	// pictureRest the pause after WhatsApp refused one: it limits such queries.
	pictureEvery = 500 * time.Millisecond
	pictureRest  = 10 * time.Second
	// pictureQueue bounds the pictures waiting; what does not fit is wanted
	// again when it is next looked at.
	pictureQueue = 1000
	// pictureRefused is how long a chat whose picture was refused is not asked
	// about again, so that it holds up no others.
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

// stale says whether a picture should be asked for again.
func stale(p *chat.Picture, now int64) bool {
	return p == nil || now-p.FetchedAt >= int64(pictureAge/time.Second)
}

// pictures asks WhatsApp for pictures that lists found missing, one by one.
type pictures struct {
	api   *API
	queue chan chat.ID
	every time.Duration
	mu    sync.Mutex
	// wanted are the chats in the queue, with the zero time, and those refused,
	// with the time from which they can be asked about again.
	wanted map[chat.ID]time.Time
}

func newPictures(a *API) *pictures {
	return &pictures{api: a, queue: make(chan chat.ID, pictureQueue), every: pictureEvery, wanted: map[chat.ID]time.Time{}}
}

// want puts a chat in the queue. It never waits.
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

// fetch asks for one picture and says how long to pause.
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

// rest takes a chat off the queue; a time says when it can be wanted again.
func (p *pictures) rest(id chat.ID, again time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.wanted, id)
	if !again.IsZero() && len(p.wanted) < 2*pictureQueue {
		p.wanted[id] = again
	}
}
