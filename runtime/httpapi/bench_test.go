package httpapi

import (
	"fmt"
	"net/http/httptest"
	"testing"

	"github.com/wasession/wasession/runtime/chat"
)

// A page costs the page, not the account.
func BenchmarkPages(b *testing.B) {
	for _, chats := range []int{100, 10_000} {
		s := newServer(b)
		var batch []chat.HistoryChat
		for i := range chats {
			id := person(i)
			batch = append(batch, chat.HistoryChat{Chat: chat.Chat{ID: id, Name: fmt.Sprint("P", i)}, Messages: []chat.Message{
				text(id, fmt.Sprint("A", i), testNow-int64(i)), text(id, fmt.Sprint("B", i), testNow-int64(i)+1),
			}})
			if len(batch) == 1000 || i == chats-1 {
				if err := s.store.Import(b.Context(), batch); err != nil {
					b.Fatal(err)
				}
				batch = nil
			}
		}
		if err := s.store.ImportDone(b.Context()); err != nil {
			b.Fatal(err)
		}
		for name, target := range map[string]string{
			"list": "/api/default/chats?limit=20", "deep": fmt.Sprintf("/api/default/chats?limit=20&offset=%d", chats-20),
			"overview": "/api/default/chats/overview", "messages": "/api/default/chats/15550000001/messages?limit=10",
		} {
			b.Run(fmt.Sprintf("%s-of-%d", name, chats), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					r := httptest.NewRequest("GET", target, nil)
					r.Header.Set("X-Api-Key", testKey)
					w := httptest.NewRecorder()
					s.ServeHTTP(w, r)
					if w.Code != 200 || w.Body.Len() < 10 {
						b.Fatalf("%d %s", w.Code, w.Body)
					}
				}
			})
		}
	}
}
