package store

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/wasession/wasession/runtime/chat"
)

func TestAKeyIsClaimedOnceUntilItIsReleasedOrADayOld(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "chats.db"), Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	claim := func(k chat.SendKey) (chat.SendKey, bool) {
		t.Helper()
		have, isNew, err := s.ClaimSend(t.Context(), k)
		if err != nil {
			t.Fatal(err)
		}
		return have, isNew
	}
	first := chat.SendKey{Key: "k", Fingerprint: "f", Stanza: "A"}
	if have, isNew := claim(first); !isNew || have.Stanza != "A" || have.Status != 0 {
		t.Errorf("the first claim gives %+v, %t", have, isNew)
	}
	second := chat.SendKey{Key: "k", Fingerprint: "g", Stanza: "B"}
	if have, isNew := claim(second); isNew || have.Stanza != "A" || have.Fingerprint != "f" {
		t.Errorf("the second claim gives %+v, %t, want the first's", have, isNew)
	}
	if _, isNew := claim(chat.SendKey{Key: "other", Fingerprint: "f", Stanza: "C"}); !isNew {
		t.Error("claiming this key also claimed another")
	}
	if err := s.AnswerSend(t.Context(), "k", 201, []byte(`{"id":1}`)); err != nil {
		t.Fatal(err)
	}
	if have, isNew := claim(second); isNew || have.Status != 201 || string(have.Answer) != `{"id":1}` {
		t.Errorf("an answered key gives %+v, %t", have, isNew)
	}
	if err := s.ReleaseSend(t.Context(), "k"); err != nil {
		t.Fatal(err)
	}
	if have, isNew := claim(second); !isNew || have.Stanza != "B" || have.Status != 0 {
		t.Errorf("a released key gives %+v, %t", have, isNew)
	}
	now = now.Add(24*time.Hour - time.Second)
	if _, isNew := claim(first); isNew {
		t.Error("a key expired within a day")
	}
	now = now.Add(2 * time.Second)
	if have, isNew := claim(first); !isNew || have.Stanza != "A" {
		t.Errorf("after a day the key gives %+v, %t", have, isNew)
	}
}

func TestClaimsSurviveARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "chats.db")
	s, err := Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.ClaimSend(t.Context(), chat.SendKey{Key: "k", Fingerprint: "f", Stanza: "A"}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err = Open(t.Context(), path, Options{}); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	have, isNew, err := s.ClaimSend(t.Context(), chat.SendKey{Key: "k", Fingerprint: "f", Stanza: "B"})
	if err != nil || isNew || have.Stanza != "A" || have.Status != 0 {
		t.Errorf("after a restart %+v, %t, %v", have, isNew, err)
	}
}
