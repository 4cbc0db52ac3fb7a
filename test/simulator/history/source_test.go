package history

import (
	"testing"
	"time"

	"go.mau.fi/whatsmeow/types"
)

func TestWrittenChatsAreASource(t *testing.T) {
	source := Chats{Newest: 2, Settings: &Settings{UnarchiveChats: true}, Chats: []Chat{
		{ID: bobLID, Alternative: bobPN, Name: "Bob", Archived: true, Messages: []Message{
			{ID: "M1", At: noon}, {ID: "M3", At: noon.Add(2 * time.Minute)}, {ID: "M2", At: noon.Add(time.Minute)},
		}},
		{ID: team, Name: "Team"},
	}}
	var chunks []Chunk
	for chunk := range source.Chunks() {
		chunks = append(chunks, chunk)
	}
	if len(chunks) != 1 || chunks[0].Type != Bootstrap || chunks[0].Progress != 100 || len(chunks[0].Chats) != 2 {
		t.Fatalf("chunks %+v", chunks)
	}
	bob := chunks[0].Chats[0]
	if len(bob.Messages) != 2 || bob.Messages[0].ID != "M3" || bob.Messages[1].ID != "M2" || bob.Complete {
		t.Errorf("the bootstrap carries %+v", bob)
	}
	if !chunks[0].Chats[1].Complete || chunks[0].Mappings[bobPN] != bobLID || !chunks[0].Settings.UnarchiveChats {
		t.Errorf("chunk %+v", chunks[0])
	}
	for _, jid := range []types.JID{bobPN, bobLID} {
		if chat, ok := source.Lookup(jid); !ok || len(chat.Messages) != 3 {
			t.Errorf("Lookup(%s) = %+v, %v", jid, chat, ok)
		}
	}
	if _, ok := source.Lookup(types.NewJID("1", types.GroupServer)); ok {
		t.Error("found a chat that does not exist")
	}
	for chat := range source.Overview() {
		if len(chat.Messages) != 0 || chat.Name == "" {
			t.Errorf("overview: %+v", chat)
		}
	}
}

func TestAnAccountIsASource(t *testing.T) {
	account := demo()
	chats := 0
	for chat := range account.Overview() {
		found, ok := account.Lookup(chat.ID)
		if !ok || found.Name != chat.Name || len(found.Messages) != account.Count(chats) || len(chat.Messages) != 0 {
			t.Errorf("chat %d: %+v, %v", chats, found.ID, ok)
		}
		chats++
	}
	if chats != account.Len() {
		t.Errorf("%d chats, want %d", chats, account.Len())
	}
}
