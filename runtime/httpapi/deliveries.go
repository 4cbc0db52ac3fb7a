package httpapi

import (
	"net/http"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/wire"
)

type deliveriesIn struct {
	State   string `query:"state" enum:"pending,failed" default:"failed" doc:"failed deliveries have used up their attempts and can be replayed"`
	Webhook string `query:"webhook" max:"128" doc:"Only deliveries of this webhook"`
	Limit   int    `query:"limit" default:"100" min:"1" max:"1000"`
	Offset  int    `query:"offset" min:"0" max:"1000000000"`
}

func (a *API) listDeliveries(r *http.Request, in deliveriesIn) ([]wire.Delivery, error) {
	deliveries, err := a.Outbox.Deliveries(r.Context(), chat.DeliveryQuery{
		Webhook: in.Webhook, State: chat.DeliveryState(in.State), Limit: in.Limit, Offset: in.Offset, Bare: true,
	})
	all := make([]wire.Delivery, 0, len(deliveries))
	for i := range deliveries {
		all = append(all, wire.NewDelivery(&deliveries[i]))
	}
	return all, err
}

type replayIn struct {
	Body struct {
		IDs     []int64 `json:"ids" max:"10000" doc:"IDs of failed deliveries; defaults to all"`
		Webhook string  `json:"webhook" max:"128" doc:"Only deliveries of this webhook"`
	} `body:"json"`
}

// replayDeliveries queues dead letters again, behind pending events.
func (a *API) replayDeliveries(r *http.Request, in replayIn) (wire.Replayed, error) {
	if in.Body.IDs != nil && len(in.Body.IDs) == 0 {
		return wire.Replayed{}, nil // none of them, not all
	}
	n, err := a.Outbox.Replay(r.Context(), in.Body.Webhook, in.Body.IDs...)
	return wire.Replayed{Replayed: n}, err
}
