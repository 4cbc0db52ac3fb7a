// Package appstate is the app state of one simulated account: the collections
// of settings (archived, pinned, muted, ...) that WhatsApp keeps in sync
// between the phone and its companions, as chains of encrypted patches.
//
// A State is both ends in one: the server's log of patches, with versions and
// conflicts, and the phone that can read them. Patches of clients are verified
// and read by whatsmeow's own appstate.Processor. Patches of the phone are made
// by this package, and read back by that Processor before anybody else sees
// them.
package appstate

import (
	waAppState "go.mau.fi/whatsmeow/appstate"
	"go.mau.fi/whatsmeow/proto/waServerSync"
)

// Collection names one of the five chains of patches.
type Collection = waAppState.WAPatchName

// Collections lists all collections in the order in which clients fetch them.
var Collections = []Collection{
	waAppState.WAPatchCriticalBlock, waAppState.WAPatchCriticalUnblockLow,
	waAppState.WAPatchRegularHigh, waAppState.WAPatchRegular, waAppState.WAPatchRegularLow,
}

// chain is the state of one collection. The version is the number of patches.
type chain struct {
	ltHash  [128]byte
	patches []*waServerSync.SyncdPatch // patches[i] has version i+1
	// records holds the content of a snapshot: the values that are set.
	records map[string]record
	// nextRecord numbers the records, so that snapshots keep the order of
	// writing.
	nextRecord int
}

type record struct {
	order    int
	valueMAC []byte
	content  *waServerSync.SyncdRecord
}

func newChain() *chain { return &chain{records: make(map[string]record)} }

func (c *chain) version() uint64 { return uint64(len(c.patches)) }

// valueMAC returns the MAC of the value that is set at an index, or nil.
func (c *chain) valueMAC(indexMAC []byte) []byte { return c.records[string(indexMAC)].valueMAC }

// append adds a verified patch and updates the records.
func (c *chain) append(patch *waServerSync.SyncdPatch, ltHash [128]byte) {
	for _, mutation := range patch.GetMutations() {
		content := mutation.GetRecord()
		index := string(content.GetIndex().GetBlob())
		if mutation.GetOperation() == waServerSync.SyncdMutation_REMOVE {
			delete(c.records, index)
			continue
		}
		value := content.GetValue().GetBlob()
		c.records[index] = record{order: c.nextRecord, valueMAC: value[len(value)-32:], content: content}
		c.nextRecord++
	}
	c.patches = append(c.patches, patch)
	c.ltHash = ltHash
}
