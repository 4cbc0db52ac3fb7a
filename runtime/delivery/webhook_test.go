package delivery

import (
	"net/http"
	"strings"
	"testing"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
)

// The vector is WAHA's own.
func TestSignVector(t *testing.T) {
	body := `{"event":"message","session":"default","engine":"WEBJS"}`
	want := "208f8a55dde9e05519e898b10b89bf0d0b3b0fdf11fdbf09b6b90476301b98d8097c462b2b17a6ce93b6b47a136cf2e78a33a63f6752c2c1631777076153fa89"
	if got := Sign([]byte("my-secret-key"), []byte(body)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestCompileWebhooksNamesTheField(t *testing.T) {
	ok := v1.Webhook{URL: "https://example.com/hook", Events: []string{"*"}}
	with := func(change func(*v1.Webhook)) []v1.Webhook {
		w := ok
		change(&w)
		return []v1.Webhook{w}
	}
	cases := map[string]struct {
		webhooks []v1.Webhook
		want     string
	}{
		"not a URL":        {with(func(w *v1.Webhook) { w.URL = "example.com" }), "webhooks[0].url: "},
		"another scheme":   {with(func(w *v1.Webhook) { w.URL = "ftp://example.com" }), "webhooks[0].url: "},
		"user in the URL":  {with(func(w *v1.Webhook) { w.URL = "https://bob:secret@example.com" }), "webhooks[0].url: "},
		"twice":            {[]v1.Webhook{ok, ok}, "webhooks[1]: "},
		"one name twice":   {[]v1.Webhook{{Name: "crm", URL: "https://a.example", Events: ok.Events}, {Name: "crm", URL: "https://b.example", Events: ok.Events}}, "webhooks[1]: "},
		"no URL":           {with(func(w *v1.Webhook) { w.URL = "" }), "webhooks[0].url: "},
		"two URLs":         {with(func(w *v1.Webhook) { w.URLFile = "/secret" }), "webhooks[0].url: "},
		"no name":          {with(func(w *v1.Webhook) { w.URL, w.URLFile = "", "/secret" }), "webhooks[0].name: "},
		"relative file":    {with(func(w *v1.Webhook) { w.Name, w.URL, w.URLFile = "crm", "", "secret" }), "webhooks[0].urlFile: "},
		"no events":        {with(func(w *v1.Webhook) { w.Events = nil }), "webhooks[0].events: "},
		"an empty event":   {with(func(w *v1.Webhook) { w.Events = []string{" "} }), "webhooks[0].events: "},
		"relative path":    {with(func(w *v1.Webhook) { w.HMACKeyFile = "key" }), "webhooks[0].hmacKeyFile: "},
		"unknown policy":   {with(func(w *v1.Webhook) { w.Retries.Policy = "never" }), "webhooks[0].retries.policy: "},
		"negative retries": {with(func(w *v1.Webhook) { w.Retries.Attempts = -1 }), "webhooks[0].retries: "},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := CompileWebhooks(c.webhooks)
			if err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Fatalf("got %v, want an error that begins with %q", err, c.want)
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("%v shows a secret", err)
			}
		})
	}
}

func TestSelection(t *testing.T) {
	cases := []struct {
		names []string
		event string
		want  bool
	}{
		{[]string{"*"}, "message", true},
		{[]string{"*", "message"}, "chat.archive", true},
		{[]string{"message"}, "message", true},
		{[]string{"message"}, "message.any", false},
		{[]string{"something.new"}, "something.new", true},
	}
	for _, c := range cases {
		s, err := selectEvents(c.names)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.has(c.event); got != c.want {
			t.Errorf("%v has %s: %t, want %t", c.names, c.event, got, c.want)
		}
	}
}

func TestBackoff(t *testing.T) {
	cases := []struct {
		policy v1.RetryPolicy
		want   []time.Duration
	}{
		{v1.RetryConstant, []time.Duration{2 * time.Second, 2 * time.Second, 2 * time.Second}},
		{v1.RetryLinear, []time.Duration{2 * time.Second, 4 * time.Second, 6 * time.Second}},
		{v1.RetryExponential, []time.Duration{2 * time.Second, 4 * time.Second, 8 * time.Second}},
	}
	for _, c := range cases {
		r := retries{policy: c.policy, delay: 2 * time.Second}
		for i, want := range c.want {
			if got := r.backoff(i + 1); got != want {
				t.Errorf("%s after %d failures: %v, want %v", c.policy, i+1, got, want)
			}
		}
		if got := r.backoff(1 << 20); got > maxDelay {
			t.Errorf("%s grows to %v", c.policy, got)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	cases := map[string]time.Duration{
		"": 0, "7": 7 * time.Second, "-1": 0, "soon": 0, "99999999": maxDelay,
		now.Add(time.Minute).Format(http.TimeFormat):  time.Minute,
		now.Add(-time.Minute).Format(http.TimeFormat): 0,
	}
	for value, want := range cases {
		if got := retryAfter(http.Header{"Retry-After": {value}}, now); got != want {
			t.Errorf("%q: %v, want %v", value, got, want)
		}
	}
}
