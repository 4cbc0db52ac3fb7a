package session

import (
	"context"
	"time"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/pacing"
)

// SendingPlan returns what limits sends now, and what waits.
func (s *Session) SendingPlan(ctx context.Context) (chat.SendingPlan, error) {
	limits := s.limits()
	now := time.Now()
	from := s.sending.from(now) // before the store: what made a pause is there
	state, err := s.store.Sending(ctx, limits != nil)
	if err != nil {
		return chat.SendingPlan{}, err
	}
	plan := chat.SendingPlan{Waiting: make([]chat.DueMessage, 0, len(state.Waiting))}
	if from.After(now) {
		plan.PausedUntil = from
	}
	l := pacing.Limits{}
	if limits != nil {
		l = *limits
		in := l.At(now, state.Since)
		plan.Limits = &chat.SendingLimits{PerMinute: in.PerMinute, PerContactPerMinute: in.PerContact, NewContactsPerDay: in.NewPerDay}
		if end := state.Since.Add(l.WarmUp); l.WarmUp > 0 && now.Before(end) {
			plan.Limits.WarmUpUntil = end
		}
	}
	for i, at := range pacing.Order(from, l.At(now, state.Since), state.Sent, state.Waiting) {
		plan.Waiting = append(plan.Waiting, chat.DueMessage{Waiting: state.Waiting[i], Due: at})
	}
	return plan, nil
}
