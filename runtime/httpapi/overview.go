package httpapi

import (
	"context"
	"maps"
	"net/http"
	"slices"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/wire"
)

type overviewIn struct {
	Limit  int      `query:"limit" default:"20" min:"0" doc:"Maximum number of results; 0 returns all"`
	Offset int      `query:"offset" min:"0" max:"1000000000"`
	IDs    []chatID `query:"ids" max:"5000" doc:"Chat IDs or phone numbers; can be repeated"`
	labelled
	merged
}

type overviewPostIn struct {
	Body struct {
		Pagination struct {
			Limit  int  `json:"limit" default:"20" min:"0" doc:"Maximum number of results; 0 returns all"`
			Offset int  `json:"offset" min:"0" max:"1000000000"`
			Merge  bool `json:"merge" default:"true"`
		} `json:"pagination"`
		Filter struct {
			IDs    []chatID `json:"ids" max:"5000" doc:"Chat IDs or phone numbers"`
			Labels []string `json:"labels" max:"100" doc:"Label IDs or names: lists the chats with one of these labels"`
		} `json:"filter"`
	} `body:"json"`
}

func (a *API) overview(r *http.Request, in overviewIn) (rows[wire.Summary], error) {
	return a.summaries(r, in.Limit, in.Offset, in.apart(), in.IDs, in.Labels)
}

func (a *API) postOverview(r *http.Request, in overviewPostIn) (rows[wire.Summary], error) {
	b := in.Body
	return a.summaries(r, b.Pagination.Limit, b.Pagination.Offset, merged{b.Pagination.Merge}.apart(), b.Filter.IDs, b.Filter.Labels)
}

// summaries lists chats, newest first. It never waits for WhatsApp: it returns
// cached pictures and fetches missing ones in the background.
func (a *API) summaries(r *http.Request, limit, offset int, apart bool, ids []chatID, labels []string) (rows[wire.Summary], error) {
	q := chat.ChatQuery{
		Limit: limit, Offset: offset, Apart: apart,
		SortBy: chat.SortMessageTimestamp, WithLast: true, LastBytes: pieceBytes, Labels: labels,
	}
	for _, id := range ids {
		q.IDs = append(q.IDs, id.ID)
	}
	return func(yield func(wire.Summary, error) bool) {
		share, err := a.budget.take(r.Context())
		if err != nil {
			yield(wire.Summary{}, err)
			return
		}
		defer func() { share.release() }()
		chats, err := a.walks.page(r, q)
		if err != nil {
			yield(wire.Summary{}, err)
			return
		}
		share.holds(lastBytes(chats))
		now := a.Now().Unix()
		for i := range chats {
			c := &chats[i]
			if c.LastLeft {
				share.release()
				if share, err = a.readLast(r.Context(), q, chats[i:]); err != nil {
					yield(wire.Summary{}, err)
					return
				}
			}
			if stale(c.Picture, now) {
				a.pictures.want(c.ID)
			}
			if !yield(wire.NewSummary(c, now, a.Raw), nil) {
				return
			}
			c.LastMessage = nil // written: it need not wait for the rest
		}
	}, nil
}

// lastAtOnce limits how many last messages are read together.
const lastAtOnce = 8

// readLast reads the last messages that were left out, for the first chats of a
// list and always for the very first.
func (a *API) readLast(ctx context.Context, q chat.ChatQuery, chats []chat.Chat) (*share, error) {
	share, err := a.budget.take(ctx)
	if err != nil {
		return nil, err
	}
	chats = chats[:min(len(chats), lastAtOnce)]
	if err = a.fillLast(ctx, q, chats); err == nil && chats[0].LastLeft {
		// Other chats came before it. If it is still missing, it was deleted meanwhile.
		err = a.fillLast(ctx, q, chats[:1])
		chats[0].LastLeft = false
	}
	if err != nil {
		share.release()
		return nil, err
	}
	share.holds(lastBytes(chats))
	return share, nil
}

func (a *API) fillLast(ctx context.Context, q chat.ChatQuery, chats []chat.Chat) error {
	byID := map[chat.ID]*chat.Chat{}
	for i := range chats {
		if chats[i].LastLeft {
			byID[chats[i].ID] = &chats[i]
		}
	}
	found, err := a.Reader.Chats(ctx, chat.ChatQuery{
		IDs: slices.Collect(maps.Keys(byID)), Apart: q.Apart, WithLast: true, LastBytes: pieceBytes,
	})
	for i := range found {
		if c := byID[found[i].ID]; c != nil && !found[i].LastLeft {
			c.LastMessage, c.LastLeft = found[i].LastMessage, false
		}
	}
	return err
}

// lastBytes estimates the size of the chats' last messages.
func lastBytes(chats []chat.Chat) (n int) {
	for i := range chats {
		if m := chats[i].LastMessage; m != nil {
			n += m.Bytes()
		}
	}
	return n
}
