package simulator

import (
	"context"
	"fmt"
	"strings"
	"time"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/test/simulator/appstate"
	"github.com/wasession/wasession/test/simulator/history"
	"github.com/wasession/wasession/test/simulator/media"
)

// onDemandLimit bounds the messages in one answer to a request for older ones.
const onDemandLimit = 500

// SetHistory gives the phone a history. Companions linked from now on get it
// after they have logged in, and all may request older messages from it. If the
// phone has not been used yet, chats that are archived, pinned, muted or in the
// address book become so in the app state as well.
func (u *User) SetHistory(ctx context.Context, source history.Source) error {
	f := u.srv.features
	f.mu.Lock()
	f.of(u).history = source
	f.mu.Unlock()
	state, err := u.AppState()
	if err != nil {
		return err
	}
	for _, name := range appstate.Collections {
		if state.Version(name) > 1 {
			return nil // restored from the state file: later changes must stay
		}
	}
	var changes []appstate.Change
	for chat := range source.Overview() {
		changes = append(changes, chatChanges(chat)...)
	}
	return u.Push(ctx, changes...)
}

// History returns the history set by SetHistory, or nil.
func (u *User) History() history.Source {
	f := u.srv.features
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.of(u).history
}

// chatChanges returns the app state of a chat of the history.
func chatChanges(chat history.Chat) []appstate.Change {
	var changes []appstate.Change
	id := chat.ID.String()
	if chat.Archived {
		changes = append(changes, appstate.Archive(id, true, &appstate.LastMessage{At: chat.LastActivity})...)
	}
	if !chat.Pinned.IsZero() {
		changes = append(changes, appstate.Pin(id, true))
	}
	switch {
	case chat.MutedUntil.Equal(history.Forever):
		changes = append(changes, appstate.Mute(id, appstate.Forever))
	case !chat.MutedUntil.IsZero():
		changes = append(changes, appstate.Mute(id, chat.MutedUntil))
	}
	if chat.MarkedUnread {
		changes = append(changes, appstate.MarkRead(id, false, nil))
	}
	pn, lid := chat.ID, chat.Alternative
	if pn.Server == types.HiddenUserServer {
		pn, lid = lid, pn
	}
	if pn.Server == types.DefaultUserServer && chat.Name != "" {
		first, _, _ := strings.Cut(chat.Name, " ")
		address := ""
		if !lid.IsEmpty() {
			address = lid.String()
		}
		changes = append(changes, appstate.Contact(pn.String(), address, chat.Name, first))
	}
	return changes
}

// SendHistory sends chunks of history from the phone to all companions.
func (u *User) SendHistory(ctx context.Context, chunks ...history.Chunk) error {
	for _, c := range u.Companions() {
		if err := c.SendHistory(ctx, chunks...); err != nil {
			return err
		}
	}
	return nil
}

// SendHistory sends chunks of history from the phone to this companion.
func (c *Companion) SendHistory(ctx context.Context, chunks ...history.Chunk) error {
	for _, chunk := range chunks {
		if err := c.sendChunk(ctx, chunk, ""); err != nil {
			return err
		}
	}
	return nil
}

// SendInlineHistory sends a small chunk within the notification itself, without
// the media service.
func (c *Companion) SendInlineHistory(ctx context.Context, chunk history.Chunk) error {
	payload, err := history.Payload(chunk)
	if err != nil {
		return err
	}
	_, err = c.SendPeer(ctx, history.InlineNotification(chunk, payload).GetProtocolMessage())
	return err
}

// sendChunk uploads a chunk and announces it; requestID is the id of the
// request that it answers, or empty.
func (c *Companion) sendChunk(ctx context.Context, chunk history.Chunk, requestID string) error {
	payload, err := history.Payload(chunk)
	if err != nil {
		return err
	}
	file, err := c.user.srv.Upload(media.History, "", payload)
	if err != nil {
		return err
	}
	if _, err := c.SendPeer(ctx, history.Notification(chunk, file, requestID).GetProtocolMessage()); err != nil {
		return fmt.Errorf("announce history chunk %d: %w", chunk.Order, err)
	}
	return nil
}

// sendOlder answers a companion's request for older messages of a chat.
func (f *features) sendOlder(ctx context.Context, p *PeerMessage) bool {
	request := p.Message.GetProtocolMessage().GetPeerDataOperationRequestMessage()
	if request.GetPeerDataOperationRequestType() != waE2E.PeerDataOperationRequestType_HISTORY_SYNC_ON_DEMAND {
		return false
	}
	wanted := request.GetHistorySyncOnDemandRequest()
	jid, err := types.ParseJID(wanted.GetChatJID())
	if err != nil {
		f.srv.log.Warn("History was requested for no chat", "phone", p.User.pn, "chat", wanted.GetChatJID())
		return true
	}
	chat := history.Chat{ID: jid}
	if source := p.User.History(); source != nil {
		if found, ok := source.Lookup(jid); ok {
			chat = found
		}
	}
	// The field's name says milliseconds; clients put seconds into it.
	at := time.Unix(wanted.GetOldestMsgTimestampMS(), 0)
	count := min(int(wanted.GetOnDemandMsgCount()), onDemandLimit)
	chunk := history.Chunk{
		Type: history.OnDemand, Order: 1, Progress: 100,
		Chats: []history.Chat{history.Before(chat, wanted.GetOldestMsgID(), at, count)},
	}
	if err := p.Companion.sendChunk(ctx, chunk, p.ID); err != nil {
		f.srv.log.Error("Failed to answer a history request", "phone", p.User.pn, "error", err)
	}
	return true
}
