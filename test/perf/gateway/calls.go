package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// page is what a pod answers: a page of chats of usual size.
var page = []byte("[" + strings.TrimSuffix(strings.Repeat(`{"id":"15550001111@c.us","name":"Ada Lovelace","timestamp":1767225600,"unreadCount":2,"archived":false},`, 20), ",") + "]")

// answer is a pod. It reads what it is sent, and hangs where it is told to.
func (s *stage) answer(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/ws" {
		s.streams.ServeHTTP(w, r)
		return
	}
	if r.URL.Query().Has("hang") {
		<-r.Context().Done()
		return
	}
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if r.Method == http.MethodPost {
		w.WriteHeader(http.StatusCreated)
	}
	_, _ = w.Write(page)
}

// clients are enough connections to keep one call from waiting for another.
var clients = &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 64, MaxIdleConns: 4096}}

// get reads the chats of a session at a base URL, and returns how long it took.
func (s *stage) get(ctx context.Context, base string, i int) (time.Duration, error) {
	return s.call(ctx, http.MethodGet, base+"/api/"+name(i)+"/chats", nil)
}

func (s *stage) call(ctx context.Context, method, url string, body io.Reader) (time.Duration, error) {
	r, err := http.NewRequestWithContext(ctx, method, url, body)
	if err != nil {
		return 0, err
	}
	r.Header.Set("X-Api-Key", s.key)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	began := time.Now()
	response, err := clients.Do(r)
	if err != nil {
		return 0, err
	}
	defer func() { _ = response.Body.Close() }()
	read, err := io.ReadAll(response.Body)
	if err == nil && !bytes.Equal(read, page) {
		err = fmt.Errorf("%s: %s: %.200s", url, response.Status, read)
	}
	return time.Since(began), err
}

// perSecond is the rate of calls.
const perSecond = 200

// paced makes calls at their rate for a while, whether or not earlier ones have ended,
// and returns how long each took, in milliseconds.
func paced(ctx context.Context, calls int, call func(i int) (time.Duration, error)) ([]float64, error) {
	clock := time.NewTicker(time.Second / perSecond)
	defer clock.Stop()
	var mu sync.Mutex
	var took []float64
	var failed error
	var done sync.WaitGroup
	for i := range calls {
		select {
		case <-ctx.Done():
			done.Wait()
			return nil, ctx.Err()
		case <-clock.C:
		}
		done.Go(func() {
			d, err := call(i)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				failed = err
				return
			}
			took = append(took, float64(d.Microseconds())/1000)
		})
	}
	done.Wait()
	return took, failed
}
