package wire

import "github.com/wasession/wasession/runtime/chat"

// Contact is a contact as returned by WAHA's contacts calls.
type Contact struct {
	ID     string  `json:"id"`
	LID    *string `json:"lid"`
	Number *string `json:"number" doc:"Digits; null if only the LID is known"`
	// Name is from the address book, PushName the person's own.
	Name         *string `json:"name" doc:"From the address book"`
	PushName     *string `json:"pushname" doc:"Name that the contact chose"`
	ShortName    *string `json:"shortName" doc:"Best name available"`
	BusinessName *string `json:"businessName"`
	IsMe         bool    `json:"isMe"`
	IsGroup      bool    `json:"isGroup"`
	IsBusiness   bool    `json:"isBusiness"`
	IsMyContact  bool    `json:"isMyContact" doc:"Whether the contact is in the address book"`
	IsWAContact  bool    `json:"isWAContact"`
}

// NewContact is a contact; me is the account's own ID, or empty.
func NewContact(c *chat.Contact, me string) Contact {
	w := Contact{
		ID: string(c.ID), LID: text(string(c.LID)),
		Name: text(c.Name), PushName: text(c.PushName), BusinessName: text(c.BusinessName), ShortName: text(c.BestName()),
		IsMe: string(c.ID) == me, IsGroup: c.ID.Kind() == chat.KindGroup,
		IsBusiness: c.BusinessName != "", IsMyContact: c.Name != "", IsWAContact: c.ID.Kind() == chat.KindDirect,
	}
	if c.ID.Server() == chat.ServerDirect {
		w.Number = text(c.ID.User())
	}
	return w
}

// GroupInfo is a group in WAHA's form.
type GroupInfo struct {
	ID          string `json:"id"`
	Subject     string `json:"subject"`
	Description string `json:"description"`
	// Owner created the group, at CreatedAt in unix seconds.
	Owner     *string `json:"owner"`
	CreatedAt int64   `json:"createdAt" doc:"Unix seconds"`
	// The three are null where WhatsApp has not told.
	MembersCanAddNewMember     *bool         `json:"membersCanAddNewMember"`
	MembersCanSendMessages     *bool         `json:"membersCanSendMessages"`
	NewMembersApprovalRequired *bool         `json:"newMembersApprovalRequired"`
	MembersCanEditInfo         *bool         `json:"membersCanEditInfo"`
	ParticipantsCount          int           `json:"participantsCount"`
	Participants               []Participant `json:"participants,omitzero" doc:"Left out with exclude=participants"`
}

// NewGroupInfo is a group, with or without its participants.
func NewGroupInfo(g *chat.Group, participants bool) GroupInfo {
	w := GroupInfo{
		ID: string(g.ID), Subject: g.Subject, Description: g.Description, Owner: text(string(g.Owner)), CreatedAt: g.CreatedAt,
		MembersCanAddNewMember: g.MembersAdd, MembersCanSendMessages: negated(g.Announce),
		NewMembersApprovalRequired: g.Approval, MembersCanEditInfo: negated(g.Locked),
		ParticipantsCount: len(g.Participants),
	}
	if participants {
		w.Participants = newParticipants(g)
	}
	return w
}

func newParticipants(g *chat.Group) []Participant {
	all := make([]Participant, 0, len(g.Participants))
	for _, p := range g.Participants {
		all = append(all, newParticipant(p.ID, roleOf(p.Role)))
	}
	return all
}

func negated(b *bool) *bool {
	if b == nil {
		return nil
	}
	n := !*b
	return &n
}

// LID is a LID and its phone number, null if unknown.
type LID struct {
	LID *string `json:"lid"`
	PN  *string `json:"pn"`
}

// NewLID is a LID and its phone number, either of which may be empty.
func NewLID(lid, phone chat.ID) LID { return LID{text(string(lid)), text(string(phone))} }

// Delivery is the delivery of an event to a webhook.
type Delivery struct {
	// ID names a dead letter for replay; null while pending.
	ID        *int64             `json:"id" doc:"ID for replay; null while pending"`
	Webhook   string             `json:"webhook" doc:"The webhook's name, or a hash of its URL if it has none"`
	State     chat.DeliveryState `json:"state" enum:"pending,failed,replay"`
	Event     string             `json:"event"`
	EventID   string             `json:"eventId"`
	Timestamp int64              `json:"timestamp" doc:"Time of the event, Unix milliseconds"`
	Attempts  int                `json:"attempts"`
	RequestID *string            `json:"requestId" doc:"X-Webhook-Request-Id header of every attempt"`
	Error     *string            `json:"error" doc:"Error of the last attempt"`
	// NextAttempt and FailedAt are in unix milliseconds; null where there is none.
	NextAttempt *int64 `json:"nextAttempt" doc:"Unix milliseconds"`
	FailedAt    *int64 `json:"failedAt" doc:"Unix milliseconds"`
}

// NewDelivery is a delivery without the event's payload.
func NewDelivery(d *chat.Delivery) Delivery {
	return Delivery{
		ID: given(d.ID), Webhook: d.Webhook, State: d.State, Event: d.Event.Name, EventID: d.Event.ID, Timestamp: milliseconds(d.Event.At),
		Attempts: d.Attempts, RequestID: text(d.RequestID), Error: text(d.LastError),
		NextAttempt: given(milliseconds(d.NextAt)), FailedAt: given(milliseconds(d.FailedAt)),
	}
}

// given turns 0 into null.
func given(n int64) *int64 {
	if n == 0 {
		return nil
	}
	return &n
}
