package store

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/wasession/wasession/runtime/chat"
)

// history returns the i-th chat of a history, with n messages.
func history(i, n int, rng *rand.Rand) chat.HistoryChat {
	id := chat.ID(fmt.Sprintf("%d@c.us", 4_900_000_000+i))
	h := chat.HistoryChat{Chat: chat.Chat{
		ID: id, Name: fmt.Sprintf("Person %05d", (i*7919)%100_000), Archived: i%10 == 0, Unread: i % 3,
		ConversationTimestamp: 1_700_000_000 + int64(i),
	}}
	raw := make([]byte, 180)
	for j := range n {
		body := fmt.Sprintf("message %d of chat %d, of about the usual length", j, i)
		copy(raw, body)
		h.Messages = append(h.Messages, chat.Message{
			Chat: id, Arrived: id, Stanza: fmt.Sprintf("3EB0%016X", rng.Uint64()), FromMe: rng.IntN(2) == 0,
			Timestamp: 1_700_000_000 + int64(j*600+rng.IntN(600)), Ack: chat.Ack(rng.IntN(3) + 2),
			Type: chat.TypeText, Body: body, Raw: append([]byte(nil), raw...),
		})
	}
	return h
}

// randomSource returns a deterministic source.
func randomSource() *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }

// fill imports chats with messages each, as a session does.
func fill(t testing.TB, s *Store, chats, messages int) {
	t.Helper()
	rng := randomSource()
	var batch []chat.HistoryChat
	for i := range chats {
		batch = append(batch, history(i, messages, rng))
		if len(batch)*messages < 2000 && i < chats-1 {
			continue
		}
		if err := s.Import(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
		batch = batch[:0]
	}
	if err := s.ImportDone(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// residentKB returns the process's resident memory and its peak.
func residentKB(t testing.TB) (now, peak int) {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		fields := strings.Fields(line)
		switch fields[0] {
		case "VmRSS:":
			now, _ = strconv.Atoi(fields[1])
		case "VmHWM:":
			peak, _ = strconv.Atoi(fields[1])
		}
	}
	return now, peak
}

// cpuSeconds returns the processor time that the process has used, which a
// benchmark can rely on while the machine does other work.
func cpuSeconds(t testing.TB) float64 {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

// BenchmarkImport imports 10,000 chats with 1,000,000 messages:
//
//	go test -run - -bench Import -benchtime 1x ./runtime/store
func BenchmarkImport(b *testing.B) {
	const chats, messages = 10_000, 100
	for b.Loop() {
		s := reopen(b, filepath.Join(b.TempDir(), "chats.db"), Options{})
		began, cpu := time.Now(), cpuSeconds(b)
		fill(b, s, chats, messages)
		cpu = cpuSeconds(b) - cpu
		stats := s.Stats()
		now, peak := residentKB(b)
		b.ReportMetric(chats*messages/time.Since(began).Seconds(), "msgs/s")
		b.ReportMetric(cpu/(chats*messages)*1e6, "cpu-us/msg")
		b.ReportMetric(float64(now)/1024, "MB-after")
		b.ReportMetric(float64(peak)/1024, "MB-peak")
		b.ReportMetric(float64(stats.Database)/(1<<20), "MB-db")
	}
}
