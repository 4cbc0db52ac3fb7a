// Package signal is the Signal protocol side of a simulated phone: its keys,
// its sessions with other devices, and WhatsApp's padding.
package signal

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"

	"go.mau.fi/libsignal/groups"
	"go.mau.fi/libsignal/protocol"
	"go.mau.fi/libsignal/session"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/util/keys"
)

var serializer = store.SignalProtobufSerializer

// The types of a ciphertext, as in the type attribute of <enc>.
const (
	TypePreKey    = "pkmsg"
	TypeMessage   = "msg"
	TypeSenderKey = "skmsg"
)

// Device is the key material and the sessions of one simulated phone. Its
// methods must not run concurrently; State may.
type Device struct {
	keys  *store.Device
	store *memory
}

// State is a Device in a form that can be stored in a file. It contains private
// keys.
type State struct {
	Identity        []byte            `json:"identity"`
	SignedPreKey    []byte            `json:"signedPreKey"`
	SignedPreKeySig []byte            `json:"signedPreKeySig"`
	SignedPreKeyID  uint32            `json:"signedPreKeyID"`
	RegistrationID  uint32            `json:"registrationID"`
	Sessions        map[string][]byte `json:"sessions,omitempty"`
	GivenUp         []string          `json:"givenUp,omitempty"` // of the sessions
	SenderKeys      map[string][]byte `json:"senderKeys,omitempty"`
	PreKeys         map[uint32][]byte `json:"preKeys,omitempty"`
	NextPreKey      uint32            `json:"nextPreKey"`
}

// NewDevice returns a phone with new keys.
func NewDevice() *Device {
	identity := keys.NewKeyPair()
	var reg [4]byte
	_, _ = rand.Read(reg[:])
	return newDevice(&store.Device{
		IdentityKey:    identity,
		SignedPreKey:   identity.CreateSignedPreKey(1),
		RegistrationID: binary.BigEndian.Uint32(reg[:]) & 0x3FFF,
	})
}

func newDevice(d *store.Device) *Device {
	mem := newMemory()
	d.SetAllStores(mem)
	return &Device{keys: d, store: mem}
}

// RestoreDevice restores a phone from its State.
func RestoreDevice(s State) (*Device, error) {
	if len(s.Identity) != 32 || len(s.SignedPreKey) != 32 || len(s.SignedPreKeySig) != 64 {
		return nil, errors.New("signal state: key of a wrong length")
	}
	sig := [64]byte(s.SignedPreKeySig)
	d := newDevice(&store.Device{
		IdentityKey: keys.NewKeyPairFromPrivateKey([32]byte(s.Identity)),
		SignedPreKey: &keys.PreKey{
			KeyPair:   *keys.NewKeyPairFromPrivateKey([32]byte(s.SignedPreKey)),
			KeyID:     s.SignedPreKeyID,
			Signature: &sig,
		},
		RegistrationID: s.RegistrationID,
	})
	d.store.restore(s)
	return d, nil
}

// State returns the phone's state.
func (d *Device) State() State {
	s := State{
		Identity:        d.keys.IdentityKey.Priv[:],
		SignedPreKey:    d.keys.SignedPreKey.Priv[:],
		SignedPreKeySig: d.keys.SignedPreKey.Signature[:],
		SignedPreKeyID:  d.keys.SignedPreKey.KeyID,
		RegistrationID:  d.keys.RegistrationID,
	}
	d.store.snapshot(&s)
	return s
}

// Identity returns the phone's identity key, which also signs its companions.
func (d *Device) Identity() *keys.KeyPair { return d.keys.IdentityKey }

// Bundle returns what a stranger needs to start a session with the phone, with
// a new one-time key.
func (d *Device) Bundle(ctx context.Context) (Bundle, error) {
	oneTime, err := d.store.GenOnePreKey(ctx)
	if err != nil {
		return Bundle{}, fmt.Errorf("make a prekey: %w", err)
	}
	return Bundle{
		RegistrationID: d.keys.RegistrationID,
		Identity:       *d.keys.IdentityKey.Pub,
		SignedPreKey: SignedPreKey{
			PreKey:    PreKey{ID: d.keys.SignedPreKey.KeyID, Pub: *d.keys.SignedPreKey.Pub},
			Signature: *d.keys.SignedPreKey.Signature,
		},
		PreKey: &PreKey{ID: oneTime.KeyID, Pub: *oneTime.Pub},
	}, nil
}

// HasSession reports whether the phone has a session with a device that it may encrypt
// in.
func (d *Device) HasSession(ctx context.Context, peer types.JID) bool {
	address := peer.SignalAddress().String()
	has, _ := d.store.HasSession(ctx, address)
	return has && !d.store.isGivenUp(address)
}

// DropSession deletes the session with a device.
func (d *Device) DropSession(ctx context.Context, peer types.JID) {
	_ = d.store.DeleteSession(ctx, peer.SignalAddress().String())
}

// GiveUpSession makes the phone encrypt nothing more in the session with a device. What
// the device encrypted before it heard of that can still be read: a new session archives
// the old one.
func (d *Device) GiveUpSession(peer types.JID) { d.store.giveUp(peer.SignalAddress().String(), true) }

// StartSession starts a session with a device from its bundle.
func (d *Device) StartSession(ctx context.Context, peer types.JID, b Bundle) error {
	builder := session.NewBuilderFromSignal(d.keys, peer.SignalAddress(), serializer)
	if err := builder.ProcessBundle(ctx, b.libsignal(uint32(peer.Device))); err != nil {
		return fmt.Errorf("start a session with %s: %w", peer, err)
	}
	d.store.giveUp(peer.SignalAddress().String(), false)
	return nil
}

// Encrypt encrypts for a device that the phone has a session with, and returns
// the ciphertext's type.
func (d *Device) Encrypt(ctx context.Context, peer types.JID, plaintext []byte) (string, []byte, error) {
	builder := session.NewBuilderFromSignal(d.keys, peer.SignalAddress(), serializer)
	cipher := session.NewCipher(builder, peer.SignalAddress())
	out, err := cipher.Encrypt(ctx, Pad(plaintext))
	if err != nil {
		return "", nil, fmt.Errorf("encrypt for %s: %w", peer, err)
	}
	if out.Type() == protocol.PREKEY_TYPE {
		return TypePreKey, out.Serialize(), nil
	}
	return TypeMessage, out.Serialize(), nil
}

// Decrypt decrypts a pkmsg or msg from a device.
func (d *Device) Decrypt(ctx context.Context, peer types.JID, typ string, ciphertext []byte) ([]byte, error) {
	builder := session.NewBuilderFromSignal(d.keys, peer.SignalAddress(), serializer)
	cipher := session.NewCipher(builder, peer.SignalAddress())
	var padded []byte
	switch typ {
	case TypePreKey:
		msg, err := protocol.NewPreKeySignalMessageFromBytes(ciphertext, serializer.PreKeySignalMessage, serializer.SignalMessage)
		if err != nil {
			return nil, fmt.Errorf("parse pkmsg from %s: %w", peer, err)
		}
		if padded, err = cipher.DecryptMessage(ctx, msg); err != nil {
			return nil, fmt.Errorf("decrypt pkmsg from %s: %w", peer, err)
		}
		d.store.giveUp(peer.SignalAddress().String(), false)
	case TypeMessage:
		msg, err := protocol.NewSignalMessageFromBytes(ciphertext, serializer.SignalMessage)
		if err != nil {
			return nil, fmt.Errorf("parse msg from %s: %w", peer, err)
		}
		if padded, err = cipher.Decrypt(ctx, msg); err != nil {
			return nil, fmt.Errorf("decrypt msg from %s: %w", peer, err)
		}
	default:
		return nil, fmt.Errorf("unknown ciphertext type %q from %s", typ, peer)
	}
	return Unpad(padded)
}

// Distribution returns the message that tells others the key with which self
// encrypts in group, creating the key if there is none.
func (d *Device) Distribution(ctx context.Context, group, self types.JID) ([]byte, error) {
	builder := groups.NewGroupSessionBuilder(d.keys, serializer)
	msg, err := builder.Create(ctx, senderKeyName(group, self))
	if err != nil {
		return nil, fmt.Errorf("make a sender key for %s: %w", group, err)
	}
	return msg.Serialize(), nil
}

// ProcessDistribution stores the key with which peer encrypts in group.
func (d *Device) ProcessDistribution(ctx context.Context, group, peer types.JID, raw []byte) error {
	msg, err := protocol.NewSenderKeyDistributionMessageFromBytes(raw, serializer.SenderKeyDistributionMessage)
	if err != nil {
		return fmt.Errorf("parse sender key of %s: %w", peer, err)
	}
	builder := groups.NewGroupSessionBuilder(d.keys, serializer)
	if err = builder.Process(ctx, senderKeyName(group, peer), msg); err != nil {
		return fmt.Errorf("process sender key of %s: %w", peer, err)
	}
	return nil
}

// EncryptGroup encrypts for everybody who has self's key of the group.
func (d *Device) EncryptGroup(ctx context.Context, group, self types.JID, plaintext []byte) ([]byte, error) {
	builder := groups.NewGroupSessionBuilder(d.keys, serializer)
	cipher := groups.NewGroupCipher(builder, senderKeyName(group, self), d.keys)
	msg, err := cipher.Encrypt(ctx, Pad(plaintext))
	if err != nil {
		return nil, fmt.Errorf("encrypt for group %s: %w", group, err)
	}
	return msg.SignedSerialize(), nil
}

// DecryptGroup decrypts a skmsg of peer.
func (d *Device) DecryptGroup(ctx context.Context, group, peer types.JID, ciphertext []byte) ([]byte, error) {
	msg, err := protocol.NewSenderKeyMessageFromBytes(ciphertext, serializer.SenderKeyMessage)
	if err != nil {
		return nil, fmt.Errorf("parse skmsg of %s: %w", peer, err)
	}
	builder := groups.NewGroupSessionBuilder(d.keys, serializer)
	padded, err := groups.NewGroupCipher(builder, senderKeyName(group, peer), d.keys).Decrypt(ctx, msg)
	if err != nil {
		return nil, fmt.Errorf("decrypt skmsg of %s: %w", peer, err)
	}
	return Unpad(padded)
}

func senderKeyName(group, who types.JID) *protocol.SenderKeyName {
	return protocol.NewSenderKeyName(group.String(), who.SignalAddress())
}
