package whatsapp

import (
	"cmp"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp/jid"
)

// Me is the identity of an account; empty while unpaired.
type Me struct {
	ID, LID  chat.ID
	JID      string
	PushName string
}

// identity reads the identity of a device. It may only be called where whatsmeow
// does not use the device at the same time, because whatsmeow changes it without
// a lock: before the client connects, and while the device is saved for the first
// time.
func identity(dev *store.Device) Me {
	if dev.ID == nil {
		return Me{}
	}
	return Me{ID: jid.ChatID(*dev.ID), LID: jid.ChatID(dev.LID), JID: dev.ID.String(), PushName: dev.PushName}
}

// Me returns the account's identity.
func (a *Account) Me() Me {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.me
}

// Paired reports whether the device is linked to an account.
func (a *Account) Paired() bool { return a.Me().ID != "" }

// ownJID returns the account's own JID without the device part.
func (a *Account) ownJID() types.JID { return jid.Of(a.Me().ID) }

// learn updates the identity from an event of the client.
func (a *Account) learn(c *whatsmeow.Client, evt any) {
	var lid chat.ID
	if _, ok := evt.(*events.Connected); ok {
		lid = a.missingLID(c)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.gone || a.client != c {
		return
	}
	switch evt := evt.(type) {
	case *events.PairSuccess:
	case *events.Connected:
		a.linked.LID = cmp.Or(a.linked.LID, lid)
		a.available = false
	case *events.PushNameSetting:
		a.linked.PushName = evt.Action.GetName()
		if a.me.ID == "" {
			return // the pairing is not confirmed yet
		}
	default:
		return
	}
	if !a.held {
		a.me = a.linked
	}
}

// missingLID returns the LID of an account that was linked without one: WhatsApp
// tells it when the client logs in. It returns "" if nothing is missing.
func (a *Account) missingLID(c *whatsmeow.Client) chat.ID {
	a.mu.Lock()
	linked := a.linked
	stale := a.client != c
	a.mu.Unlock()
	if stale || linked.ID == "" || linked.LID != "" {
		return ""
	}
	lid, err := a.db.lids.GetLIDForPN(a.ctx, jid.Of(linked.ID))
	if err != nil {
		a.log.Warn("Failed to look up the account's LID", "error", err)
		return ""
	}
	return jid.ChatID(lid)
}
