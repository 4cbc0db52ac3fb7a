package simulator

import (
	"encoding/json"
	"fmt"
	"slices"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"

	"github.com/wasession/wasession/test/simulator/signal"
)

// userState is the stored state of an account. It does not include what reached
// the phone, or what the phone could send again.
type userState struct {
	PN           string              `json:"pn"`
	LID          string              `json:"lid"`
	Name         string              `json:"name"`
	About        string              `json:"about,omitempty"`
	Picture      *Picture            `json:"picture,omitempty"`
	Addressing   Addressing          `json:"addressing,omitempty"`
	NoReceipts   bool                `json:"noReceipts,omitempty"`
	NextDevice   uint16              `json:"nextDevice"`
	Device       signal.State        `json:"device"`
	Companions   []companionState    `json:"companions,omitempty"`
	SKDMSent     map[string]struct{} `json:"skdmSent,omitempty"`
	Privacy      map[string]string   `json:"privacy,omitempty"`
	Blocked      map[string]struct{} `json:"blocked,omitempty"`
	Tokens       map[string]string   `json:"tokens,omitempty"`
	Terms        map[string]bool     `json:"terms,omitempty"`
	LoginFailure *LoginFailure       `json:"loginFailure,omitempty"`
}

type companionState struct {
	Device         uint16              `json:"device"`
	Noise          []byte              `json:"noise"`
	Platform       string              `json:"platform"`
	Account        []byte              `json:"account"`
	RegistrationID uint32              `json:"registrationID"`
	Identity       []byte              `json:"identity"`
	SignedPreKey   signal.SignedPreKey `json:"signedPreKey"`
	PreKeys        []byte              `json:"preKeys,omitempty"` // see packPreKeys
	Greeted        bool                `json:"greeted,omitempty"`
	Queue          [][]byte            `json:"queue,omitempty"`
}

// save returns the account's state, encoded again only if something changed.
func (u *User) save() (json.RawMessage, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if !u.dirty && u.saved != nil {
		return u.saved, nil
	}
	state := userState{
		PN: u.pn.User, LID: u.lid.User, Name: u.name, About: u.about, Picture: u.picture,
		Addressing: u.addressing, NoReceipts: !u.autoReceipts, NextDevice: u.nextDevice,
		Device: u.phone().State(), SKDMSent: u.skdmSent, Privacy: u.privacy, Blocked: u.blocked,
		Tokens: u.tokens, Terms: u.terms, LoginFailure: u.loginFailure,
	}
	for _, c := range u.sortedCompanions() {
		cs, err := c.state()
		if err != nil {
			return nil, err
		}
		state.Companions = append(state.Companions, cs)
	}
	raw, err := json.Marshal(state)
	if err != nil {
		return nil, err
	}
	u.saved, u.dirty = raw, false
	return raw, nil
}

func (c *Companion) state() (companionState, error) {
	cs := companionState{
		Device: c.device, Noise: c.noise[:], Platform: c.platform, Account: c.account,
		RegistrationID: c.registrationID, Identity: c.identity[:], SignedPreKey: c.signedPreKey,
		PreKeys: packPreKeys(c.preKeys), Greeted: c.greeted,
	}
	for _, n := range c.queue.nodes() {
		raw, err := waBinary.Marshal(n)
		if err != nil {
			return cs, fmt.Errorf("marshal queued stanza: %w", err)
		}
		cs.Queue = append(cs.Queue, raw)
	}
	return cs, nil
}

// preKeyLength is the sum of 3 bytes of id and 32 of key.
const preKeyLength = 35

// packPreKeys concatenates keys, since a client uploads 812 of them.
func packPreKeys(keys []signal.PreKey) []byte {
	out := make([]byte, 0, len(keys)*preKeyLength)
	for _, k := range keys {
		out = append(out, byte(k.ID>>16), byte(k.ID>>8), byte(k.ID))
		out = append(out, k.Pub[:]...)
	}
	return out
}

func unpackPreKeys(raw []byte) []signal.PreKey {
	var out []signal.PreKey
	for k := range slices.Chunk(raw, preKeyLength) {
		if len(k) == preKeyLength {
			out = append(out, signal.PreKey{
				ID: uint32(k[0])<<16 | uint32(k[1])<<8 | uint32(k[2]), Pub: [32]byte(k[3:]),
			})
		}
	}
	return out
}

func (s *Server) restoreUser(raw json.RawMessage) (*User, error) {
	var state userState
	if err := json.Unmarshal(raw, &state); err != nil {
		return nil, fmt.Errorf("parse account: %w", err)
	}
	device, err := signal.RestoreDevice(state.Device)
	if err != nil {
		return nil, fmt.Errorf("restore %s: %w", state.PN, err)
	}
	u := s.newUser(state.PN, state.LID, state.Name, device)
	u.about, u.picture, u.addressing = state.About, state.Picture, state.Addressing
	u.autoReceipts, u.nextDevice, u.loginFailure = !state.NoReceipts, state.NextDevice, state.LoginFailure
	copyInto(u.skdmSent, state.SKDMSent)
	copyInto(u.privacy, state.Privacy)
	copyInto(u.blocked, state.Blocked)
	copyInto(u.tokens, state.Tokens)
	copyInto(u.terms, state.Terms)
	for _, cs := range state.Companions {
		c, err := restoreCompanion(u, cs)
		if err != nil {
			return nil, fmt.Errorf("restore %s: %w", state.PN, err)
		}
		u.companions[c.device] = c
	}
	return u, nil
}

func copyInto[V any](into, from map[string]V) {
	for k, v := range from {
		into[k] = v
	}
}

func restoreCompanion(u *User, cs companionState) (*Companion, error) {
	if len(cs.Noise) != 32 || len(cs.Identity) != 32 {
		return nil, fmt.Errorf("companion %d: key of a wrong length", cs.Device)
	}
	c := newCompanion(u, cs.Device)
	c.noise, c.identity = [32]byte(cs.Noise), [32]byte(cs.Identity)
	c.platform, c.account, c.registrationID = cs.Platform, cs.Account, cs.RegistrationID
	c.signedPreKey, c.preKeys, c.greeted = cs.SignedPreKey, unpackPreKeys(cs.PreKeys), cs.Greeted
	for _, raw := range cs.Queue {
		plain, err := waBinary.Unpack(raw)
		if err != nil {
			return nil, fmt.Errorf("unpack queued stanza: %w", err)
		}
		node, err := waBinary.Unmarshal(plain)
		if err != nil {
			return nil, fmt.Errorf("parse queued stanza: %w", err)
		}
		c.queue.push(*node)
	}
	return c, nil
}

func (s *Server) restoreGroup(id string, info groupInfo) {
	s.groups[id] = &Group{srv: s, jid: types.NewJID(id, types.GroupServer), info: info}
}
