package wire

import (
	"time"

	"github.com/wasession/wasession/runtime/chat"
)

// Sending is what limits the messages that are sent, and what waits because of it. Its
// times are in unix seconds.
type Sending struct {
	Limits      *SendingLimits   `json:"limits" doc:"Those in force now; null without spec.sending"`
	PausedUntil *int64           `json:"pausedUntil" doc:"When sending goes on after WhatsApp limited it; null if it does not pause"`
	Waiting     []WaitingMessage `json:"waiting" doc:"In the order in which they are due"`
}

// SendingLimits are how many messages may be sent now; 0 is no limit.
type SendingLimits struct {
	PerMinute           int    `json:"perMinute"`
	PerContactPerMinute int    `json:"perContactPerMinute"`
	NewContactsPerDay   int    `json:"newContactsPerDay"`
	WarmUpUntil         *int64 `json:"warmUpUntil" doc:"When the limits reach their full size; null if they have"`
}

// WaitingMessage is a message that waits to be sent.
type WaitingMessage struct {
	ID         string  `json:"id"`
	ChatID     chat.ID `json:"chatId"`
	QueuedAt   int64   `json:"queuedAt"`
	DueAt      int64   `json:"dueAt" doc:"As things stand"`
	NewContact bool    `json:"newContact" doc:"Nothing was sent to or received from the chat yet"`
	Tried      bool    `json:"tried" doc:"It is being sent, or it is not known whether it was: it cannot be canceled"`
}

// Canceled is the answer to the call that cancels all messages that wait.
type Canceled struct {
	Canceled int `json:"canceled"`
}

// NewSending is a plan.
func NewSending(p *chat.SendingPlan) Sending {
	out := Sending{PausedUntil: seconds(p.PausedUntil), Waiting: make([]WaitingMessage, len(p.Waiting))}
	if l := p.Limits; l != nil {
		out.Limits = &SendingLimits{
			PerMinute: l.PerMinute, PerContactPerMinute: l.PerContactPerMinute, NewContactsPerDay: l.NewContactsPerDay,
			WarmUpUntil: seconds(l.WarmUpUntil),
		}
	}
	for i := range p.Waiting {
		w := &p.Waiting[i]
		out.Waiting[i] = WaitingMessage{
			ID: w.ID.String(), ChatID: w.ID.Chat, QueuedAt: w.QueuedAt.Unix(), DueAt: w.Due.Unix(), NewContact: w.New, Tried: w.Tries > 0,
		}
	}
	return out
}

// seconds is a time in unix seconds; nil for none.
func seconds(t time.Time) *int64 {
	if t.IsZero() {
		return nil
	}
	at := t.Unix()
	return &at
}
