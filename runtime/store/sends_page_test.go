package store

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
)

// Of several concurrent requests with the same key, exactly one is sent.
func TestAKeyIsClaimedOnceHoweverManyAsk(t *testing.T) {
	s := open(t, Options{})
	const requests = 16
	var wg sync.WaitGroup
	stanzas, claimed := make([]string, requests), make([]bool, requests)
	for i := range requests {
		wg.Go(func() {
			have, isNew, err := s.ClaimSend(t.Context(), chat.SendKey{Key: "k", Fingerprint: "f", Stanza: fmt.Sprintf("S%d", i)})
			if err != nil {
				t.Error(err)
			}
			stanzas[i], claimed[i] = have.Stanza, isNew
		})
	}
	wg.Wait()
	winner := slices.Index(claimed, true)
	if winner < 0 || slices.Contains(claimed[winner+1:], true) {
		t.Fatalf("claimed by %v", claimed)
	}
	for i, got := range stanzas {
		if got != fmt.Sprintf("S%d", winner) {
			t.Errorf("request %d got %q, want that of %d", i, got, winner)
		}
	}
}

func TestPagesOfLIDs(t *testing.T) {
	s := open(t, Options{})
	const n = 25
	var all []chat.LIDPair
	for i := range n {
		pair := chat.LIDPair{LID: chat.ID(fmt.Sprintf("9%03d@lid", i)), Phone: chat.ID(fmt.Sprintf("1555%04d@c.us", n-i))}
		all = append(all, pair)
		apply(t, s, chat.LIDMapped(pair))
	}
	if got := must(s.CountLIDs(t.Context()))(t); got != n {
		t.Errorf("%d pairs, want %d", got, n)
	}
	for _, reverse := range []bool{false, true} {
		want := slices.Clone(all)
		if reverse {
			slices.Reverse(want)
		}
		for _, size := range []int{1, 7, n, n + 1} {
			var got []chat.LIDPair
			for offset := 0; offset <= n; offset += size {
				got = append(got, must(s.LIDs(t.Context(), chat.ListQuery{Limit: size, Offset: offset, Reverse: reverse}))(t)...)
			}
			if !slices.Equal(got, want) {
				t.Errorf("pages of %d, reverse %v: %v", size, reverse, got)
			}
		}
	}
	for _, pair := range all {
		if got := must(s.PhoneOf(t.Context(), pair.LID))(t); got != pair.Phone {
			t.Errorf("%s has %s, want %s", pair.LID, got, pair.Phone)
		}
		if got := must(s.LIDOf(t.Context(), pair.Phone))(t); got != pair.LID {
			t.Errorf("%s has %s, want %s", pair.Phone, got, pair.LID)
		}
	}
}

func TestPeopleWhoAreNotKnownAreNotFound(t *testing.T) {
	s := open(t, Options{})
	apply(t, s, received("9001@lid", "A", 100), received("15550009999@c.us", "B", 100))
	for name, ask := range map[string]func() error{
		"the phone of an unknown LID":        func() error { _, err := s.PhoneOf(t.Context(), "1@lid"); return err },
		"the phone of a LID without one":     func() error { _, err := s.PhoneOf(t.Context(), "9001@lid"); return err },
		"the LID of an unknown phone":        func() error { _, err := s.LIDOf(t.Context(), "1@c.us"); return err },
		"the LID of a phone without one":     func() error { _, err := s.LIDOf(t.Context(), "15550009999@c.us"); return err },
		"a contact never heard of":           func() error { _, err := s.Contact(t.Context(), "1@c.us"); return err },
		"a contact of whom no name is known": func() error { _, err := s.Contact(t.Context(), "15550009999@c.us"); return err },
	} {
		if err := ask(); !errors.Is(err, chat.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestListsRefuseAFieldTheyDoNotHave(t *testing.T) {
	s := open(t, Options{})
	for _, by := range []chat.SortField{"size", "ID", "id; DROP TABLE ids", chat.SortMessageTimestamp} {
		if _, err := s.Contacts(t.Context(), chat.ListQuery{SortBy: by}); err == nil {
			t.Errorf("contacts are sorted by %q", by)
		}
	}
}
