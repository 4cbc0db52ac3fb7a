package whatsapp

import (
	"cmp"
	"context"
	"fmt"

	"go.mau.fi/whatsmeow/proto/waHistorySync"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/whatsapp/jid"
)

// People passes names and LID mappings on to whatsmeow's store and to the sink.
func (h *historyBatch) People(ctx context.Context, part *waHistorySync.HistorySync) error {
	var changes []chat.Change
	var pairs []store.LIDMapping
	pair := func(lid, pn string) {
		l, errL := types.ParseJID(lid)
		p, errP := types.ParseJID(pn)
		if errL != nil || errP != nil || !jid.IsLID(l) || !jid.IsPhone(p) {
			return
		}
		l.Server, p.Server = types.HiddenUserServer, types.DefaultUserServer
		pairs = append(pairs, store.LIDMapping{LID: l, PN: p})
		changes = appendPair(changes, l, p)
	}
	for _, p := range part.GetPhoneNumberToLidMappings() {
		pair(p.GetLidJID(), p.GetPnJID())
	}
	for _, c := range part.GetInlineContacts() {
		pair(c.GetLidJID(), c.GetPnJID())
	}
	if len(pairs) > 0 {
		if err := h.a.db.lids.PutManyLIDMappings(ctx, pairs); err != nil {
			return fmt.Errorf("store LID mappings: %w", err)
		}
	}
	for _, n := range part.GetPushnames() {
		j, err := types.ParseJID(n.GetID())
		if err != nil || n.GetPushname() == "" || n.GetPushname() == "-" {
			continue
		}
		changes = append(changes, h.m.contactNamed(j, types.EmptyJID, chat.ContactNamed{PushName: n.GetPushname()})...)
	}
	for _, c := range part.GetInlineContacts() {
		if id := h.m.personOf(cmp.Or(c.GetPnJID(), c.GetLidJID())); id != "" {
			changes = append(changes, chat.ContactNamed{ID: id, Name: cmp.Or(c.GetFullName(), c.GetFirstName())})
		}
	}
	h.a.keepSettings(ctx, part)
	if len(changes) == 0 {
		return nil
	}
	if err := h.sink.Known(ctx, changes); err != nil {
		return err
	}
	h.a.remember(changes)
	return nil
}

// keepSettings passes on to whatsmeow the settings that it would have stored had
// it read the history itself.
func (a *Account) keepSettings(ctx context.Context, part *waHistorySync.HistorySync) {
	engine := a.current().DangerousInternals()
	if part.GetGlobalSettings() != nil {
		engine.StoreGlobalSettings(ctx, part.GetGlobalSettings())
	}
	if part.GetCompanionMetaNonce() != "" {
		engine.StoreCompanionMetaNonce(ctx, part.GetCompanionMetaNonce())
	}
	if len(part.GetNctSalt()) > 0 {
		if err := engine.StoreNCTSalt(ctx, part.GetNctSalt()); err != nil {
			a.log.Warn("Failed to store a setting from the history", "error", err)
		}
	}
}

// keepSecrets stores the secrets and tokens that whatsmeow needs for later
// messages.
func (a *Account) keepSecrets(ctx context.Context, secrets []store.MessageSecretInsert, tokens []store.PrivacyToken) error {
	device := a.current().Store
	if len(secrets) > 0 {
		if err := device.MsgSecrets.PutMessageSecrets(ctx, secrets); err != nil {
			return fmt.Errorf("store message secrets: %w", err)
		}
	}
	if len(tokens) > 0 {
		if err := device.PrivacyTokens.PutPrivacyTokens(ctx, tokens...); err != nil {
			return fmt.Errorf("store privacy tokens: %w", err)
		}
	}
	return nil
}
