package whatsapp

import (
	"errors"
	"testing"

	"go.mau.fi/whatsmeow/proto/waAdv"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"
	waLog "go.mau.fi/whatsmeow/util/log"
)

// whatsmeow saves a device when its name or its settings change, in goroutines
// that may outlive a logout.
func TestADeviceThatWasLoggedOutIsNotSavedAgain(t *testing.T) {
	for name, end := range map[string]func(*deviceDB, *store.Device) error{
		"deleted": func(d *deviceDB, dev *store.Device) error { return d.DeleteDevice(t.Context(), dev) },
		"renewed": func(d *deviceDB, _ *store.Device) error { _, err := d.renew(t.Context()); return err },
	} {
		t.Run(name, func(t *testing.T) {
			d, err := openDeviceDB(t.Context(), t.TempDir(), nil, waLog.Noop)
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := d.close(); err != nil {
					t.Error(err)
				}
			}()
			d.linking = func(*store.Device) error { return nil }
			old := pairedDevice(t, d, "15550001111")
			if err := end(d, old); err != nil {
				t.Fatal(err)
			}
			old.PushName = "Alice"
			if err := old.Save(t.Context()); !errors.Is(err, store.ErrDeviceDeleted) {
				t.Errorf("saved after the logout: %v", err)
			}
			next, err := d.device(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if next.ID != nil {
				t.Errorf("the next connection logs in as %s", next.ID)
			}
		})
	}
}

// pairedDevice returns the database's device, linked to a number.
func pairedDevice(t *testing.T, d *deviceDB, number string) *store.Device {
	t.Helper()
	dev, err := d.device(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	id := types.NewADJID(number, types.WhatsAppDomain, 1)
	dev.ID = &id
	dev.Account = &waAdv.ADVSignedDeviceIdentity{
		Details: []byte{1}, AccountSignature: make([]byte, 64), AccountSignatureKey: make([]byte, 32), DeviceSignature: make([]byte, 64),
	}
	if err := dev.Save(t.Context()); err != nil {
		t.Fatal(err)
	}
	return dev
}
