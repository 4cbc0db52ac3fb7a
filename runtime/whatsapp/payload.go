package whatsapp

import (
	"go.mau.fi/whatsmeow/proto/waWa6"
	"go.mau.fi/whatsmeow/store"
	"google.golang.org/protobuf/proto"
)

// clientPayload returns what a client says about itself when it connects. That of
// a device to be linked contains what the phone shows of it, and how much history
// it asks for.
func clientPayload(dev *store.Device, o Options) *waWa6.ClientPayload {
	payload := dev.GetClientPayload()
	if pairing := payload.DevicePairingData; pairing != nil {
		device, props := o.Device(), proto.CloneOf(store.DeviceProps)
		props.Os, props.PlatformType, props.RequireFullSync = new(device.name()), device.platform().Enum(), &o.FullHistory
		pairing.DeviceProps, _ = proto.Marshal(props) // a message of known fields always marshals
	}
	return payload
}
