package store

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
)

// Calls during and after Close fail with ErrClosed; what was committed stays.
func TestCloseWhileOthersReadAndWrite(t *testing.T) {
	for round := range 10 {
		path := filepath.Join(t.TempDir(), "chats.db")
		s, err := Open(t.Context(), path, Options{Encode: encode})
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		began := make(chan struct{}, 8)
		use := func(what string, do func(i int) error) {
			wg.Go(func() {
				for i := 0; ; i++ {
					if err := do(i); err != nil {
						if !errors.Is(err, ErrClosed) {
							t.Errorf("%s: %v", what, err)
						}
						return
					}
					if i == 3 {
						began <- struct{}{}
					}
				}
			})
		}
		ctx := context.Background()
		written := 0
		use("writing", func(i int) error {
			err := s.Apply(ctx, chat.MessageReceived{Message: chat.Message{Chat: bob, Stanza: fmt.Sprint("A", i), Timestamp: int64(i), Type: chat.TypeText}})
			if err == nil {
				written++
			}
			return err
		})
		use("events", func(int) error { _, err := s.EventsFrom(ctx, 0, 10); return err })
		use("messages", func(int) error { _, err := s.Messages(ctx, chat.MessageQuery{Limit: 5}); return err })
		use("chats", func(int) error { _, err := s.Chats(ctx, chat.ChatQuery{Limit: 5}); return err })
		for range 4 {
			<-began
		}
		if err := errors.Join(s.Close(), s.Close()); err != nil {
			t.Errorf("round %d: %v", round, err)
		}
		wg.Wait()
		s = reopen(t, path, Options{})
		if all := must(s.Messages(ctx, chat.MessageQuery{}))(t); len(all) != written {
			t.Errorf("%d messages, but %d were committed", len(all), written)
		}
	}
}
