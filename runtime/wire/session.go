package wire

import (
	"runtime"
	"slices"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
)

// EngineName is WAHA's name for its engine based on whatsmeow. Clients interpret
// `_data` by it.
const EngineName = "GOWS"

// Tier is WAHA's edition with all features. Clients hide features that they expect
// to be missing from the other one.
const Tier = "PLUS"

// Session is WAHA's SessionInfo.
type Session struct {
	Name   string        `json:"name"`
	Status v1.Phase      `json:"status" enum:"STOPPED,STARTING,SCAN_QR_CODE,PASSKEY_REQUIRED,PASSKEY_CONFIRMATION_REQUIRED,WORKING,FAILED"`
	Config SessionConfig `json:"config"`
	Me     *Me           `json:"me" doc:"null until paired"`
	// Presence is always null: it is not tracked.
	Presence   any        `json:"presence"`
	Timestamps Timestamps `json:"timestamps"`
	Engine     Engine     `json:"engine"`
}

// Me is the account of a session.
type Me struct {
	ID       string  `json:"id"`
	LID      *string `json:"lid"`
	JID      *string `json:"jid" doc:"Including the device number"`
	PushName string  `json:"pushName"`
}

// Timestamps are in unix milliseconds.
type Timestamps struct {
	Activity int64 `json:"activity" doc:"Time of the last status change, Unix milliseconds"`
}

// Engine names the engine of a session.
type Engine struct {
	Engine string `json:"engine"`
}

// SessionConfig is a session's configuration in WAHA's format, without secrets.
type SessionConfig struct {
	Metadata map[string]string `json:"metadata"`
	Proxy    *Proxy            `json:"proxy"`
	Debug    bool              `json:"debug"`
	Ignore   Ignored           `json:"ignore"`
	Client   Client            `json:"client"`
	Webhooks []Webhook         `json:"webhooks"`
}

// Ignored are the kinds of chats whose messages are neither stored nor delivered.
type Ignored struct {
	Status    bool `json:"status,omitempty"`
	Groups    bool `json:"groups,omitempty"`
	Channels  bool `json:"channels,omitempty"`
	Broadcast bool `json:"broadcast,omitempty"`
}

// Client is what the phone's list of linked devices is to show.
type Client struct {
	DeviceName  string `json:"deviceName,omitempty"`
	BrowserName string `json:"browserName,omitempty"`
}

// Proxy is the proxy for WhatsApp.
type Proxy struct {
	Server string `json:"server"`
}

// Webhook is a webhook without its secrets: HMAC key and headers.
type Webhook struct {
	URL           string   `json:"url" doc:"Empty if it is in a Secret"`
	Events        []string `json:"events"`
	HMAC          any      `json:"hmac"`
	Retries       Retries  `json:"retries"`
	CustomHeaders any      `json:"customHeaders"`
}

// Retries says how failed deliveries are retried.
type Retries struct {
	Policy       v1.RetryPolicy `json:"policy"`
	DelaySeconds int            `json:"delaySeconds"`
	Attempts     int            `json:"attempts"`
}

// Environment describes the server.
type Environment struct {
	Version  string  `json:"version"`
	Engine   string  `json:"engine"`
	Tier     string  `json:"tier"`
	Browser  *string `json:"browser"`
	Platform string  `json:"platform"`
	Worker   Worker  `json:"worker"`
}

// Worker is the server of a group of servers; WAHA's is null for a server of its own.
type Worker struct {
	ID *string `json:"id"`
}

// NewSession is a session's current state.
func NewSession(s v1.Status, c v1.Config) Session {
	return Session{
		Name:       s.Session,
		Status:     s.Phase,
		Config:     NewSessionConfig(c),
		Me:         NewMe(s.Me),
		Timestamps: Timestamps{Activity: milliseconds(s.Since)},
		Engine:     Engine{EngineName},
	}
}

// NewMe is the account; nil while not paired.
func NewMe(m *v1.Me) *Me {
	if m == nil {
		return nil
	}
	return &Me{ID: m.ID, LID: text(m.LID), JID: text(m.JID), PushName: m.PushName}
}

// NewSessionConfig is the configuration in WAHA's format.
func NewSessionConfig(c v1.Config) SessionConfig {
	w := SessionConfig{
		Metadata: c.Metadata,
		Debug:    c.LogLevel == "debug",
		Ignore: Ignored{
			Status: slices.Contains(c.Ignore, v1.IgnoreStatus), Groups: slices.Contains(c.Ignore, v1.IgnoreGroups),
			Channels: slices.Contains(c.Ignore, v1.IgnoreChannels), Broadcast: slices.Contains(c.Ignore, v1.IgnoreBroadcasts),
		},
		Client:   Client{DeviceName: c.Pairing.DeviceName, BrowserName: string(c.Pairing.Browser)},
		Webhooks: []Webhook{},
	}
	if w.Metadata == nil {
		w.Metadata = map[string]string{}
	}
	if c.Proxy != nil && c.Proxy.URL != "" {
		w.Proxy = &Proxy{Server: c.Proxy.URL}
	}
	for _, h := range c.Webhooks {
		w.Webhooks = append(w.Webhooks, Webhook{
			URL: h.URL, Events: h.Events,
			Retries: Retries(h.Retries),
		})
	}
	return w
}

// NewEnvironment describes this build.
func NewEnvironment(version string) Environment {
	return Environment{
		Version: version, Engine: EngineName, Tier: Tier,
		Platform: runtime.GOOS + "/" + runtime.GOARCH,
	}
}

func milliseconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}
