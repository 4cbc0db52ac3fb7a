package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"

	"github.com/wasession/wasession/test/perf/figures"
)

// dashboard measures the first page of the dashboard, with all sessions in it.
func (s *stage) dashboard(ctx context.Context) error {
	others := s.begin("the dashboard's first page")
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	browser := &http.Client{Jar: jar, Timeout: time.Minute}
	load := func(method, page string, form url.Values) (took time.Duration, size int, err error) {
		r, err := http.NewRequestWithContext(ctx, method, s.url+"/dashboard/"+page, strings.NewReader(form.Encode()))
		if err != nil {
			return 0, 0, err
		}
		r.Header.Set("Origin", s.url)
		if method == http.MethodPost {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		began := time.Now()
		response, err := browser.Do(r)
		if err != nil {
			return 0, 0, err
		}
		defer func() { _ = response.Body.Close() }()
		body, err := io.ReadAll(response.Body)
		if err == nil && response.StatusCode != http.StatusOK {
			err = fmt.Errorf("the dashboard's page %q: %s", page, response.Status)
		}
		return time.Since(began), len(body), err
	}
	if _, _, err := load(http.MethodPost, "login", url.Values{"secret": {s.key}}); err != nil {
		return err
	}
	var times []float64 // milliseconds
	var size int
	for range 20 {
		took, n, err := load(http.MethodGet, "", nil)
		if err != nil {
			return err
		}
		times, size = append(times, float64(took)/float64(time.Millisecond)), n
	}
	s.report(figures.Figure{Name: "first-page", Ours: figures.Percentile(times, 50), Unit: "ms", Others: others(),
		Note: fmt.Sprintf("p50 of %d; %d kB before compression, with %d sessions", len(times), size/1000, s.sessions)})
	return nil
}
