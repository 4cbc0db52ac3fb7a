package store

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
)

func TestStatementsAreBoundedAndAllRun(t *testing.T) {
	s := open(t, Options{})
	for _, on := range []*statements{s.read, s.writer} {
		for i := range maxStatements + 40 {
			query := fmt.Sprintf("SELECT %d + ?", i)
			for range 2 { // compiled, then reused
				var got int
				if err := on.QueryRowContext(t.Context(), query, 1).Scan(&got); err != nil || got != i+1 {
					t.Fatalf("%s: %d, %v", query, got, err)
				}
			}
		}
		if len(on.kept) != maxStatements {
			t.Errorf("%d statements are kept, want %d", len(on.kept), maxStatements)
		}
	}
}

func TestWhatCannotBeCompiledSaysSo(t *testing.T) {
	s := open(t, Options{})
	const broken = "SELECT 1 FROM nowhere"
	if err := s.read.QueryRowContext(t.Context(), broken).Scan(new(int)); err == nil || !strings.Contains(err.Error(), "nowhere") {
		t.Errorf("query: %v", err)
	}
	if _, err := s.writer.ExecContext(t.Context(), broken); err == nil || !strings.Contains(err.Error(), "nowhere") {
		t.Errorf("exec: %v", err)
	}
	if s.read.kept[broken] != nil || s.writer.kept[broken] != nil {
		t.Error("a broken statement is kept")
	}
}

func TestManyReadersShareStatements(t *testing.T) {
	s := open(t, Options{})
	fill(t, s, 20, 5)
	id := history(3, 0, nil).Chat.ID
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 25 {
				page, err := s.Messages(t.Context(), chat.MessageQuery{Chat: id, Limit: 5})
				if err != nil || len(page) != 5 {
					t.Errorf("%d messages, %v", len(page), err)
				}
			}
		})
	}
	wg.Wait()
}

func TestAStatementFollowsAChangedSchema(t *testing.T) {
	s := open(t, Options{})
	fill(t, s, 3, 2)
	before, err := s.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.conn.ExecContext(t.Context(), `CREATE INDEX temporary ON chats (unread); ANALYZE`); err != nil {
		t.Fatal(err)
	}
	after, err := s.Counts(t.Context())
	if err != nil || after != before || after.Total != 3 {
		t.Errorf("%+v, then %+v, %v", before, after, err)
	}
}

func TestAFailedTransactionLeavesStatementsUsable(t *testing.T) {
	s := open(t, Options{})
	for range 3 {
		err := s.write(t.Context(), func(t *txn) error {
			if err := t.run(`INSERT INTO ids (id) VALUES (?)`, "15550009999@c.us"); err != nil {
				return err
			}
			return t.run(`INSERT INTO ids (id) VALUES (?)`, "15550009999@c.us")
		})
		if err == nil {
			t.Fatal("the same id was written twice")
		}
	}
	if _, err := lookup(t.Context(), s.read, "15550009999@c.us"); err == nil {
		t.Error("rolled-back data is there")
	}
	apply(t, s, chat.MessageReceived{Message: history(1, 1, randomSource()).Messages[0]})
}
