package whatsapp

import (
	"sync"

	"go.mau.fi/whatsmeow/proto/waCompanionReg"
	"go.mau.fi/whatsmeow/proto/waWa6"
	"go.mau.fi/whatsmeow/store"
	"google.golang.org/protobuf/proto"
)

// showAsBrowser makes devices appear as Chrome in the phone's list. whatsmeow has
// a variable of the process for it, which its clients read without a lock: it is
// set before the first of them exists.
var showAsBrowser = sync.OnceFunc(func() {
	store.DeviceProps.PlatformType = waCompanionReg.DeviceProps_CHROME.Enum()
})

// clientPayload returns what a client says about itself when it connects. That of
// a device to be linked contains what the phone shows of it, and how much history
// it asks for.
func clientPayload(dev *store.Device, o Options) *waWa6.ClientPayload {
	payload := dev.GetClientPayload()
	if pairing := payload.DevicePairingData; pairing != nil {
		props := proto.CloneOf(store.DeviceProps)
		props.Os, props.RequireFullSync = &o.DeviceName, &o.FullHistory
		pairing.DeviceProps, _ = proto.Marshal(props) // a message of known fields always marshals
	}
	return payload
}
