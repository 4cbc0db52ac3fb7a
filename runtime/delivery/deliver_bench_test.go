package delivery

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
	"github.com/wasession/wasession/runtime/chat"
)

// BenchmarkDeliver delivers events that wait, to one receiver, in order:
//
//	go test -run - -bench Deliver ./runtime/delivery
func BenchmarkDeliver(b *testing.B) {
	f, arrived := newBench(b)
	many := make([]chat.Change, b.N)
	for i := range many {
		many[i] = called("message", i)
	}
	b.ResetTimer()
	if err := f.store.Apply(b.Context(), many...); err != nil {
		b.Fatal(err)
	}
	for range many {
		<-arrived
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkLatency measures the time from the beginning of a commit to the receiver.
func BenchmarkLatency(b *testing.B) {
	f, arrived := newBench(b)
	var took []time.Duration
	for i := range b.N {
		began := time.Now()
		if err := f.store.Apply(b.Context(), called("message", i)); err != nil {
			b.Fatal(err)
		}
		<-arrived
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "us-p50")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "us-p99")
}

// newBench is a fixture with one webhook; what reaches it is signaled.
func newBench(b *testing.B) (*fixture, <-chan struct{}) {
	b.Helper()
	arrived := make(chan struct{}, 1024)
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { arrived <- struct{}{} }))
	b.Cleanup(server.Close)
	f := newFixture(b)
	f.configure(v1.Webhook{URL: server.URL, Events: []string{"message"}})
	return f, arrived
}
