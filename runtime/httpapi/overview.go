package httpapi

import (
	"net/http"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/wire"
)

type overviewIn struct {
	Limit  int      `query:"limit" default:"20" min:"1" max:"1000"`
	Offset int      `query:"offset" min:"0" max:"1000000000"`
	IDs    []chatID `query:"ids" max:"5000" doc:"chat ids or phone numbers; may be repeated"`
	merged
}

type overviewPostIn struct {
	Body struct {
		Pagination struct {
			Limit  int  `json:"limit" default:"20" min:"1" max:"1000"`
			Offset int  `json:"offset" min:"0" max:"1000000000"`
			Merge  bool `json:"merge" default:"true"`
		} `json:"pagination"`
		Filter struct {
			IDs []chatID `json:"ids" max:"5000" doc:"chat ids or phone numbers"`
		} `json:"filter"`
	} `body:"json"`
}

func (a *API) overview(r *http.Request, in overviewIn) (rows[wire.Summary], error) {
	return a.summaries(r, in.Limit, in.Offset, in.Merge, in.IDs)
}

func (a *API) postOverview(r *http.Request, in overviewPostIn) (rows[wire.Summary], error) {
	b := in.Body
	return a.summaries(r, b.Pagination.Limit, b.Pagination.Offset, b.Pagination.Merge, b.Filter.IDs)
}

// summaries are the newest chats first. Nothing here waits for WhatsApp:
// pictures are those known, and what is missing is fetched behind the request.
func (a *API) summaries(r *http.Request, limit, offset int, merge bool, ids []chatID) (rows[wire.Summary], error) {
	q := chat.ChatQuery{
		Limit: limit, Offset: offset, Apart: !merge,
		SortBy: chat.SortMessageTimestamp, WithLast: true,
	}
	for _, id := range ids {
		q.IDs = append(q.IDs, id.ID)
	}
	chats, err := a.walks.page(r, q)
	if err != nil {
		return nil, err
	}
	now := a.Now().Unix()
	return func(yield func(wire.Summary, error) bool) {
		for i := range chats {
			c := &chats[i]
			if stale(c.Picture, now) {
				a.pictures.want(c.ID)
			}
			if !merge && c.LastMessage != nil {
				asArrived(c.LastMessage)
			}
			if !yield(wire.NewSummary(c, now, a.Live.RawData), nil) {
				return
			}
		}
	}, nil
}
