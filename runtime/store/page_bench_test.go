package store

import (
	"testing"

	"github.com/wasession/wasession/runtime/chat"
)

// BenchmarkPages reads pages of a small and of a large account, which should
// take the same time:
//
//	go test -run - -bench Pages ./runtime/store
func BenchmarkPages(b *testing.B) {
	for _, account := range []struct {
		name   string
		chats  int
		offset int
	}{{"100chats", 100, 75}, {"10000chats", 10_000, 9_000}} {
		s := open(b, Options{})
		fill(b, s, account.chats, 100)
		one := history(account.chats/2, 0, nil).Chat.ID
		fromMe, read := true, chat.AckRead
		failed := chat.AckError
		for _, page := range []struct {
			name string
			ask  func() (int, error)
			want int
		}{
			{"chats", chatsPage(b, s, chat.ChatQuery{Limit: 25}), 25},
			{"overview", chatsPage(b, s, chat.ChatQuery{Limit: 20, WithLast: true}), 20},
			{"overviewByName", chatsPage(b, s, chat.ChatQuery{Limit: 20, WithLast: true, SortBy: chat.SortName}), 20},
			{"overviewFarDown", chatsPage(b, s, chat.ChatQuery{Limit: 20, Offset: account.offset, WithLast: true}), 20},
			{"messages", messagesPage(b, s, chat.MessageQuery{Chat: one, Limit: 10}), 10},
			{"messagesReadFromMe", messagesPage(b, s, chat.MessageQuery{Chat: one, Limit: 10, FromMe: &fromMe, Ack: &read}), 10},
			{"messagesFromMe", messagesPage(b, s, chat.MessageQuery{Chat: one, Limit: 10, FromMe: &fromMe}), 10},
			{"messagesNoneMatches", messagesPage(b, s, chat.MessageQuery{Chat: one, Limit: 10, Ack: &failed}), 0},
			{"allMessages", messagesPage(b, s, chat.MessageQuery{Limit: 10}), 10},
			{"allMessagesFromMe", messagesPage(b, s, chat.MessageQuery{Limit: 10, FromMe: &fromMe}), 10},
			{"allMessagesNoneHolds", messagesPage(b, s, chat.MessageQuery{Limit: 10, Text: "nobody wrote this"}), 0},
			{"counts", func() (int, error) { _, err := s.Counts(b.Context()); return 0, err }, 0},
		} {
			b.Run(page.name+"/"+account.name, func(b *testing.B) {
				cpu, n := cpuSeconds(b), 0
				for ; b.Loop(); n++ {
					if rows, err := page.ask(); err != nil || rows != page.want {
						b.Fatalf("%d rows, want %d: %v", rows, page.want, err)
					}
				}
				b.ReportMetric((cpuSeconds(b)-cpu)/float64(n)*1e6, "cpu-us/op")
			})
		}
	}
}

func chatsPage(b *testing.B, s *Store, q chat.ChatQuery) func() (int, error) {
	return func() (int, error) {
		page, err := s.Chats(b.Context(), q)
		return len(page), err
	}
}

func messagesPage(b *testing.B, s *Store, q chat.MessageQuery) func() (int, error) {
	return func() (int, error) {
		page, err := s.Messages(b.Context(), q)
		return len(page), err
	}
}

// BenchmarkReceive applies messages one by one, as they come from WhatsApp.
func BenchmarkReceive(b *testing.B) {
	s := open(b, Options{})
	rng := randomSource()
	h := history(1, 20_000, rng)
	i, cpu := 0, cpuSeconds(b)
	for b.Loop() {
		m := h.Messages[i%len(h.Messages)]
		i++
		m.FromMe = false
		apply(b, s, chat.MessageReceived{Message: m})
	}
	b.ReportMetric(float64(i)/b.Elapsed().Seconds(), "msgs/s")
	b.ReportMetric((cpuSeconds(b)-cpu)/float64(i)*1e6, "cpu-us/msg")
}
