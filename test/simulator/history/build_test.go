package history

import (
	"bytes"
	"compress/zlib"
	"io"
	"math"
	"testing"
	"time"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/proto/waHistorySync"
	"go.mau.fi/whatsmeow/proto/waWeb"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"
)

var (
	bobPN  = types.NewJID("15550002222", types.DefaultUserServer)
	bobLID = types.NewJID("222222222222222", types.HiddenUserServer)
	team   = types.NewJID("120363000000000001", types.GroupServer)
	noon   = time.Unix(1_790_000_000, 0).UTC()
)

// read decodes a payload like a client.
func read(t *testing.T, chunk Chunk) *waHistorySync.HistorySync {
	t.Helper()
	payload, err := Payload(chunk)
	if err != nil {
		t.Fatal(err)
	}
	reader, err := zlib.NewReader(bytes.NewReader(payload))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	var out waHistorySync.HistorySync
	if err := proto.Unmarshal(plain, &out); err != nil {
		t.Fatal(err)
	}
	return &out
}

func TestChatsKeepWhatIsSaidOfThem(t *testing.T) {
	got := read(t, Chunk{Type: Recent, Order: 3, Progress: 40, Chats: []Chat{{
		ID: bobLID, Alternative: bobPN, Name: "Bob", LastActivity: noon, Archived: true, Pinned: noon.Add(-time.Hour),
		MutedUntil: noon.Add(time.Hour), Unread: 2, MarkedUnread: true, Ephemeral: 24 * time.Hour, Complete: true,
	}}})
	if got.GetSyncType() != waHistorySync.HistorySync_RECENT || got.GetChunkOrder() != 3 || got.GetProgress() != 40 {
		t.Errorf("chunk %v %d %d", got.GetSyncType(), got.GetChunkOrder(), got.GetProgress())
	}
	chat := got.GetConversations()[0]
	if chat.GetID() != bobLID.String() || chat.GetPnJID() != bobPN.String() || chat.LidJID != nil || chat.GetName() != "Bob" {
		t.Errorf("identity: %v", chat)
	}
	if !chat.GetArchived() || chat.GetPinned() != uint32(noon.Unix()-3600) || chat.GetMuteEndTime() != uint64(noon.Unix()+3600) {
		t.Errorf("flags: %v", chat)
	}
	if chat.GetUnreadCount() != 2 || !chat.GetMarkedAsUnread() || chat.GetEphemeralExpiration() != 86_400 ||
		chat.GetConversationTimestamp() != uint64(noon.Unix()) || chat.LastMsgTimestamp != nil {
		t.Errorf("counters: %v", chat)
	}
	if chat.GetEndOfHistoryTransferType() != waHistorySync.Conversation_COMPLETE_AND_NO_MORE_MESSAGE_REMAIN_ON_PRIMARY {
		t.Errorf("end of history: %v", chat.GetEndOfHistoryTransferType())
	}
}

func TestChatsLeaveOutWhatIsNotSaid(t *testing.T) {
	got := read(t, Chunk{Type: Full, Chats: []Chat{{ID: bobPN, Alternative: bobLID}, {ID: team, MutedUntil: Forever}}})
	chat := got.GetConversations()[0]
	if chat.GetLidJID() != bobLID.String() || chat.PnJID != nil || chat.Name != nil || chat.Pinned != nil ||
		chat.MuteEndTime != nil || chat.ConversationTimestamp != nil || chat.GetArchived() || len(chat.GetMessages()) != 0 {
		t.Errorf("%v", chat)
	}
	if chat.GetEndOfHistoryTransferType() != waHistorySync.Conversation_COMPLETE_BUT_MORE_MESSAGES_REMAIN_ON_PRIMARY {
		t.Errorf("end of history: %v", chat.GetEndOfHistoryTransferType())
	}
	if got.GetConversations()[1].GetMuteEndTime() != math.MaxUint64 {
		t.Errorf("muted forever: %d", got.GetConversations()[1].GetMuteEndTime())
	}
	if got.GetGlobalSettings() != nil || got.GetNctSalt() != nil {
		t.Errorf("settings came from nowhere: %v", got)
	}
}

func TestMessagesComeNewestFirst(t *testing.T) {
	got := read(t, Chunk{Type: Bootstrap, Chats: []Chat{{ID: team, Messages: []Message{
		{ID: "OLD", At: noon.Add(-time.Hour), Sender: bobLID, PushName: "Bob", Status: Read, Starred: true, Body: Text("first")},
		{ID: "NEW", At: noon, FromMe: true, Status: Delivered, Body: Text("second")},
	}}}}).GetConversations()[0]
	if got.GetLastMsgTimestamp() != uint64(noon.Unix()) || len(got.GetMessages()) != 2 {
		t.Fatalf("%v", got)
	}
	newest, oldest := got.GetMessages()[0].GetMessage(), got.GetMessages()[1].GetMessage()
	if newest.GetKey().GetID() != "NEW" || !newest.GetKey().GetFromMe() || newest.GetStatus() != waWeb.WebMessageInfo_DELIVERY_ACK ||
		newest.Participant != nil || newest.GetKey().GetRemoteJID() != team.String() {
		t.Errorf("newest: %v", newest)
	}
	if oldest.GetKey().GetID() != "OLD" || oldest.GetParticipant() != bobLID.String() || oldest.GetKey().GetParticipant() != bobLID.String() ||
		oldest.GetPushName() != "Bob" || !oldest.GetStarred() || oldest.GetMessage().GetConversation() != "first" {
		t.Errorf("oldest: %v", oldest)
	}
	if got.GetMessages()[0].GetMsgOrderID() <= got.GetMessages()[1].GetMsgOrderID() {
		t.Error("the newest message must have the highest order id")
	}
}

func TestAChunkCarriesTheAccount(t *testing.T) {
	got := read(t, Chunk{
		Type: PushNames, Names: map[string]string{bobPN.String(): "Bobby"},
		Mappings: map[types.JID]types.JID{bobPN: bobLID},
		Settings: &Settings{LIDMigration: noon, UnarchiveChats: true}, NCTSalt: []byte("salt"),
	})
	if got.GetSyncType() != waHistorySync.HistorySync_PUSH_NAME || got.GetPushnames()[0].GetPushname() != "Bobby" {
		t.Errorf("push names: %v", got)
	}
	mapping := got.GetPhoneNumberToLidMappings()[0]
	if mapping.GetPnJID() != bobPN.String() || mapping.GetLidJID() != bobLID.String() {
		t.Errorf("mapping: %v", mapping)
	}
	settings := got.GetGlobalSettings()
	if settings.GetChatDbLidMigrationTimestamp() != noon.Unix() || !settings.GetAutoUnarchiveChats() || string(got.GetNctSalt()) != "salt" {
		t.Errorf("settings: %v", got)
	}
}

func TestParticipantsHaveRanks(t *testing.T) {
	got := read(t, Chunk{Type: Recent, Chats: []Chat{{ID: team, Participants: []Participant{{ID: bobLID, Admin: true}, {ID: bobPN}}}}})
	members := got.GetConversations()[0].GetParticipant()
	if len(members) != 2 || members[0].GetRank() != waHistorySync.GroupParticipant_ADMIN ||
		members[1].GetRank() != waHistorySync.GroupParticipant_REGULAR || members[1].GetUserJID() != bobPN.String() {
		t.Errorf("%v", members)
	}
}

func TestNotifications(t *testing.T) {
	chunk := Chunk{Type: OnDemand, Order: 2, Progress: 100, Chats: []Chat{{ID: bobPN, Messages: []Message{
		{ID: "A", At: noon}, {ID: "B", At: noon.Add(-time.Minute)},
	}}}}
	file := File{DirectPath: "/v/md-msg-hist/x?y", Key: []byte("key"), SHA256: []byte("a"), EncSHA256: []byte("b"), Length: 7}
	got := Notification(chunk, file, "REQ").GetProtocolMessage()
	if got.GetType() != waE2E.ProtocolMessage_HISTORY_SYNC_NOTIFICATION {
		t.Errorf("type %v", got.GetType())
	}
	n := got.GetHistorySyncNotification()
	if n.GetSyncType() != waE2E.HistorySyncType_ON_DEMAND || n.GetDirectPath() != file.DirectPath || string(n.GetMediaKey()) != "key" ||
		string(n.GetFileSHA256()) != "a" || string(n.GetFileEncSHA256()) != "b" || n.GetFileLength() != 7 ||
		n.GetPeerDataRequestSessionID() != "REQ" || n.GetOldestMsgInChunkTimestampSec() != noon.Unix()-60 {
		t.Errorf("%v", n)
	}
	inline := InlineNotification(Chunk{Type: Bootstrap}, []byte("zlib")).GetProtocolMessage().GetHistorySyncNotification()
	if string(inline.GetInitialHistBootstrapInlinePayload()) != "zlib" || inline.DirectPath != nil {
		t.Errorf("%v", inline)
	}
}

func TestBodies(t *testing.T) {
	file := File{DirectPath: "/v/x?y", Key: []byte("k"), SHA256: []byte("s"), EncSHA256: []byte("e"), Length: 9, Mimetype: "type/sub"}
	type downloadable interface {
		GetDirectPath() string
		GetMediaKey() []byte
		GetFileSHA256() []byte
		GetFileEncSHA256() []byte
		GetFileLength() uint64
		GetMimetype() string
	}
	for name, body := range map[string]downloadable{
		"image":    Image(file, "c").GetImageMessage(),
		"video":    Video(file, "c", 3).GetVideoMessage(),
		"audio":    Audio(file, 3, true).GetAudioMessage(),
		"document": Document(file, "n", "").GetDocumentMessage(),
	} {
		if body.GetDirectPath() != "/v/x?y" || string(body.GetMediaKey()) != "k" || string(body.GetFileSHA256()) != "s" ||
			string(body.GetFileEncSHA256()) != "e" || body.GetFileLength() != 9 || body.GetMimetype() != "type/sub" {
			t.Errorf("%s: %v", name, body)
		}
	}
	if Image(file, "").GetImageMessage().Caption != nil {
		t.Error("an empty caption was written")
	}
	reply := Reply("yes", "3A01", bobPN, Text("really?")).GetExtendedTextMessage()
	if reply.GetText() != "yes" || reply.GetContextInfo().GetStanzaID() != "3A01" ||
		reply.GetContextInfo().GetQuotedMessage().GetConversation() != "really?" {
		t.Errorf("reply: %v", reply)
	}
	if got := Location(1.5, 2.5, "Here").GetLocationMessage(); got.GetDegreesLatitude() != 1.5 || got.GetName() != "Here" {
		t.Errorf("location: %v", got)
	}
	if got := Contact("Bob", "15550002222").GetContactMessage(); got.GetDisplayName() != "Bob" ||
		!bytes.Contains([]byte(got.GetVcard()), []byte("waid=15550002222:+15550002222")) {
		t.Errorf("contact: %v", got)
	}
	if got := Reaction("👍", bobPN, "3A01", true).GetReactionMessage(); got.GetText() != "👍" || got.GetKey().GetID() != "3A01" {
		t.Errorf("reaction: %v", got)
	}
}
