package history

import (
	"slices"
	"testing"
	"time"

	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"
)

var owner = Spec{
	OwnPN:  types.NewJID("15550001111", types.DefaultUserServer),
	OwnLID: types.NewJID("111111111111111", types.HiddenUserServer),
}

func demo() *Account {
	spec := DemoSpec(noon)
	spec.OwnPN, spec.OwnLID = owner.OwnPN, owner.OwnLID
	return NewAccount(spec)
}

// gather merges the chunks of an account like a client.
func gather(t *testing.T, account *Account) (chats map[types.JID]Chat, kinds []Type) {
	t.Helper()
	chats = make(map[types.JID]Chat)
	progress := uint32(0)
	for chunk := range account.Chunks() {
		kinds = append(kinds, chunk.Type)
		if int(chunk.Order) != len(kinds) || chunk.Progress <= progress {
			t.Errorf("chunk %d has order %d, progress %d after %d", len(kinds), chunk.Order, chunk.Progress, progress)
		}
		progress = chunk.Progress
		for _, chat := range chunk.Chats {
			known, again := chats[chat.ID]
			if again {
				chat.Messages = append(known.Messages, chat.Messages...)
			}
			chats[chat.ID] = chat
		}
	}
	if progress != 100 {
		t.Errorf("the last chunk is at %d percent", progress)
	}
	return chats, kinds
}

func TestChunksCarryTheWholeAccountOnce(t *testing.T) {
	for name, spec := range map[string]Spec{
		"demo":       DemoSpec(noon),
		"archive":    ArchiveSpec(noon),
		"one chunk":  {Chats: 30, Messages: 200, Chunks: 1, Now: noon, Span: time.Hour},
		"two chunks": {Chats: 30, Messages: 200, Chunks: 2, Now: noon, Span: time.Hour},
		"tiny":       {Chats: 1, Messages: 3, Chunks: 5, Now: noon, Span: time.Hour},
		"no chunks":  {Chats: 3, Messages: 3, Now: noon, Span: time.Hour},
	} {
		account := NewAccount(spec)
		chats, kinds := gather(t, account)
		want := max(1, spec.Chunks) + 1
		if len(kinds) != want || kinds[0] != Bootstrap || kinds[1] != PushNames || spec.Chunks > 1 && kinds[want-1] != Full {
			t.Errorf("%s: chunks %v", name, kinds)
		}
		messages, ids := 0, make(map[string]bool)
		for _, chat := range chats {
			messages += len(chat.Messages)
			for _, message := range chat.Messages {
				ids[message.ID] = true
			}
		}
		if len(chats) != spec.Chats || messages != spec.Messages || len(ids) != spec.Messages {
			t.Errorf("%s: %d chats, %d messages, %d ids; want %d, %d", name, len(chats), messages, len(ids), spec.Chats, spec.Messages)
		}
	}
}

func TestEqualSpecsMakeEqualAccounts(t *testing.T) {
	encode := func(spec Spec) []byte {
		var all []byte
		for chunk := range NewAccount(spec).Chunks() {
			plain, err := proto.MarshalOptions{Deterministic: true}.Marshal(Build(chunk))
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, plain...)
		}
		return all
	}
	first := encode(DemoSpec(noon))
	if !slices.Equal(first, encode(DemoSpec(noon))) {
		t.Error("two accounts of one spec differ")
	}
	other := DemoSpec(noon)
	other.Seed++
	if slices.Equal(first, encode(other)) {
		t.Error("another seed made the same account")
	}
}

func TestTheDemoHasSomethingOfEverything(t *testing.T) {
	account := demo()
	seen := make(map[string]int)
	note := func(what string, is bool) {
		if is {
			seen[what]++
		}
	}
	for i := range account.Len() {
		chat := account.Full(i)
		group := chat.ID.Server == types.GroupServer
		note("group", group)
		note("direct by number", chat.ID.Server == types.DefaultUserServer)
		note("direct by LID", chat.ID.Server == types.HiddenUserServer)
		note("archived", chat.Archived)
		note("pinned", !chat.Pinned.IsZero())
		note("archived and pinned", chat.Archived && !chat.Pinned.IsZero())
		note("muted", !chat.MutedUntil.IsZero())
		note("unread", chat.Unread > 0)
		note("empty", len(chat.Messages) == 0)
		note("unnamed", chat.Name == "")
		note("nameless group", group && chat.Name == "")
		for j, message := range chat.Messages {
			note("image", message.Body.GetImageMessage() != nil)
			note("document", message.Body.GetDocumentMessage() != nil)
			note("voice", message.Body.GetAudioMessage().GetPTT())
			note("video", message.Body.GetVideoMessage() != nil)
			note("location", message.Body.GetLocationMessage() != nil)
			note("contact", message.Body.GetContactMessage() != nil)
			note("reply", message.Body.GetExtendedTextMessage().GetContextInfo() != nil)
			note("sent", message.FromMe)
			note("unread by us but ours", j < chat.Unread && message.FromMe)
			note("group message without sender", group && !message.FromMe && message.Sender.IsEmpty())
			note("group message from ourselves as other", group && (message.Sender == owner.OwnPN || message.Sender == owner.OwnLID))
		}
	}
	for _, must := range []string{"group", "direct by number", "direct by LID", "archived", "muted", "unread", "empty", "unnamed",
		"image", "document", "voice", "video", "location", "contact", "reply", "sent"} {
		if seen[must] == 0 {
			t.Errorf("the demo has no %s", must)
		}
	}
	for _, mustNot := range []string{"archived and pinned", "nameless group", "unread by us but ours",
		"group message without sender", "group message from ourselves as other"} {
		if seen[mustNot] > 0 {
			t.Errorf("the demo has %d: %s", seen[mustNot], mustNot)
		}
	}
	if seen["pinned"] != 3 {
		t.Errorf("%d pinned chats; WhatsApp allows 3", seen["pinned"])
	}
}

func TestChatsAreOrderedByAge(t *testing.T) {
	account := NewAccount(ArchiveSpec(noon))
	old := 0
	previous := noon
	for i := range account.Len() {
		chat := account.Chat(i)
		if chat.LastActivity.After(previous) {
			t.Fatalf("chat %d is newer than the one before", i)
		}
		previous = chat.LastActivity
		if noon.Sub(chat.LastActivity) > 90*24*time.Hour {
			old++
		}
		if full := account.Full(i); len(full.Messages) > 0 && !full.Messages[0].At.Equal(chat.LastActivity) {
			t.Fatalf("chat %d: the newest message is from %s, the chat from %s", i, full.Messages[0].At, chat.LastActivity)
		}
	}
	if old < account.Len()/4 || old > 3*account.Len()/4 {
		t.Errorf("%d of %d chats are older than 90 days; want a mixture", old, account.Len())
	}
}

func TestChatsAreFoundByAnyAddress(t *testing.T) {
	account := demo()
	for i := range account.Len() {
		chat := account.Chat(i)
		for _, jid := range []types.JID{chat.ID, chat.Alternative} {
			if jid.IsEmpty() {
				continue
			}
			if found, ok := account.Find(jid); !ok || found != i {
				t.Errorf("%s is chat %d, found %d, %v", jid, i, found, ok)
			}
		}
	}
	if _, ok := account.Find(owner.OwnPN); ok {
		t.Error("found a chat of a stranger")
	}
}

func TestPeopleAreDistinctAndNamed(t *testing.T) {
	account := NewAccount(LargeSpec(noon))
	pns, lids := make(map[string]bool), make(map[string]bool)
	for person := range account.People() {
		pns[person.PN.User], lids[person.LID.User] = true, true
		if person.Name == "" || len(person.PN.User) != 11 || len(person.LID.User) != 15 {
			t.Fatalf("%+v", person)
		}
	}
	if len(pns) != 10_000 || len(lids) != 10_000 {
		t.Errorf("%d numbers and %d LIDs for 10,000 people", len(pns), len(lids))
	}
	groups := 0
	for group := range account.Groups() {
		groups++
		if len(group.Participants) == 0 || group.Name == "" {
			t.Fatalf("%+v", group)
		}
	}
	if groups < 1_500 || groups > 2_500 {
		t.Errorf("%d groups", groups)
	}
}

func TestMediaComesFromTheSource(t *testing.T) {
	spec := DemoSpec(noon)
	asked := make(map[string]int)
	spec.Media = func(kind string) File {
		asked[kind]++
		return File{DirectPath: "/v/" + kind + "/here?x"}
	}
	account := NewAccount(spec)
	for i := range account.Len() {
		for _, message := range account.Full(i).Messages {
			if image := message.Body.GetImageMessage(); image != nil && image.GetDirectPath() != "/v/image/here?x" {
				t.Fatalf("%v", image)
			}
		}
	}
	for _, kind := range []string{"image", "video", "audio", "document"} {
		if asked[kind] == 0 {
			t.Errorf("no %s was asked for", kind)
		}
	}
}

func TestLargeAccountsAreMadeInEvenChunks(t *testing.T) {
	account := NewAccount(Spec{Seed: 3, Chats: 2_000, Messages: 50_000, Chunks: 20, Now: noon, Span: 1000 * time.Hour})
	largest := 0
	for chunk := range account.Chunks() {
		messages := 0
		for _, chat := range chunk.Chats {
			messages += len(chat.Messages)
		}
		largest = max(largest, messages)
	}
	if largest > 3*50_000/20 {
		t.Errorf("the largest of 20 chunks has %d of 50,000 messages", largest)
	}
}

func BenchmarkLargeAccount(b *testing.B) {
	for b.Loop() {
		bytes := 0
		for chunk := range NewAccount(LargeSpec(noon)).Chunks() {
			payload, err := Payload(chunk)
			if err != nil {
				b.Fatal(err)
			}
			bytes += len(payload)
		}
		b.ReportMetric(float64(bytes)/1e6, "MB")
	}
}
