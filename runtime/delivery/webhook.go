package delivery

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
)

// Webhook is a validated webhook.
type Webhook struct {
	// Key identifies the webhook in the store: its name or, without one, a hash of its
	// URL, which may contain a token.
	Key string
	// unnamed is the key that it had before it had a name; empty if there is none.
	unnamed string
	url     string
	urlFile string
	events  selection
	hmacKey string
	headers string
	retries retries
}

type retries struct {
	policy   v1.RetryPolicy
	delay    time.Duration
	attempts int
}

// Default retries of a webhook.
const (
	defaultDelay    = 2 * time.Second
	defaultAttempts = 15
)

// CompileWebhooks validates webhooks. Errors name the field, as in
// "webhooks[1].url: …", and contain no secrets.
func CompileWebhooks(configured []v1.Webhook) ([]Webhook, error) {
	webhooks := make([]Webhook, 0, len(configured))
	for i, c := range configured {
		w, err := compileWebhook(c)
		if err != nil {
			return nil, fmt.Errorf("webhooks[%d].%w", i, err)
		}
		if slices.ContainsFunc(webhooks, func(other Webhook) bool { return other.Key == w.Key }) {
			return nil, fmt.Errorf("webhooks[%d]: duplicates another webhook: give it a name of its own", i)
		}
		webhooks = append(webhooks, w)
	}
	return webhooks, nil
}

func compileWebhook(c v1.Webhook) (Webhook, error) {
	if (c.URL == "") == (c.URLFile == "") {
		return Webhook{}, fmt.Errorf("url: is required, unless urlFile is set instead")
	}
	w := Webhook{
		Key:     c.Name,
		url:     c.URL,
		urlFile: c.URLFile,
		hmacKey: c.HMACKeyFile,
		headers: c.HeadersDir,
		retries: retries{policy: c.Retries.Policy, delay: time.Duration(c.Retries.DelaySeconds) * time.Second, attempts: c.Retries.Attempts},
	}
	if c.URL != "" {
		if err := checkURL(c.URL); err != nil {
			return Webhook{}, fmt.Errorf("url: %w", err)
		}
		w.unnamed = webhookKey(c.URL)
	}
	if w.Key == "" {
		w.Key, w.unnamed = w.unnamed, ""
	}
	if w.Key == "" {
		return Webhook{}, fmt.Errorf("name: is required with urlFile")
	}
	var err error
	if w.events, err = selectEvents(c.Events); err != nil {
		return Webhook{}, fmt.Errorf("events: %w", err)
	}
	for field, path := range map[string]string{"urlFile": c.URLFile, "hmacKeyFile": c.HMACKeyFile, "headersDir": c.HeadersDir} {
		if path != "" && !filepath.IsAbs(path) {
			return Webhook{}, fmt.Errorf("%s: must be an absolute path", field)
		}
	}
	switch w.retries.policy {
	case "":
		w.retries.policy = v1.RetryExponential
	case v1.RetryConstant, v1.RetryLinear, v1.RetryExponential:
	default:
		return Webhook{}, fmt.Errorf("retries.policy: must be constant, linear or exponential")
	}
	if w.retries.delay < 0 || w.retries.attempts < 0 {
		return Webhook{}, fmt.Errorf("retries: must not be negative")
	}
	if w.retries.delay == 0 {
		w.retries.delay = defaultDelay
	}
	if w.retries.attempts == 0 {
		w.retries.attempts = defaultAttempts
	}
	return w, nil
}

// Register gives the webhook its cursor. One that had no name so far keeps its place.
func (w Webhook) Register(ctx context.Context, o Outbox) error {
	if w.unnamed != "" {
		if err := o.NameWebhook(ctx, w.unnamed, w.Key); err != nil {
			return err
		}
	}
	_, err := o.Webhook(ctx, w.Key)
	return err
}

// checkURL checks a webhook's URL. The error does not repeat it.
func checkURL(text string) error {
	target, err := url.Parse(text)
	if err != nil || (target.Scheme != "http" && target.Scheme != "https") || target.Host == "" {
		return errors.New("must be an absolute http or https URL")
	}
	if target.User != nil {
		return errors.New("must not contain credentials: use headersSecretRef")
	}
	return nil
}

func webhookKey(url string) string {
	sum := sha256.Sum256([]byte(url))
	return hex.EncodeToString(sum[:8])
}

// selection is the set of events that a receiver wants.
type selection struct {
	all   bool
	names map[string]bool
}

// AllEvents selects all events.
const AllEvents = "*"

// maxEventName limits an event name in a selection, in bytes.
const maxEventName = 64

func selectEvents(names []string) (selection, error) {
	s := selection{names: map[string]bool{}}
	for _, name := range names {
		name = strings.TrimSpace(name)
		switch {
		case name == AllEvents:
			s.all = true
		case name == "" || len(name) > maxEventName:
			return selection{}, fmt.Errorf("must be event names or *")
		default:
			s.names[name] = true
		}
	}
	if len(names) == 0 {
		return selection{}, fmt.Errorf("must contain at least one event name or *")
	}
	return s, nil
}

func (s selection) has(event string) bool {
	return s.all || s.names[event]
}
