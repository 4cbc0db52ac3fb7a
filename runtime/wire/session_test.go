package wire

import (
	"strings"
	"testing"
	"time"

	v1 "github.com/wasession/wasession/api/runtime/v1"
)

func TestSession(t *testing.T) {
	status := v1.Status{
		Session: "default", Phase: v1.PhaseWorking, Since: time.UnixMilli(1700000000000),
		Me: &v1.Me{ID: "111@c.us", LID: "123@lid", JID: "111:12@s.whatsapp.net", PushName: "Bob"},
	}
	golden(t, "session", NewSession(status, v1.Config{}))
	golden(t, "session-unpaired", NewSession(v1.Status{Session: "a", Phase: v1.PhaseScanQRCode}, v1.Config{
		Metadata: map[string]string{"user.id": "123"}, LogLevel: "debug",
		Pairing: v1.Pairing{DeviceName: "Sales", Browser: v1.BrowserFirefox},
		Ignore:  []v1.IgnoredChats{v1.IgnoreStatus, v1.IgnoreGroups, v1.IgnoreChannels, v1.IgnoreBroadcasts},
		Proxy:   &v1.Proxy{URL: "socks5://proxy:1080", UsernameFile: "/etc/wasession/secrets/p/user"},
		Webhooks: []v1.Webhook{{
			URL: "https://example.com/hook", Events: []string{"message"}, HMACKeyFile: "/etc/wasession/secrets/h/key",
			HeadersDir: "/etc/wasession/secrets/headers", Retries: v1.Retries{Policy: v1.RetryLinear, DelaySeconds: 2, Attempts: 5},
		}, {
			Name: "n8n", URLFile: "/etc/wasession/secrets/h/url", Events: []string{"*"}, Retries: v1.Retries{Policy: v1.RetryExponential, DelaySeconds: 2, Attempts: 15},
		}},
	}))
}

func TestEnvironmentNamesTheBuild(t *testing.T) {
	e := NewEnvironment("1.2.3")
	if e.Version != "1.2.3" || e.Engine != "GOWS" || !strings.Contains(e.Platform, "/") || e.Browser != nil {
		t.Errorf("environment is %+v", e)
	}
}
