package session

import (
	"context"

	"github.com/wasession/wasession/runtime/chat"
)

// RejectCall rejects a call by its ID.
func (s *Session) RejectCall(ctx context.Context, from chat.ID, id string) error {
	return s.ask(ctx, func(ctx context.Context) error { return s.account.RejectCall(ctx, from, id) })
}
