package whatsapp

import (
	"fmt"
	"runtime/debug"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp/content"
)

// handle processes an event from whatsmeow. If it returns false, the event was
// not stored and whatsmeow does not acknowledge it.
func (a *Account) handle(c *whatsmeow.Client, evt any) (done bool) {
	if !a.begin(c) {
		return false
	}
	defer a.handling.Done()
	defer a.echoes.heard(evt)
	defer func() {
		// whatsmeow would acknowledge after a panic.
		if r := recover(); r != nil {
			a.log.Error("Panic while handling an event", "panic", r, "stack", string(debug.Stack()))
			done = false
		}
	}()
	if t := turnOf(evt); t != nil {
		a.learn(c, evt)
		a.turn(c, t)
		return true
	}
	if a.Held() {
		return false // it is delivered again to the handler of that account
	}
	if failed, ok := evt.(*events.AppStateSyncError); ok {
		if isCorrupt(failed.Error) {
			a.log.Warn("The stored app state is corrupt and is fetched again", "collection", string(failed.Name), "error", failed.Error)
			a.opts.Handler.StateMissed()
		}
		return true
	}
	if pic, ok := evt.(*events.Picture); ok {
		if id := a.mapper().person(pic.JID, types.EmptyJID); id != "" {
			a.opts.Handler.PictureChanged(a.ctx, id, pic.Remove)
		}
		return true
	}
	changes := a.fresh(a.understand(c, evt))
	if len(changes) > 0 {
		if err := a.keepInOrder(changes); err != nil {
			a.log.Error("Failed to store an event", "error", err)
			if isShared(evt) {
				a.opts.Handler.StateMissed() // WhatsApp does not deliver it again
			} else {
				a.askAgain(c)
			}
			return false
		}
		a.remember(changes)
		a.calls.stored(changes)
	}
	if info, ok := evt.(*events.GroupInfo); ok {
		a.askApproval(c, info)
	}
	a.historyReceipt(c, evt)
	return true
}

// begin registers an event as in progress. It returns false if the account is
// closing or the event comes from a previous client.
func (a *Account) begin(c *whatsmeow.Client) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed || a.client != c {
		return false
	}
	a.handling.Add(1)
	return true
}

// turn updates the account's own state and passes a turn of a client on.
func (a *Account) turn(c *whatsmeow.Client, t Turn) {
	switch t.(type) {
	case PairFailed:
		a.release()
	case Paired:
		a.tellPaired()
		return
	case Connected:
		a.tellPaired()
	case LoggedOut:
		if !a.forget(c) {
			return // already known, from Logout or from the same client
		}
	}
	switch t.(type) {
	case Connected, Renamed, Responsive:
		if a.Held() {
			t = Paired{} // linked, but not for this handler
		}
	}
	a.opts.Handler.Turned(t)
	if _, ok := t.(Disconnected); !ok {
		return
	}
	if _, err := a.online(); err == nil {
		a.opts.Handler.Turned(Connected{}) // whatsmeow's event of that may have come first
	}
}

// tellPaired says once that the device was linked. whatsmeow can say so after the
// first login, when it is too late.
func (a *Account) tellPaired() {
	a.mu.Lock()
	link := a.link
	a.mu.Unlock()
	if link != nil {
		link.Do(func() { a.opts.Handler.Turned(Paired{}) })
	}
}

// understand is changes with panics recovered. An event that panics would do so
// again on every redelivery, so a message is stored without its content, and the
// event is acknowledged.
func (a *Account) understand(c *whatsmeow.Client, evt any) (changes []chat.Change) {
	defer func() {
		r := recover()
		if r == nil {
			return
		}
		a.log.Error("Panic while reading an event", "event", fmt.Sprintf("%T", evt), "panic", r, "stack", string(debug.Stack()))
		changes = nil
		if msg, ok := evt.(*events.Message); ok {
			changes = []chat.Change{chat.MessageReceived{Message: a.mapper().envelope(msg.Info)}}
		}
	}()
	return a.changes(c, evt)
}

// changes translates an event into changes of the domain.
func (a *Account) changes(c *whatsmeow.Client, evt any) []chat.Change {
	m := a.mapper()
	switch evt := evt.(type) {
	case *events.Message:
		content.Tame(evt.RawMessage) // evt.Message is a part of it
		return append(m.mappings(evt.Info.MessageSource), a.messageChanges(c, m, evt)...)
	case *events.Receipt:
		return append(m.mappings(evt.MessageSource), m.receiptChanges(evt)...)
	case *events.UndecryptableMessage:
		return append(m.mappings(evt.Info.MessageSource), m.signal(evt)...)
	case *events.JoinedGroup:
		return append(m.members(evt.Participants), m.joinedGroup(evt)...)
	case *events.GroupInfo:
		return append(m.groupChanges(evt), m.joinRequests(evt)...)
	case *events.NewsletterJoin, *events.NewsletterLeave, *events.NewsletterMuteChange:
		return channelChanges(evt)
	case *events.PushName:
		return m.contactNamed(evt.JID, evt.JIDAlt, chat.ContactNamed{PushName: evt.NewPushName})
	case *events.BusinessName:
		return m.contactNamed(evt.JID, types.EmptyJID, chat.ContactNamed{BusinessName: evt.NewBusinessName})
	}
	if changes := a.callChanges(m, evt); changes != nil {
		return changes
	}
	if changes := m.appStateChanges(evt); changes != nil {
		return changes
	}
	return m.signal(evt)
}

// messageChanges decrypts reactions, edits and votes that are encrypted again
// inside a message, and leaves the rest to the mapper.
func (a *Account) messageChanges(c *whatsmeow.Client, m mapper, evt *events.Message) []chat.Change {
	msg := content.Unwrap(evt.Message)
	switch {
	case isPost(&evt.Info):
		a.claimPost(&evt.Info)
	case msg.GetEncReactionMessage() != nil:
		reaction, enc := &waE2E.ReactionMessage{}, msg.GetEncReactionMessage()
		if err := a.unseal(c, m, evt, whatsmeow.EncSecretReaction, enc, enc.GetTargetMessageKey(), reaction); err != nil {
			a.log.Warn("Failed to decrypt a reaction", "error", err)
			return nil
		}
		content.Tame(reaction)
		reaction.Key = enc.GetTargetMessageKey()
		evt.Message = &waE2E.Message{ReactionMessage: reaction}
	case msg.GetSecretEncryptedMessage() != nil:
		edited, enc := &waE2E.Message{}, msg.GetSecretEncryptedMessage()
		if err := a.unseal(c, m, evt, editSecret(enc), enc, enc.GetTargetMessageKey(), edited); err != nil {
			a.log.Warn("Failed to decrypt an edit", "error", err)
			return nil
		}
		if edited.MessageContextInfo == nil {
			edited.MessageContextInfo = msg.GetMessageContextInfo()
		}
		content.Tame(edited)
		return m.secretEdit(evt, enc, edited)
	case msg.GetEncEventResponseMessage() != nil:
		return a.eventResponse(c, m, evt, msg.GetEncEventResponseMessage())
	case msg.GetPollUpdateMessage() != nil:
		return a.pollVote(c, m, evt, msg.GetPollUpdateMessage())
	}
	return m.messageChanges(evt)
}

// historyReceipt confirms to the phone that its history notification is stored.
func (a *Account) historyReceipt(c *whatsmeow.Client, evt any) {
	msg, ok := evt.(*events.Message)
	if !ok || !msg.Info.IsFromMe || msg.Message.GetProtocolMessage().GetHistorySyncNotification() == nil {
		return
	}
	a.opts.Handler.HistoryArrived()
	if err := c.SendProtocolMessageReceipt(a.ctx, msg.Info.ID, types.ReceiptTypeHistorySync); err != nil {
		a.log.Warn("Failed to send the receipt for a history notification", "error", err)
	}
}

// fresh drops LID mappings that were applied before.
func (a *Account) fresh(changes []chat.Change) []chat.Change {
	a.mu.Lock()
	defer a.mu.Unlock()
	kept := changes[:0]
	for _, c := range changes {
		if pair, ok := c.(chat.LIDMapped); ok {
			if _, known := a.mapped[pair]; known {
				continue
			}
		}
		kept = append(kept, c)
	}
	return kept
}

// remember caches committed LID mappings. The cache is cleared when it grows
// large.
func (a *Account) remember(changes []chat.Change) {
	const most = 1024
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, c := range changes {
		if pair, ok := c.(chat.LIDMapped); ok {
			if len(a.mapped) >= most {
				clear(a.mapped)
			}
			a.mapped[pair] = struct{}{}
		}
	}
}

// unlearn forgets which LID mappings were applied: a failed import may have taken
// some back.
func (a *Account) unlearn() {
	a.mu.Lock()
	defer a.mu.Unlock()
	clear(a.mapped)
}
