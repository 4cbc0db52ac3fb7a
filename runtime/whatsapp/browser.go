package whatsapp

import (
	"cmp"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waCompanionReg"

	v1 "github.com/wasession/wasession/api/runtime/v1"
)

// Device is what the phone's list of linked devices shows.
type Device struct {
	// Name defaults to wasession, and Browser to Chrome.
	Name    string
	Browser v1.Browser
}

// name is what WhatsApp calls the device's operating system.
func (d Device) name() string { return cmp.Or(d.Name, "wasession") }

// platform is the browser when a device is linked by QR code.
func (d Device) platform() waCompanionReg.DeviceProps_PlatformType {
	switch d.Browser {
	case v1.BrowserFirefox:
		return waCompanionReg.DeviceProps_FIREFOX
	case v1.BrowserEdge:
		return waCompanionReg.DeviceProps_EDGE
	case v1.BrowserSafari:
		return waCompanionReg.DeviceProps_SAFARI
	case v1.BrowserOpera:
		return waCompanionReg.DeviceProps_OPERA
	}
	return waCompanionReg.DeviceProps_CHROME
}

// pairClient is the browser when a code is asked for, and what the phone shows until
// the device is linked. WhatsApp takes only operating systems that it knows.
func (d Device) pairClient() (kind whatsmeow.PairClientType, shown string) {
	switch d.Browser {
	case v1.BrowserFirefox:
		return whatsmeow.PairClientFirefox, "Firefox (Linux)"
	case v1.BrowserEdge:
		return whatsmeow.PairClientEdge, "Edge (Linux)"
	case v1.BrowserSafari:
		return whatsmeow.PairClientSafari, "Safari (Mac OS)"
	case v1.BrowserOpera:
		return whatsmeow.PairClientOpera, "Opera (Linux)"
	}
	return whatsmeow.PairClientChrome, "Chrome (Linux)"
}
