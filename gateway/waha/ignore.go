package waha

import (
	"strings"

	"github.com/wasession/wasession/api/v1alpha1"
	wasession "github.com/wasession/wasession/api/v1alpha1/applyconfiguration/api/v1alpha1"
)

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

// kinds are the ignored kinds, with where they stand.
func (i *Ignored) kinds() []struct {
	kind v1alpha1.IgnoredChats
	is   *bool
} {
	return []struct {
		kind v1alpha1.IgnoredChats
		is   *bool
	}{
		{v1alpha1.IgnoreStatus, &i.Status}, {v1alpha1.IgnoreGroups, &i.Groups},
		{v1alpha1.IgnoreChannels, &i.Channels}, {v1alpha1.IgnoreBroadcasts, &i.Broadcast},
	}
}

func newIgnored(spec []v1alpha1.IgnoredChats) (all Ignored) {
	for _, k := range all.kinds() {
		for _, kind := range spec {
			*k.is = *k.is || kind == k.kind
		}
	}
	return all
}

// browsers are those that WhatsApp knows.
var browsers = []v1alpha1.Browser{v1alpha1.BrowserChrome, v1alpha1.BrowserFirefox, v1alpha1.BrowserEdge, v1alpha1.BrowserSafari, v1alpha1.BrowserOpera}

// showAs writes what the phone shows of a session into what is applied. A browser that
// WhatsApp does not know is left to the default, as WAHA does.
func showAs(spec *wasession.WhatsAppSessionSpecApplyConfiguration, c Client) {
	if spec.Pairing != nil {
		spec.Pairing.DeviceName, spec.Pairing.Browser = nil, nil
	}
	if c == (Client{}) {
		return
	}
	if spec.Pairing == nil {
		spec.WithPairing(wasession.PairingSpec())
	}
	if c.DeviceName != "" {
		spec.Pairing.WithDeviceName(c.DeviceName)
	}
	for _, browser := range browsers {
		if strings.EqualFold(string(browser), c.BrowserName) {
			spec.Pairing.WithBrowser(browser)
		}
	}
}
