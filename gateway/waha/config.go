package waha

import (
	"encoding/json"
	"strings"

	"github.com/wasession/wasession/api/v1alpha1"
)

// Config is WAHA's SessionConfig, as clients are given it: without secrets.
type Config struct {
	Metadata map[string]string `json:"metadata"`
	Proxy    *Proxy            `json:"proxy"`
	Debug    bool              `json:"debug"`
	Webhooks []Webhook         `json:"webhooks"`
	Ignore   Ignored           `json:"ignore"`
	Client   Client            `json:"client"`
	// Kept are further members, as a client put them.
	Kept map[string]json.RawMessage `json:"-"`
}

// MarshalJSON implements json.Marshaler.
func (c Config) MarshalJSON() ([]byte, error) {
	members := map[string]any{
		"metadata": c.Metadata, "proxy": c.Proxy, "debug": c.Debug, "webhooks": c.Webhooks,
		"ignore": c.Ignore, "client": c.Client,
	}
	for name, value := range c.Kept {
		members[name] = value
	}
	return json.Marshal(members)
}

// Proxy is the proxy for WhatsApp.
type Proxy struct {
	Server string `json:"server"`
}

// Webhook is a receiver of events.
type Webhook struct {
	// URL is empty if it is in a Secret.
	URL           string   `json:"url"`
	Events        []string `json:"events"`
	HMAC          any      `json:"hmac"`
	Retries       Retries  `json:"retries"`
	CustomHeaders any      `json:"customHeaders"`
}

// Retries says how failed deliveries are retried.
type Retries struct {
	Policy       string `json:"policy"`
	DelaySeconds int    `json:"delaySeconds"`
	Attempts     int    `json:"attempts"`
}

// NewConfig is a session's configuration in WAHA's shape.
func NewConfig(s *v1alpha1.WhatsAppSession) Config {
	c := Config{
		Metadata: map[string]string{}, Debug: s.Spec.LogLevel == v1alpha1.LogDebug,
		Webhooks: []Webhook{},
		Ignore:   newIgnored(s.Spec.Ignore),
		Client:   Client{DeviceName: s.Spec.Pairing.DeviceName, BrowserName: string(s.Spec.Pairing.Browser)},
	}
	// What is no object was not written by the gateway.
	_ = json.Unmarshal([]byte(s.Annotations[AnnotationConfig]), &c.Kept)
	for key, value := range s.Spec.EventMetadata {
		c.Metadata[key] = string(value)
	}
	if s.Spec.Proxy != nil {
		c.Proxy = &Proxy{Server: s.Spec.Proxy.URL}
	}
	for _, spec := range s.Spec.Webhooks {
		c.Webhooks = append(c.Webhooks, newWebhook(spec))
	}
	return c
}

func newWebhook(spec v1alpha1.WebhookSpec) Webhook {
	w := Webhook{URL: spec.URL, Events: []string{}, Retries: Retries{
		Policy: strings.ToLower(string(spec.Retries.Policy)), Attempts: int(spec.Retries.Attempts),
	}}
	for _, name := range spec.Events {
		w.Events = append(w.Events, string(name))
	}
	if spec.Retries.Delay != nil {
		w.Retries.DelaySeconds = int(spec.Retries.Delay.Seconds())
	}
	return w
}
