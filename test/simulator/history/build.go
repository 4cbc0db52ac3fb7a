package history

import (
	"math"
	"slices"
	"strings"

	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/proto/waHistorySync"
	"go.mau.fi/whatsmeow/proto/waWeb"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"
)

// Build returns the message that a chunk's payload encodes.
func Build(chunk Chunk) *waHistorySync.HistorySync {
	out := &waHistorySync.HistorySync{
		SyncType:   waHistorySync.HistorySync_HistorySyncType(waHistorySync.HistorySync_HistorySyncType_value[string(chunk.Type)]).Enum(),
		ChunkOrder: proto.Uint32(chunk.Order),
		Progress:   proto.Uint32(chunk.Progress),
		NctSalt:    chunk.NCTSalt,
	}
	for _, chat := range chunk.Chats {
		out.Conversations = append(out.Conversations, conversation(chat))
	}
	for jid, name := range chunk.Names {
		out.Pushnames = append(out.Pushnames, &waHistorySync.Pushname{ID: proto.String(jid), Pushname: proto.String(name)})
	}
	slices.SortFunc(out.Pushnames, func(a, b *waHistorySync.Pushname) int { return strings.Compare(a.GetID(), b.GetID()) })
	for pn, lid := range chunk.Mappings {
		out.PhoneNumberToLidMappings = append(out.PhoneNumberToLidMappings, &waHistorySync.PhoneNumberToLIDMapping{
			PnJID: proto.String(pn.String()), LidJID: proto.String(lid.String()),
		})
	}
	slices.SortFunc(out.PhoneNumberToLidMappings, func(a, b *waHistorySync.PhoneNumberToLIDMapping) int {
		return strings.Compare(a.GetPnJID(), b.GetPnJID())
	})
	if settings := chunk.Settings; settings != nil {
		out.GlobalSettings = &waHistorySync.GlobalSettings{AutoUnarchiveChats: proto.Bool(settings.UnarchiveChats)}
		if !settings.LIDMigration.IsZero() {
			out.GlobalSettings.ChatDbLidMigrationTimestamp = proto.Int64(settings.LIDMigration.Unix())
		}
	}
	return out
}

func conversation(chat Chat) *waHistorySync.Conversation {
	out := &waHistorySync.Conversation{
		ID:                   proto.String(chat.ID.String()),
		Archived:             proto.Bool(chat.Archived),
		UnreadCount:          proto.Uint32(uint32(chat.Unread)),
		MarkedAsUnread:       proto.Bool(chat.MarkedUnread),
		NotSpam:              proto.Bool(true),
		EndOfHistoryTransfer: proto.Bool(true),
		EndOfHistoryTransferType: waHistorySync.
			Conversation_COMPLETE_BUT_MORE_MESSAGES_REMAIN_ON_PRIMARY.Enum(),
	}
	if chat.Complete {
		out.EndOfHistoryTransferType = waHistorySync.
			Conversation_COMPLETE_AND_NO_MORE_MESSAGE_REMAIN_ON_PRIMARY.Enum()
	}
	if chat.Name != "" {
		out.Name = proto.String(chat.Name)
	}
	switch chat.Alternative.Server {
	case types.HiddenUserServer:
		out.LidJID = proto.String(chat.Alternative.String())
	case types.DefaultUserServer:
		out.PnJID = proto.String(chat.Alternative.String())
	}
	if !chat.LastActivity.IsZero() {
		out.ConversationTimestamp = proto.Uint64(uint64(chat.LastActivity.Unix()))
	}
	if !chat.Pinned.IsZero() {
		out.Pinned = proto.Uint32(uint32(chat.Pinned.Unix()))
	}
	switch {
	case chat.MutedUntil.Equal(Forever):
		out.MuteEndTime = proto.Uint64(math.MaxUint64)
	case !chat.MutedUntil.IsZero():
		out.MuteEndTime = proto.Uint64(uint64(chat.MutedUntil.Unix()))
	}
	if chat.Ephemeral > 0 {
		out.EphemeralExpiration = proto.Uint32(uint32(chat.Ephemeral.Seconds()))
	}
	for _, participant := range chat.Participants {
		rank := waHistorySync.GroupParticipant_REGULAR
		if participant.Admin {
			rank = waHistorySync.GroupParticipant_ADMIN
		}
		out.Participant = append(out.Participant, &waHistorySync.GroupParticipant{
			UserJID: proto.String(participant.ID.String()), Rank: rank.Enum(),
		})
	}
	out.Messages = messages(chat)
	if len(out.Messages) > 0 {
		out.LastMsgTimestamp = proto.Uint64(out.Messages[0].GetMessage().GetMessageTimestamp())
	}
	return out
}

// messages returns the messages of a chat, newest first.
func messages(chat Chat) []*waHistorySync.HistorySyncMsg {
	sorted := slices.Clone(chat.Messages)
	slices.SortStableFunc(sorted, func(a, b Message) int { return b.At.Compare(a.At) })
	out := make([]*waHistorySync.HistorySyncMsg, len(sorted))
	for i, message := range sorted {
		out[i] = &waHistorySync.HistorySyncMsg{
			Message: WebMessage(chat.ID, message), MsgOrderID: proto.Uint64(uint64(len(sorted) - i)),
		}
	}
	return out
}

// WebMessage returns a message in the form in which phones send stored
// messages.
func WebMessage(chat types.JID, message Message) *waWeb.WebMessageInfo {
	out := &waWeb.WebMessageInfo{
		Key: &waCommon.MessageKey{
			RemoteJID: proto.String(chat.String()), FromMe: proto.Bool(message.FromMe), ID: proto.String(message.ID),
		},
		Message:          message.Body,
		MessageTimestamp: proto.Uint64(uint64(message.At.Unix())),
		MessageSecret:    message.Body.GetMessageContextInfo().GetMessageSecret(),
	}
	if message.Status != 0 {
		out.Status = waWeb.WebMessageInfo_Status(message.Status).Enum()
	}
	if !message.FromMe && !message.Sender.IsEmpty() {
		out.Key.Participant = proto.String(message.Sender.String())
		out.Participant = out.Key.Participant
	}
	if !message.FromMe && message.PushName != "" {
		out.PushName = proto.String(message.PushName)
	}
	if message.Starred {
		out.Starred = proto.Bool(true)
	}
	return out
}
