package whatsapp

import (
	"testing"

	"go.mau.fi/whatsmeow/proto/waCompanionReg"
	"go.mau.fi/whatsmeow/store"
	"google.golang.org/protobuf/proto"
)

// Each account describes its own device, whatever others of the process say.
func TestWhatADeviceSaysAboutItself(t *testing.T) {
	for _, o := range []Options{{DeviceName: "one", FullHistory: true}, {DeviceName: "two"}} {
		l := newLive(t, func(opts *Options) { opts.DeviceName, opts.FullHistory = o.DeviceName, o.FullHistory })
		payload := l.current().GetClientPayload()
		var props waCompanionReg.DeviceProps
		if err := proto.Unmarshal(payload.GetDevicePairingData().GetDeviceProps(), &props); err != nil {
			t.Fatal(err)
		}
		if props.GetOs() != o.DeviceName || props.GetRequireFullSync() != o.FullHistory || props.GetPlatformType() != waCompanionReg.DeviceProps_CHROME {
			t.Errorf("%s says %v", o.DeviceName, &props)
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
