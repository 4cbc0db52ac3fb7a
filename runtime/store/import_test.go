package store

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
)

func importAll(t testing.TB, s *Store, batch ...chat.HistoryChat) {
	t.Helper()
	if err := errors.Join(s.Import(t.Context(), batch), s.ImportDone(t.Context())); err != nil {
		t.Fatal(err)
	}
}

// historyOf returns a conversation with texts from others, one a second from
// 100.
func historyOf(c chat.Chat, stanzas ...string) chat.HistoryChat {
	h := chat.HistoryChat{Chat: c}
	for i, stanza := range stanzas {
		h.Messages = append(h.Messages, received(c.ID, stanza, int64(100+i)).Message)
	}
	return h
}

func TestHistoryMakesChatsAlsoWithoutMessages(t *testing.T) {
	s := open(t, Options{})
	importAll(t, s, historyOf(chat.Chat{ID: alice, Name: "Alice", Archived: true, PinnedAt: 3, MutedUntil: -1, Unread: 2, MarkedUnread: true, ConversationTimestamp: 77}))
	c := chatOf(t, s, alice)
	want := chat.Chat{ID: alice, Name: "Alice", Archived: true, PinnedAt: 3, MutedUntil: -1, Unread: 2, MarkedUnread: true, ConversationTimestamp: 77}
	if !reflect.DeepEqual(c, want) {
		t.Errorf("chat is %+v", c)
	}
	if n := len(eventNames(t, s)); n != 0 {
		t.Errorf("history raised %d events", n)
	}
}

func TestImportingTwiceChangesNothing(t *testing.T) {
	s := open(t, Options{})
	h := historyOf(chat.Chat{ID: alice, Unread: 2}, "A1", "A2", "A3")
	h.Messages[1].Media = &chat.Media{MIMEType: "image/png", Size: 9}
	h.Messages[2].Starred, h.Messages[2].FromAPI, h.Messages[2].FromMe = true, true, true
	importAll(t, s, h)
	first := must(s.Messages(t.Context(), chat.MessageQuery{}))(t)
	if len(first) != 3 || *first[1].Media != *h.Messages[1].Media || !first[0].Starred || !first[0].FromAPI {
		t.Fatalf("messages %+v", first)
	}
	apply(t, s, chat.SelfRead{Chat: alice}, chat.Archived{Chat: alice, Archived: true}, chat.Edited{
		Message: chat.Message{Chat: alice, Stanza: "E", Body: "edited", Timestamp: 500}, Target: "A1"})
	importAll(t, s, h, historyOf(chat.Chat{ID: alice, Archived: false, Unread: 9}))
	c := chatOf(t, s, alice)
	if c.Unread != 0 || !c.Archived || c.Timestamp != 102 {
		t.Errorf("chat is %+v", c)
	}
	if again := must(s.Messages(t.Context(), chat.MessageQuery{}))(t); len(again) != 3 || again[2].Body != "edited" {
		t.Errorf("messages %+v", again)
	}
}

func TestStateKnownBeforeTheHistoryStays(t *testing.T) {
	s := open(t, Options{})
	apply(t, s, received(alice, "A9", 900), chat.Archived{Chat: alice, Archived: false}, received(bob, "B9", 900))
	importAll(t, s, historyOf(chat.Chat{ID: alice, Archived: true, PinnedAt: 8}, "A1"), historyOf(chat.Chat{ID: bob, Archived: true, Unread: 4}, "B1"))
	if c := chatOf(t, s, alice); c.Archived || c.PinnedAt != 8 || c.LastMessage.Stanza != "A9" || c.Unread != 1 {
		t.Errorf("alice is %+v", c)
	}
	if c := chatOf(t, s, bob); !c.Archived || c.Unread != 4 {
		t.Errorf("bob is %+v", c)
	}
}

func TestHistoryUnderALIDJoinsTheNumbersChat(t *testing.T) {
	s := open(t, Options{})
	apply(t, s, chat.LIDMapped{LID: aliceLID, Phone: alice}, received(alice, "P1", 50))
	importAll(t, s, historyOf(chat.Chat{ID: aliceLID, Name: "Alice"}, "L1", "L2"))
	if got := stanzasOf(t, s, chat.MessageQuery{Chat: alice}); !slices.Equal(got, []string{"L2", "L1", "P1"}) {
		t.Errorf("messages %v", got)
	}
	if c := chatOf(t, s, alice); c.Name != "Alice" || c.LastMessage.Stanza != "L2" {
		t.Errorf("chat is %+v", c)
	}
	if got := idsOf(t, s, chat.ChatQuery{Apart: true}); !slices.Equal(got, []chat.ID{aliceLID, alice}) {
		t.Errorf("apart: %v", got)
	}
}

func TestWhatWasDeletedDoesNotComeBackWithTheHistory(t *testing.T) {
	s := open(t, Options{})
	apply(t, s, received(alice, "A1", 100), chat.DeletedForMe{Chat: alice, Stanza: "A1"})
	importAll(t, s, historyOf(chat.Chat{ID: alice}, "A1", "A2"))
	if got := stanzasOf(t, s, chat.MessageQuery{Chat: alice}); !slices.Equal(got, []string{"A2"}) {
		t.Errorf("messages %v", got)
	}
}

func TestAWriteBetweenImportsSeesThem(t *testing.T) {
	s := open(t, Options{})
	if err := s.Import(t.Context(), []chat.HistoryChat{historyOf(chat.Chat{ID: alice}, "A1")}); err != nil {
		t.Fatal(err)
	}
	apply(t, s, received(alice, "A1", 100), received(alice, "A2", 200))
	if got := stanzasOf(t, s, chat.MessageQuery{Chat: alice}); !slices.Equal(got, []string{"A2", "A1"}) {
		t.Errorf("messages %v", got)
	}
	if c := chatOf(t, s, alice); c.Unread != 1 {
		t.Errorf("chat is %+v", c)
	}
}

func TestAnImportThatIsCancelledLeavesTheStoreWhole(t *testing.T) {
	s := open(t, Options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Import(ctx, []chat.HistoryChat{historyOf(chat.Chat{ID: alice}, "A1")}); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
	importAll(t, s, historyOf(chat.Chat{ID: bob}, "B1"))
	if got := idsOf(t, s, chat.ChatQuery{}); !slices.Equal(got, []chat.ID{bob}) {
		t.Errorf("chats %v", got)
	}
}

// crashEnv makes the test binary a process that is killed while it works.
const crashEnv = "STORE_TEST_CRASH"

// TestCrashChild works until it is killed, if crashEnv is set. It reports each
// batch that is on disk.
func TestCrashChild(t *testing.T) {
	path := os.Getenv(crashEnv)
	if path == "" {
		return // only for the other tests
	}
	s := reopen(t, path, Options{})
	rng := rand.New(rand.NewPCG(3, 4))
	job := must(s.NextHistoryJob(t.Context()))(t)
	for i := job.Progress; ; i++ {
		if err := s.Import(t.Context(), []chat.HistoryChat{history(i, 50, rng)}); err != nil {
			t.Fatal(err)
		}
		if err := s.SaveHistoryProgress(t.Context(), job.ID, i+1); err != nil {
			t.Fatal(err)
		}
		if i%7 == 0 {
			apply(t, s, received(alice, fmt.Sprintf("LIVE%d", i), int64(i)))
			fmt.Printf("applied LIVE%d after %d\n", i, i+1)
		}
	}
}

func TestKilledAtAnyMomentTheStoreIsWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "chats.db")
	s := reopen(t, path, Options{})
	apply(t, s, chat.HistoryAnnounced{Stanza: "H1", Notice: []byte("notice")})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	applied, imported := map[string]bool{}, 0
	for kill := range 5 {
		lines := runAndKill(t, path, 2+3*kill)
		for _, line := range lines {
			var stanza string
			if n, _ := fmt.Sscanf(line, "applied %s after %d", &stanza, &imported); n == 2 {
				applied[stanza] = true
			}
		}
		checkWhole(t, path, applied, imported)
	}
}

// runAndKill lets a child work until it has reported that many batches.
func runAndKill(t *testing.T, path string, reports int) (lines []string) {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^TestCrashChild$")
	child.Env = append(os.Environ(), crashEnv+"="+path)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	scanner := bufio.NewScanner(out)
	for len(lines) < reports && scanner.Scan() {
		lines = append(lines, scanner.Text())
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for scanner.Scan() { // what it reported before it died
		lines = append(lines, scanner.Text())
	}
	if err := child.Wait(); err == nil || !strings.Contains(err.Error(), "killed") {
		t.Fatalf("the child exited before it was killed: %v\n%s", err, strings.Join(lines, "\n"))
	}
	return lines
}

func checkWhole(t *testing.T, path string, applied map[string]bool, imported int) {
	t.Helper()
	s, err := Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var verdict string
	if err := s.readers.QueryRow(`PRAGMA integrity_check`).Scan(&verdict); err != nil || verdict != "ok" {
		t.Fatalf("integrity: %s %v", verdict, err)
	}
	for stanza := range applied {
		if _, err := s.Message(t.Context(), alice, stanza); err != nil {
			t.Errorf("%s was applied and is lost: %v", stanza, err)
		}
	}
	job := must(s.NextHistoryJob(t.Context()))(t)
	if job.Progress < imported {
		t.Errorf("progress fell to %d after %d were imported", job.Progress, imported)
	}
	for i := range job.Progress {
		id := history(i, 0, nil).Chat.ID
		if n := len(stanzasOf(t, s, chat.MessageQuery{Chat: id})); n < 50 {
			t.Errorf("chat %d of %d has %d messages", i, job.Progress, n)
		}
	}
	events, live := len(eventNames(t, s)), len(stanzasOf(t, s, chat.MessageQuery{Chat: alice}))
	if events != 2*live {
		t.Errorf("%d events for %d messages", events, live)
	}
}
