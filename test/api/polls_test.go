package api

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/runtime/chat"
	"github.com/wasession/wasession/runtime/wire"
	"github.com/wasession/wasession/test/simulator"
	"github.com/wasession/wasession/test/simulator/history"
)

// ask sends a poll of the API and returns it.
func (w *world) ask(chatID string, options ...string) message {
	w.Helper()
	return w.send("/api/sendPoll", to(chatID, m{"poll": m{"name": "When?", "options": options, "multipleAnswers": true}}))
}

// vote is the body of a vote.
func vote(chatID, poll string, options ...string) m {
	return to(chatID, m{"pollMessageId": poll, "votes": append([]string{}, options...)})
}

// votes are the events of votes so far.
func (w *world) votes(event string) []wire.PollVote {
	w.Helper()
	return decoded[wire.PollVote](w, event)
}

// voted waits for the nth vote and returns it.
func (w *world) voted(n int) wire.PollVote {
	w.Helper()
	var all []wire.PollVote
	w.await("a vote", func() bool { all = w.votes(chat.EventPollVote); return len(all) >= n })
	return all[n-1]
}

// choice waits for the nth vote of a poll at a phone and returns what was chosen.
func (w *world) choice(by *simulator.User, poll string, n int) []string {
	w.Helper()
	seen := 0
	got, err := by.Expect(w.ctx, func(r simulator.Received) bool {
		if simulator.Vote(poll)(r) {
			seen++
		}
		return seen == n
	})
	w.ok(err)
	options, err := by.ReadVote(got)
	w.ok(err)
	return options
}

// A contact may be addressed in three ways, of which each is in what a vote is encrypted
// with.
var addressings = map[string]simulator.Addressing{
	"LID": simulator.AddressLID, "number": simulator.AddressPN, "number, with the LID": simulator.AddressPNWithLID,
}

func TestVotesOfAContact(t *testing.T) {
	w := paired(t)
	sent := w.ask(bobChat, "Monday", "Tuesday", "never")
	poll := stanzaOf(sent.ID)
	w.received(w.bob, sent)
	n := 0
	for name, addressing := range addressings {
		id, err := w.bob.Vote(w.ctx, poll, []string{"Tuesday", "Monday"}, simulator.WithAddressing(addressing))
		w.ok(err)
		n++
		got := w.voted(n)
		if got.Vote.ID != "false_"+bobChat+"_"+id || got.Vote.From != bobChat || got.Vote.FromMe ||
			!slices.Equal(got.Vote.SelectedOptions, []string{"Tuesday", "Monday"}) || got.Poll.ID != sent.ID || !got.Poll.FromMe {
			t.Errorf("addressed by %s: %+v", name, got)
		}
	}
	for _, author := range []simulator.Addressing{simulator.AddressLID, simulator.AddressPN} {
		for _, voter := range []simulator.Addressing{simulator.AddressLID, simulator.AddressPN} {
			_, err := w.bob.Vote(w.ctx, poll, []string{"never"}, simulator.SealedAs(author, voter))
			w.ok(err)
			n++
			if got := w.voted(n); !slices.Equal(got.Vote.SelectedOptions, []string{"never"}) {
				t.Errorf("sealed with %d, %d: %+v", author, voter, got)
			}
		}
	}
	// After a restart the secret and the options are still known.
	w.do(http.StatusCreated, "POST", "/api/sessions/sales/restart", nil, nil)
	_, err := w.bob.Vote(w.ctx, poll, nil)
	w.ok(err)
	if got := w.voted(n + 1); len(got.Vote.SelectedOptions) != 0 || got.Poll.ID != sent.ID {
		t.Errorf("taken back: %+v", got)
	}
	if failed := w.votes(chat.EventPollVoteFailed); len(failed) != 0 {
		t.Errorf("failed: %+v", failed)
	}
}

func TestVoteInTheDirectPollOfAContact(t *testing.T) {
	for name, addressing := range addressings {
		t.Run(name, func(t *testing.T) {
			w := paired(t)
			poll, err := w.bob.Send(w.ctx, w.alice, simulator.PollMessage("When?", 0, "Monday", "Tuesday", "never"), simulator.WithAddressing(addressing))
			w.ok(err)
			row := w.arrived(bobChat, poll)
			w.do(http.StatusCreated, "POST", "/api/sessions/sales/restart", nil, nil)
			var sent wire.Sent
			w.do(http.StatusCreated, "POST", "/api/sendPollVote", vote(bobChat, row.ID, "never", "Monday", "never"), &sent)
			if !strings.HasPrefix(sent.ID, "true_"+bobChat+"_") {
				t.Errorf("answered %+v", sent)
			}
			if got := w.choice(w.bob, poll, 1); !slices.Equal(got, []string{"never", "Monday"}) {
				t.Errorf("Bob sees %q", got)
			}
			if got := w.choice(w.alice, poll, 1); !slices.Equal(got, []string{"never", "Monday"}) {
				t.Errorf("Alice's phone sees %q", got)
			}
			got := w.voted(1)
			if got.Vote.ID != sent.ID || !got.Vote.FromMe || !slices.Equal(got.Vote.SelectedOptions, []string{"never", "Monday"}) || got.Poll.ID != row.ID {
				t.Errorf("event %+v", got)
			}
			// The ID alone is enough. Nothing chosen takes the vote back.
			w.do(http.StatusCreated, "POST", "/api/sendPollVote", vote(bobChat, poll), nil)
			if got := w.choice(w.bob, poll, 2); len(got) != 0 {
				t.Errorf("taken back, Bob sees %q", got)
			}
			// A vote on the own phone is an event as well.
			_, err = w.alice.Vote(w.ctx, poll, []string{"Tuesday"})
			w.ok(err)
			if got := w.voted(3); !got.Vote.FromMe || !slices.Equal(got.Vote.SelectedOptions, []string{"Tuesday"}) || got.Poll.ID != row.ID {
				t.Errorf("on the phone: %+v", got)
			}
		})
	}
}

// The phone's history has the secrets of polls, too.
func TestVoteInAPollFromBeforeThePairing(t *testing.T) {
	w := newWorld(t)
	poll := simulator.PollMessage("When?", 0, "Monday", "Tuesday")
	id, err := w.bob.Send(w.ctx, w.alice, poll)
	w.ok(err)
	past := time.Now().Add(-time.Hour)
	w.ok(w.alice.SetHistory(w.ctx, history.Chats{Chats: []history.Chat{{ID: w.bob.PN(), Alternative: w.bob.LID(), Name: "Bob", LastActivity: past, Messages: []history.Message{{ID: id, At: past, Body: poll}}}}}))
	w.run()
	w.scan()
	row := w.arrived(bobChat, id)
	w.do(http.StatusCreated, "POST", "/api/sendPollVote", vote(bobChat, row.ID, "Tuesday"), nil)
	if got := w.choice(w.bob, id, 1); !slices.Equal(got, []string{"Tuesday"}) {
		t.Errorf("Bob sees %q", got)
	}
	_, err = w.bob.Vote(w.ctx, id, []string{"Monday"})
	w.ok(err)
	if got := w.voted(2); got.Poll.ID != row.ID || !slices.Equal(got.Vote.SelectedOptions, []string{"Monday"}) {
		t.Errorf("Bob's vote %+v", got)
	}
}

func TestVotesInGroups(t *testing.T) {
	for name, addressing := range map[string]simulator.Addressing{"LID": simulator.AddressLID, "number": simulator.AddressPN} {
		t.Run(name, func(t *testing.T) {
			w := paired(t)
			g := w.sim.AddGroup("Lunch", w.bob, w.alice, w.carol)
			g.SetAddressing(addressing)
			id := g.JID().String()
			own := w.ask(id, "Monday", "Tuesday")
			w.received(w.carol, own)
			carols, err := w.carol.SendGroup(w.ctx, g, simulator.PollMessage("Where?", 1, "here", "there"))
			w.ok(err)
			row := w.arrived(id, carols)

			_, err = w.carol.Vote(w.ctx, stanzaOf(own.ID), []string{"Monday"})
			w.ok(err)
			got := w.voted(1)
			if got.Vote.Participant != carolPN+"@c.us" || !slices.Equal(got.Vote.SelectedOptions, []string{"Monday"}) || got.Poll.ID != own.ID {
				t.Errorf("Carol's vote in Alice's poll: %+v", got)
			}
			w.received(w.bob, message{ID: row.ID})
			_, err = w.bob.Vote(w.ctx, carols, []string{"there"})
			w.ok(err)
			got = w.voted(2)
			if got.Vote.Participant != bobChat || !slices.Equal(got.Vote.SelectedOptions, []string{"there"}) || got.Poll.ID != row.ID || got.Poll.FromMe {
				t.Errorf("Bob's vote in Carol's poll: %+v", got)
			}
			w.do(http.StatusCreated, "POST", "/api/sendPollVote", vote(id, row.ID, "here"), nil)
			w.do(http.StatusCreated, "POST", "/api/sendPollVote", vote(id, own.ID, "Tuesday"), nil)
			for _, phone := range []*simulator.User{w.bob, w.carol} {
				if got := w.choice(phone, stanzaOf(own.ID), 1+number(phone == w.bob)); !slices.Equal(got, []string{"Tuesday"}) {
					t.Errorf("%s sees %q of Alice in her poll", phone.Name(), got)
				}
				if got := w.choice(phone, carols, 1+number(phone == w.carol)); !slices.Equal(got, []string{"here"}) {
					t.Errorf("%s sees %q of Alice in Carol's poll", phone.Name(), got)
				}
			}
		})
	}
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestVotesThatCannotBeSent(t *testing.T) {
	w := paired(t)
	id, err := w.bob.Send(w.ctx, w.alice, simulator.PollMessage("When?", 1, "Monday", "Tuesday"))
	w.ok(err)
	good := w.arrived(bobChat, id).ID
	bare, err := w.bob.Send(w.ctx, w.alice, &waE2E.Message{PollCreationMessage: poll(5_000)})
	w.ok(err)
	w.arrived(bobChat, bare)
	text := w.sent("hello")
	for _, c := range []struct {
		body   m
		status int
		says   string
	}{
		{vote(bobChat, good, "Sunday"), 422, `"Sunday\" is not an option of the poll; its options are \"Monday\", \"Tuesday\"`},
		{vote(bobChat, good, "Monday", "Tuesday"), 422, "The poll takes at most 1 of its options"},
		{vote(bobChat, bare, "nothing"), 422, `\"thing 11\", …`},
		{vote(bobChat, bare, "thing 1"), 422, "secret"},
		{vote(bobChat, text.ID, "Monday"), 400, "pollMessageId must be of a poll"},
		{vote(bobChat, "3EB0NONE", "Monday"), 404, "Message not found"},
		{vote(carolPN+"@c.us", good, "Monday"), 404, "Message not found"},
		{to(bobChat, m{"pollMessageId": good}), 400, "votes must be a list of options"},
		{to(bobChat, m{"pollMessageId": good, "votes": m{"a": 1}}), 422, "is not an option"},
		{vote("1203@newsletter", good, "Monday"), 501, "cannot vote in channels"},
	} {
		status, body := w.call("POST", "/api/sendPollVote", c.body)
		if status != c.status || !strings.Contains(string(body), c.says) {
			t.Errorf("%v: %d %s, want %d %s", c.body, status, body, c.status, c.says)
		}
	}
	// Lists within a list are what WAHA's description asks for.
	w.do(http.StatusCreated, "POST", "/api/sendPollVote", to(bobChat, m{"pollMessageId": good, "votes": [][]string{{"Monday"}}, "pollServerId": nil}), nil)
	if got := w.choice(w.bob, id, 1); !slices.Equal(got, []string{"Monday"}) {
		t.Errorf("Bob sees %q", got)
	}
}

// Whatever is wrong with a vote, it is told, and holds up nothing.
func TestVotesThatCannotBeDecrypted(t *testing.T) {
	w := paired(t)
	sent := w.ask(bobChat, "Monday", "Tuesday")
	w.received(w.bob, sent)
	companion := w.alice.Companions()[0]
	forged := func(poll string, fromMe bool, nonce int) *waE2E.Message {
		return &waE2E.Message{PollUpdateMessage: &waE2E.PollUpdateMessage{
			PollCreationMessageKey: &waCommon.MessageKey{ID: &poll, FromMe: &fromMe, RemoteJID: proto.String(w.alice.LID().String())},
			Vote:                   &waE2E.PollEncValue{EncPayload: make([]byte, 40), EncIV: make([]byte, nonce)},
		}}
	}
	for name, msg := range map[string]*waE2E.Message{
		"garbage":                   forged(stanzaOf(sent.ID), false, 12),
		"a nonce that is too short": forged(stanzaOf(sent.ID), false, 3),
		"no nonce":                  forged(stanzaOf(sent.ID), false, 0),
		"an unknown poll":           forged("3EB0NONE", false, 12),
		"an own poll of Bob":        forged(stanzaOf(sent.ID), true, 12),
		"an ID that is none":        forged("../../x\n", false, 12),
	} {
		before := len(w.votes(chat.EventPollVoteFailed))
		id, err := w.bob.Send(w.ctx, w.alice, msg)
		w.ok(err)
		w.await(name, func() bool { return len(w.votes(chat.EventPollVoteFailed)) == before+1 })
		got := w.votes(chat.EventPollVoteFailed)[before]
		if got.Vote.ID != "false_"+bobChat+"_"+id || len(got.Vote.SelectedOptions) != 0 {
			t.Errorf("%s: %+v", name, got)
		}
		w.await(name+": acknowledged", func() bool { return len(companion.Pending()) == 0 })
	}
	// A choice that cannot be named is not a vote that is taken back.
	unnamed := func(poll, option string) {
		before := len(w.votes(chat.EventPollVoteFailed))
		id, err := w.bob.Vote(w.ctx, poll, []string{option})
		w.ok(err)
		w.await(option, func() bool { return len(w.votes(chat.EventPollVoteFailed)) == before+1 })
		if got := w.votes(chat.EventPollVoteFailed)[before]; got.Vote.ID != "false_"+bobChat+"_"+id || len(got.Vote.SelectedOptions) != 0 {
			t.Errorf("%s: %+v", option, got)
		}
		w.ok(companion.WaitAcked(w.ctx, id))
	}
	unnamed(stanzaOf(sent.ID), "Sunday")
	deleted := w.ask(bobChat, "Monday", "Tuesday")
	w.received(w.bob, deleted)
	w.do(http.StatusOK, "DELETE", "/api/sales/chats/"+bobChat+"/messages/"+deleted.ID, nil, nil)
	unnamed(stanzaOf(deleted.ID), "Monday")
	if got := w.votes(chat.EventPollVote); len(got) != 0 {
		t.Errorf("votes %+v", got)
	}
	// A vote for no poll is none.
	none, err := w.bob.Send(w.ctx, w.alice, &waE2E.Message{PollUpdateMessage: &waE2E.PollUpdateMessage{}})
	w.ok(err)
	w.ok(companion.WaitAcked(w.ctx, none))
	if rows := w.messages(bobChat, ""); len(rows) != 1 {
		t.Errorf("%d rows", len(rows))
	}
	_, err = w.bob.Vote(w.ctx, stanzaOf(sent.ID), []string{"Monday"})
	w.ok(err)
	if got := w.voted(1); !slices.Equal(got.Vote.SelectedOptions, []string{"Monday"}) {
		t.Errorf("after all that: %+v", got)
	}
}
