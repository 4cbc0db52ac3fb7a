package whatsapp

import (
	"testing"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waCompanionReg"
	"go.mau.fi/whatsmeow/store"
	"google.golang.org/protobuf/proto"

	v1 "github.com/wasession/wasession/api/runtime/v1"
)

// aDevice is what tests are shown as.
func aDevice() Device { return Device{Name: "test"} }

// Each account describes its own device, whatever others of the process say.
func TestWhatADeviceSaysAboutItself(t *testing.T) {
	for _, c := range []struct {
		device  Device
		full    bool
		name    string
		browser waCompanionReg.DeviceProps_PlatformType
	}{
		{Device{Name: "Sales", Browser: v1.BrowserFirefox}, true, "Sales", waCompanionReg.DeviceProps_FIREFOX},
		{Device{}, false, "wasession", waCompanionReg.DeviceProps_CHROME},
	} {
		l := newLive(t, func(opts *Options) { opts.Device, opts.FullHistory = func() Device { return c.device }, c.full })
		payload := l.current().GetClientPayload()
		var props waCompanionReg.DeviceProps
		if err := proto.Unmarshal(payload.GetDevicePairingData().GetDeviceProps(), &props); err != nil {
			t.Fatal(err)
		}
		if props.GetOs() != c.name || props.GetRequireFullSync() != c.full || props.GetPlatformType() != c.browser {
			t.Errorf("%v says %v", c.device, &props)
		}
		if props.GetHistorySyncConfig() == nil {
			t.Error("the device does not say what history it can read")
		}
		l.pair()
		if payload := l.current().GetClientPayload(); payload.DevicePairingData != nil || payload.GetUsername() == 0 {
			t.Errorf("a linked device says %v", payload)
		}
	}
	if name := store.DeviceProps.GetOs(); name != "whatsmeow" {
		t.Errorf("the process's own variable says %q", name)
	}
}

// WhatsApp refuses a pairing code for a browser or an operating system that it does not
// know.
func TestBrowsersThatWhatsAppKnows(t *testing.T) {
	for browser, want := range map[v1.Browser]struct {
		platform waCompanionReg.DeviceProps_PlatformType
		kind     whatsmeow.PairClientType
		shown    string
	}{
		"":                {waCompanionReg.DeviceProps_CHROME, whatsmeow.PairClientChrome, "Chrome (Linux)"},
		v1.BrowserChrome:  {waCompanionReg.DeviceProps_CHROME, whatsmeow.PairClientChrome, "Chrome (Linux)"},
		v1.BrowserFirefox: {waCompanionReg.DeviceProps_FIREFOX, whatsmeow.PairClientFirefox, "Firefox (Linux)"},
		v1.BrowserEdge:    {waCompanionReg.DeviceProps_EDGE, whatsmeow.PairClientEdge, "Edge (Linux)"},
		v1.BrowserSafari:  {waCompanionReg.DeviceProps_SAFARI, whatsmeow.PairClientSafari, "Safari (Mac OS)"},
		v1.BrowserOpera:   {waCompanionReg.DeviceProps_OPERA, whatsmeow.PairClientOpera, "Opera (Linux)"},
	} {
		d := Device{Browser: browser}
		kind, shown := d.pairClient()
		if d.platform() != want.platform || kind != want.kind || shown != want.shown {
			t.Errorf("%q is %v, %v and %q", browser, d.platform(), kind, shown)
		}
	}
}
