package simulator

import (
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strings"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/test/simulator/stanza"
)

// deviceHash returns WhatsApp's hash of a set of devices, used in dhash and
// phash.
func deviceHash(devices []types.JID) string {
	names := make([]string, len(devices))
	for i, jid := range devices {
		names[i] = jid.ADString()
	}
	slices.Sort(names)
	sum := sha256.Sum256([]byte(strings.Join(names, "")))
	return "2:" + base64.RawStdEncoding.EncodeToString(sum[:6])
}

// announceDevices tells the companions of an account, except the one that
// changed, the current list of devices.
func (u *User) announceDevices(changed *Companion) {
	devices := u.devices(types.DefaultUserServer)
	var list []waBinary.Node
	for _, jid := range devices {
		list = append(list, stanza.Node("device", waBinary.Attrs{"jid": jid}, nil))
	}
	for _, c := range u.Companions() {
		if c == changed {
			continue
		}
		c.deliver(stanza.Notification(newID(), "account_sync", u.pn, time.Now(),
			stanza.Node("devices", waBinary.Attrs{"dhash": deviceHash(devices)}, list)))
	}
}
