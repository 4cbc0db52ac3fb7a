package signal

import (
	"go.mau.fi/libsignal/ecc"
	"go.mau.fi/libsignal/keys/identity"
	"go.mau.fi/libsignal/keys/prekey"
	"go.mau.fi/libsignal/util/optional"
)

// PreKey is the public half of a one-time key.
type PreKey struct {
	ID  uint32
	Pub [32]byte
}

// SignedPreKey is the public half of the key that the identity signed.
type SignedPreKey struct {
	PreKey
	Signature [64]byte
}

// Valid verifies the signature.
func (k SignedPreKey) Valid(identity [32]byte) bool {
	signed := append([]byte{ecc.DjbType}, k.Pub[:]...)
	return ecc.VerifySignature(ecc.NewDjbECPublicKey(identity), signed, k.Signature)
}

// Bundle is what a stranger needs to start a session with a device. PreKey is
// nil when the device has run out of them.
type Bundle struct {
	RegistrationID uint32
	Identity       [32]byte
	SignedPreKey   SignedPreKey
	PreKey         *PreKey
}

func (b Bundle) libsignal(deviceID uint32) *prekey.Bundle {
	identityKey := identity.NewKey(ecc.NewDjbECPublicKey(b.Identity))
	if b.PreKey == nil {
		return prekey.NewBundle(b.RegistrationID, deviceID, optional.NewEmptyUint32(), b.SignedPreKey.ID,
			nil, ecc.NewDjbECPublicKey(b.SignedPreKey.Pub), b.SignedPreKey.Signature, identityKey)
	}
	return prekey.NewBundle(b.RegistrationID, deviceID, optional.NewOptionalUint32(b.PreKey.ID), b.SignedPreKey.ID,
		ecc.NewDjbECPublicKey(b.PreKey.Pub), ecc.NewDjbECPublicKey(b.SignedPreKey.Pub), b.SignedPreKey.Signature, identityKey)
}
