// Package config reads and watches the files that the operator mounts into a
// session pod, or a user passes to a standalone runtime: the configuration, the
// API keys and the operator's token.
package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"

	v1 "github.com/wasession/wasession/api/runtime/v1"
)

// Loaded is a valid configuration.
type Loaded struct {
	Config v1.Config
	// Hash identifies the file's content: v1.ConfigHash.
	Hash string
}

// maxFile limits the size of a configuration file; a ConfigMap holds less.
const maxFile = 2 << 20

// Check validates one aspect of a configuration. Its error names the field.
type Check func(v1.Config) error

// Load reads and checks a configuration file. The error says what to
// change and never repeats the file's content.
func Load(path string, checks ...Check) (Loaded, error) {
	f, err := os.Open(path)
	if err != nil {
		return Loaded{}, fmt.Errorf("configuration cannot be read: %w", err)
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return Loaded{}, fmt.Errorf("configuration cannot be read: %w", err)
	}
	if len(raw) > maxFile {
		return Loaded{}, fmt.Errorf("configuration is larger than %d bytes", maxFile)
	}
	return Parse(raw, checks...)
}

// Parse decodes and validates a configuration. Unknown fields are ignored, since
// the operator may be newer.
func Parse(raw []byte, checks ...Check) (Loaded, error) {
	loaded := Loaded{Hash: v1.ConfigHash(raw)}
	if err := json.Unmarshal(raw, &loaded.Config); err != nil {
		return Loaded{}, errors.New(explain(err))
	}
	for _, check := range append([]Check{Validate}, checks...) {
		if err := check(loaded.Config); err != nil {
			return Loaded{}, err
		}
	}
	return loaded, nil
}

// explain says where the JSON is invalid without repeating its content.
func explain(err error) string {
	var wrongType *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &wrongType) && wrongType.Field != "":
		return fmt.Sprintf("%s must be of type %s, not %s", wrongType.Field, wrongType.Type, wrongType.Value)
	case errors.As(err, &syntax):
		return fmt.Sprintf("configuration is not JSON: byte %d", syntax.Offset)
	}
	return "configuration is not a JSON object"
}

// maxName limits the name of a session. A regular expression that counts is compiled into
// as many copies, at the start of every process.
const maxName = 253

var (
	sessionName = regexp.MustCompile(`^[a-zA-Z0-9_.-]+$`)
	phoneNumber = regexp.MustCompile(`^[1-9][0-9]{6,14}$`)
)

// Validate checks the fields that no other package validates.
func Validate(c v1.Config) error {
	if len(c.Session) > maxName || !sessionName.MatchString(c.Session) {
		return errors.New("session must consist of letters, digits, dots, hyphens and underscores, at most 253 of them")
	}
	switch c.LogLevel {
	case "", "debug", "info", "warn", "error":
	default:
		return errors.New("logLevel must be debug, info, warn or error")
	}
	switch c.Pairing.Method {
	case "", v1.PairingQRCode:
	case v1.PairingPhoneCode:
		if c.Pairing.PhoneNumber == "" {
			return errors.New("pairing.phoneNumber is required when pairing.method is PhoneCode")
		}
	default:
		return errors.New("pairing.method must be QRCode or PhoneCode")
	}
	if n := c.Pairing.PhoneNumber; n != "" && !phoneNumber.MatchString(n) {
		return errors.New("pairing.phoneNumber must be an international number of 7 to 15 digits, without + or leading zeros")
	}
	switch c.Pairing.Browser {
	case "", v1.BrowserChrome, v1.BrowserFirefox, v1.BrowserEdge, v1.BrowserSafari, v1.BrowserOpera:
	default:
		return errors.New("pairing.browser must be Chrome, Firefox, Edge, Safari or Opera")
	}
	for i, kind := range c.Ignore {
		switch kind {
		case v1.IgnoreStatus, v1.IgnoreGroups, v1.IgnoreChannels, v1.IgnoreBroadcasts:
		default:
			return fmt.Errorf("ignore[%d] must be Status, Groups, Channels or Broadcasts", i)
		}
	}
	switch c.History.Sync {
	case "", v1.HistoryNone, v1.HistoryRecent, v1.HistoryFull:
	default:
		return errors.New("history.sync must be None, Recent or Full")
	}
	if c.History.Days < 0 {
		return errors.New("history.days must not be negative")
	}
	if c.Media.RetentionSeconds < 0 || c.Media.MaxBytes < 0 {
		return errors.New("media.retentionSeconds and media.maxBytes must not be negative")
	}
	if c.Outbox.MaxEvents < 0 || c.Outbox.MaxBytes < 0 || c.Outbox.RetentionSeconds < 0 {
		return errors.New("outbox.maxEvents and outbox.retentionSeconds must not be negative")
	}
	_, err := ProxyURL(c.Proxy)
	return err
}
