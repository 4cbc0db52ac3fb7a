package delivery

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
)

func TestNamesOfEventsInASelection(t *testing.T) {
	for name, c := range map[string]struct {
		names []string
		ok    bool
	}{
		"none":                  {nil, false},
		"an empty one":          {[]string{""}, false},
		"an empty one of two":   {[]string{"message", " "}, false},
		"an empty one beside *": {[]string{"*", ""}, false},
		"with space around it":  {[]string{" message "}, true},
		"the longest":           {[]string{strings.Repeat("a", maxEventName)}, true},
		"too long":              {[]string{strings.Repeat("a", maxEventName+1)}, false},
		"the same one twice":    {[]string{"message", "message"}, true},
	} {
		s, err := selectEvents(c.names)
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
		for _, n := range c.names {
			if got := s.has(strings.TrimSpace(n)); c.ok && !got {
				t.Errorf("%s: %q is not selected", name, n)
			}
			if !c.ok && s.has(n) {
				t.Errorf("%s: refused, but %q is selected", name, n)
			}
		}
	}
}

func TestAWebhooksKeyFollowsItsURLAndHidesIt(t *testing.T) {
	keys := map[string]string{}
	for _, url := range []string{"https://a.example/hook?token=hidden", "https://a.example/hook?token=other", "https://a.example/hook", "https://b.example/hook"} {
		for _, events := range [][]string{{"*"}, {"message"}} {
			all, err := CompileWebhooks([]v1.Webhook{{URL: url, Events: events}})
			if err != nil {
				t.Fatal(err)
			}
			key := all[0].Key
			if other, ok := keys[key]; ok && other != url {
				t.Errorf("%s and %s share the key %s", url, other, key)
			}
			keys[key] = url
			if key == "" || strings.Contains(key, "hidden") || strings.Contains(key, "example") {
				t.Errorf("the key of %s is %q", url, key)
			}
		}
	}
	if len(keys) != 4 {
		t.Errorf("%d keys of 4 URLs: they change with the events", len(keys))
	}
}

func TestRequestIDsAreStableAndDistinct(t *testing.T) {
	seen := map[string]string{}
	for _, webhook := range []string{"a", "b"} {
		for _, event := range []string{"evt_1", "evt_2"} {
			id, of := RequestID(webhook, event), webhook+" "+event
			if id == "" || id != RequestID(webhook, event) {
				t.Errorf("%s: %q is not stable", of, id)
			}
			if other, ok := seen[id]; ok {
				t.Errorf("%s and %s are both %q", of, other, id)
			}
			seen[id] = of
		}
	}
}

func TestSignaturesDependOnKeyAndBody(t *testing.T) {
	var all []string
	for _, c := range [][2]string{{"k", "body"}, {"k2", "body"}, {"k", "body "}, {"k", ""}} {
		signature := fmt.Sprint(Sign([]byte(c[0]), []byte(c[1])))
		if len(signature) != 128 || slices.Contains(all, signature) {
			t.Errorf("%q: %s", c, signature)
		}
		all = append(all, signature)
	}
}

func TestDelaysNeverShrinkAndNeverPassTheLimit(t *testing.T) {
	for _, policy := range []v1.RetryPolicy{v1.RetryConstant, v1.RetryLinear, v1.RetryExponential} {
		for _, delay := range []time.Duration{time.Second, time.Minute, maxDelay, 2 * maxDelay} {
			r, before := retries{policy: policy, delay: delay}, time.Duration(0)
			for failed := 1; failed <= 200; failed++ {
				got := r.backoff(failed)
				if got < before || got <= 0 || got > maxDelay {
					t.Fatalf("%s of %v after %d failures: %v after %v", policy, delay, failed, got, before)
				}
				before = got
			}
		}
	}
}

func TestRetryAfterAtItsBoundaries(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"0": 0, "3600": maxDelay, "3601": maxDelay, "1.5": 0, " ": 0, "1 minute": 0, "+5": 0, "99999999999999999999": 0,
		now.Format(http.TimeFormat):                        0,
		now.Add(maxDelay).Format(http.TimeFormat):          maxDelay,
		now.Add(1000 * time.Hour).Format(http.TimeFormat):  maxDelay,
		now.Add(5 * time.Second).Format(time.RFC850):       5 * time.Second,
		now.Add(5 * time.Second).Format(time.ANSIC):        5 * time.Second,
		now.Add(5 * time.Second).Format(time.RFC3339):      0,
		now.Add(-1000 * time.Hour).Format(http.TimeFormat): 0,
	} {
		if got := retryAfter(http.Header{"Retry-After": {value}}, now); got != want {
			t.Errorf("%q: %v, want %v", value, got, want)
		}
	}
}
