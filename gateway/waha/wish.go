package waha

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Create is the body of POST /api/sessions.
type Create struct {
	Name   string `json:"name"`
	Start  *bool  `json:"start"`
	Config *Wish  `json:"config"`
	// Settings are beyond what WAHA has.
	Settings *Settings `json:"settings"`
}

// Update is the body of PUT /api/sessions/{session}.
type Update struct {
	Config *Wish `json:"config"`
}

// Wish is WAHA's SessionConfig, as a client sends it: with its secrets.
type Wish struct {
	Metadata map[string]string
	Proxy    *ProxyWish
	Debug    bool
	Webhooks []WebhookWish
	Ignore   Ignored
	Client   Client
	// Kept are the members that have no counterpart in the spec. They are kept as they
	// are, so that a GET gives them back.
	Kept map[string]json.RawMessage
}

// ProxyWish is a proxy with its credentials, nil where the client says nothing.
type ProxyWish struct {
	Server   string  `json:"server"`
	Username *string `json:"username"`
	Password *string `json:"password"`
}

// WebhookWish is a webhook with its secrets.
type WebhookWish struct {
	URL    string   `json:"url"`
	Events []string `json:"events"`
	HMAC   *struct {
		Key string `json:"key"`
	} `json:"hmac"`
	Retries *struct {
		Policy       string      `json:"policy"`
		DelaySeconds json.Number `json:"delaySeconds"`
		Attempts     json.Number `json:"attempts"`
	} `json:"retries"`
	CustomHeaders []struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	} `json:"customHeaders"`
}

// maxKept limits what is kept of a configuration, in bytes: it is an annotation.
const maxKept = 16 << 10

// UnmarshalJSON implements json.Unmarshaler. Its errors name the member.
func (w *Wish) UnmarshalJSON(raw []byte) error {
	members := map[string]json.RawMessage{}
	if err := json.Unmarshal(raw, &members); err != nil {
		return BadRequest("config must be an object")
	}
	*w = Wish{Kept: map[string]json.RawMessage{}}
	kept := 0
	for name, value := range members {
		if string(value) == "null" {
			continue
		}
		var err error
		switch name {
		case "metadata":
			w.Metadata, err = texts(value)
		case "proxy":
			err = json.Unmarshal(value, &w.Proxy)
		case "debug":
			err = json.Unmarshal(value, &w.Debug)
		case "webhooks":
			err = json.Unmarshal(value, &w.Webhooks)
		case "ignore":
			err = json.Unmarshal(value, &w.Ignore)
		case "client":
			err = json.Unmarshal(value, &w.Client)
		default:
			w.Kept[name] = value
			kept += len(name) + len(value)
		}
		if err != nil {
			return BadRequest("config." + name + " has the wrong form")
		}
	}
	if kept > maxKept {
		return BadRequest(fmt.Sprintf("config must not have more than %d bytes besides metadata, proxy, debug, webhooks, ignore and client", maxKept))
	}
	return nil
}

// texts are the members of an object as texts: clients write numbers and booleans
// into metadata too.
func texts(raw []byte) (map[string]string, error) {
	var members map[string]any
	if err := json.Unmarshal(raw, &members); err != nil {
		return nil, err
	}
	all := map[string]string{}
	for name, value := range members {
		switch v := value.(type) {
		case string:
			all[name] = v
		case bool:
			all[name] = strconv.FormatBool(v)
		case float64:
			all[name] = strconv.FormatFloat(v, 'f', -1, 64)
		case nil:
		default:
			return nil, fmt.Errorf("%s is no text", name)
		}
	}
	return all, nil
}

// serverURL is the URL of a proxy, which WAHA's clients write without a scheme.
func serverURL(server string) string {
	if strings.Contains(server, "://") {
		return server
	}
	return "http://" + server
}
