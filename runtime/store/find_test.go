package store

import (
	"fmt"
	"sync"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
)

// Readers look for a LID while its phone number becomes known: whatever they saw then,
// everybody finds the number afterwards.
func TestReadersDoNotKeepWhatWasBefore(t *testing.T) {
	s := open(t, Options{})
	for i := range 50 {
		lid, phone := chat.ID(fmt.Sprintf("90%d@lid", i)), chat.ID(fmt.Sprintf("10%d@c.us", i))
		apply(t, s, received(lid, "A", 100))
		var readers sync.WaitGroup
		known := make(chan struct{})
		for range 2 {
			readers.Go(func() {
				for {
					_, _ = s.PhoneOf(t.Context(), lid)
					select {
					case <-known:
						return
					default:
					}
				}
			})
		}
		apply(t, s, chat.LIDMapped{LID: lid, Phone: phone})
		close(known)
		readers.Wait()
		if got, err := s.PhoneOf(t.Context(), lid); err != nil || got != phone {
			t.Fatalf("%s is %q, %v", lid, got, err)
		}
	}
}
