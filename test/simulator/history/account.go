package history

import (
	"iter"
	"math"
	"math/rand/v2"
	"sort"
	"time"

	"go.mau.fi/whatsmeow/types"
)

// Spec describes a made-up account. Equal specs make equal accounts.
type Spec struct {
	Seed     uint64
	Chats    int       // at least 1
	Messages int       // in all chats together
	Chunks   int       // payloads that carry chats; at least 1
	Now      time.Time // the account's newest message is a little older
	// Span is the age of the oldest chat. The ages of the others spread over
	// it, with more recent ones than old ones.
	Span time.Duration
	// OwnPN and OwnLID are the account's own addresses, as a member of its groups.
	OwnPN, OwnLID types.JID
	// Media returns the attachment for a message of a kind: "image", "video",
	// "audio" or "document". Without it messages name files that no longer
	// exist, like most old messages.
	Media func(kind string) File
}

// DemoSpec is a small account: 50 chats with 3,000 messages.
func DemoSpec(now time.Time) Spec {
	return Spec{Seed: 1, Chats: 50, Messages: 3_000, Chunks: 3, Now: now, Span: 200 * 24 * time.Hour}
}

// ArchiveSpec is an account with much to archive: 5,000 chats up to 400 days
// old.
func ArchiveSpec(now time.Time) Spec {
	return Spec{Seed: 2, Chats: 5_000, Messages: 40_000, Chunks: 5, Now: now, Span: 400 * 24 * time.Hour}
}

// LargeSpec is an account for benchmarks: 10,000 chats with 1,000,000 messages in 50
// payloads.
func LargeSpec(now time.Time) Spec {
	return Spec{Seed: 3, Chats: 10_000, Messages: 1_000_000, Chunks: 50, Now: now, Span: 3 * 365 * 24 * time.Hour}
}

// Account is a made-up account. It keeps only a few bytes for each chat: chats
// and messages are generated on request. It is safe for concurrent use.
type Account struct {
	spec   Spec
	counts []int          // messages of each chat
	index  map[string]int // chat number by user part of its JIDs
}

// NewAccount returns the account that a spec describes.
func NewAccount(spec Spec) *Account {
	spec.Chats, spec.Chunks = max(1, spec.Chats), max(1, spec.Chunks)
	a := &Account{spec: spec, counts: make([]int, spec.Chats), index: make(map[string]int, 2*spec.Chats)}
	weights := make([]float64, spec.Chats)
	total := 0.0
	for i := range weights {
		if random := a.random(i, purposeCount); !a.traits(i).empty {
			weights[i] = math.Exp(random.NormFloat64()/2) / math.Pow(float64(i+5), 0.7)
		}
		total += weights[i]
	}
	if total == 0 { // only a few chats, all of them empty
		weights[0], total = 1, 1
	}
	sum, given := 0.0, 0
	for i, weight := range weights {
		sum += weight
		upTo := int(math.Round(sum / total * float64(spec.Messages)))
		a.counts[i], given = upTo-given, upTo
	}
	for i := range spec.Chats {
		chat := a.Chat(i)
		a.index[chat.ID.User] = i
		if !chat.Alternative.IsEmpty() {
			a.index[chat.Alternative.User] = i
		}
	}
	return a
}

// Len returns the number of chats.
func (a *Account) Len() int { return a.spec.Chats }

// Find returns the number of the chat with a JID, whether phone number, LID or group.
func (a *Account) Find(jid types.JID) (int, bool) {
	i, ok := a.index[jid.User]
	return i, ok
}

// Count returns how many messages chat i has.
func (a *Account) Count(i int) int { return a.counts[i] }

// Full returns chat i with all its messages, newest first.
func (a *Account) Full(i int) Chat {
	chat := a.Chat(i)
	chat.Messages = a.messages(i, chat)
	chat.Complete = true
	return chat
}

// Overview lists all chats without their messages.
func (a *Account) Overview() iter.Seq[Chat] {
	return func(yield func(Chat) bool) {
		for i := range a.spec.Chats {
			if !yield(a.Chat(i)) {
				return
			}
		}
	}
}

// Lookup returns the chat with a JID, with all its messages.
func (a *Account) Lookup(jid types.JID) (Chat, bool) {
	i, ok := a.Find(jid)
	if !ok {
		return Chat{}, false
	}
	return a.Full(i), true
}

// Chunks returns the payloads of the account's first sync in order: a bootstrap
// with the newest chats, the push names, the older chats, and finally the older
// half of the messages of the newest chats.
func (a *Account) Chunks() iter.Seq[Chunk] {
	return func(yield func(Chunk) bool) {
		parts := a.partition(max(1, a.spec.Chunks-1))
		split := a.spec.Chunks > 1
		total := a.spec.Chunks + 1
		done := 0
		next := func(kind Type) Chunk {
			done++
			return Chunk{Type: kind, Order: uint32(done), Progress: uint32(100 * done / total)}
		}
		bootstrap := next(Bootstrap)
		bootstrap.Mappings = a.mappings()
		bootstrap.Settings = &Settings{LIDMigration: a.spec.Now.Add(-90 * 24 * time.Hour), UnarchiveChats: true}
		bootstrap.Chats = a.chats(parts[0], func(chat *Chat) {
			if split {
				chat.Messages, chat.Complete = chat.Messages[:(len(chat.Messages)+1)/2], false
			}
		})
		names := next(PushNames)
		names.Names = a.names()
		if !yield(bootstrap) || !yield(names) {
			return
		}
		for _, part := range parts[1:] {
			recent := next(Recent)
			recent.Chats = a.chats(part, nil)
			if !yield(recent) {
				return
			}
		}
		if !split {
			return
		}
		full := next(Full)
		full.Chats = a.chats(parts[0], func(chat *Chat) {
			chat.Messages = chat.Messages[(len(chat.Messages)+1)/2:]
		})
		yield(full)
	}
}

// span is a range of chats: [begin, end).
type span struct{ begin, end int }

// partition divides the chats into n ranges of about equal work.
func (a *Account) partition(n int) []span {
	// A chat costs about as much as 20 messages.
	work := func(i, messages int) int { return 20*i + messages }
	whole := max(1, work(a.spec.Chats, a.spec.Messages))
	upTo := make([]int, a.spec.Chats+1)
	for i, count := range a.counts {
		upTo[i+1] = upTo[i] + count
	}
	parts := make([]span, n)
	begin := 0
	for k := range parts {
		end := sort.Search(a.spec.Chats, func(i int) bool { return work(i, upTo[i])*n >= whole*(k+1) })
		parts[k] = span{begin, end}
		begin = end
	}
	parts[n-1].end = a.spec.Chats
	return parts
}

// chats returns the chats of a range; cut removes what the chunk leaves out.
func (a *Account) chats(part span, cut func(*Chat)) []Chat {
	chats := make([]Chat, 0, part.end-part.begin)
	for i := part.begin; i < part.end; i++ {
		chat := a.Full(i)
		if cut != nil {
			cut(&chat)
		}
		chats = append(chats, chat)
	}
	return chats
}

// What the random numbers of a chat are used for.
const (
	purposeTraits = iota
	purposeCount
	purposePerson
	purposeMembers
	purposeMessages
)

// random returns the source of random numbers of chat i for one purpose.
func (a *Account) random(i, purpose int) *rand.Rand {
	return rand.New(rand.NewPCG(a.spec.Seed, uint64(i)<<8|uint64(purpose)))
}
