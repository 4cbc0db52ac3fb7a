package store

import (
	"fmt"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
)

// What is asked for each message that is sent under limits: in one new chat, and in many.
func BenchmarkSending(b *testing.B) {
	for _, chats := range []int{1, 1000} {
		b.Run(fmt.Sprintf("%d chats", chats), func(b *testing.B) {
			s := open(b, Options{})
			for i := range 1000 {
				apply(b, s, queued(chat.ID(fmt.Sprintf("%d@c.us", 15550100000+i%chats)), fmt.Sprintf("Q%d", i), int64(100+i)))
			}
			for b.Loop() {
				if got := must(s.Sending(b.Context(), true))(b); len(got.Waiting) != 1000 || !got.Waiting[999].New {
					b.Fatalf("%d wait", len(got.Waiting))
				}
			}
		})
	}
}
