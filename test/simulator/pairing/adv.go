// Package pairing has the cryptography with which a phone links a client to its
// account: the signed device identity, and the code typed on the phone.
package pairing

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"go.mau.fi/libsignal/ecc"
	"go.mau.fi/whatsmeow/proto/waAdv"
	"go.mau.fi/whatsmeow/util/keys"
	"google.golang.org/protobuf/proto"
)

// The prefixes of the data that the two signatures of a device identity cover.
var (
	accountPrefix = []byte{6, 0}
	devicePrefix  = []byte{6, 1}
)

// Offer is the identity that a phone offers to a client.
type Offer struct {
	// Container is sent to the client: the identity, signed by the phone and
	// authenticated with the secret that the client showed it.
	Container []byte

	companionIdentity [32]byte
	signed            *waAdv.ADVSignedDeviceIdentity
}

// NewOffer returns the identity of a companion with the given key index.
func NewOffer(phone *keys.KeyPair, companionIdentity [32]byte, keyIndex uint32, now time.Time, advSecret []byte) (*Offer, error) {
	rawID := binary.BigEndian.Uint32(phone.Pub[:4])
	details, err := proto.Marshal(&waAdv.ADVDeviceIdentity{
		RawID:     proto.Uint32(rawID),
		Timestamp: proto.Uint64(uint64(now.Unix())),
		KeyIndex:  proto.Uint32(keyIndex),
	})
	if err != nil {
		return nil, fmt.Errorf("marshal device identity: %w", err)
	}
	message := bytes.Join([][]byte{accountPrefix, details, companionIdentity[:]}, nil)
	signature := ecc.CalculateSignature(ecc.NewDjbECPrivateKey(*phone.Priv), message)
	offer := &Offer{
		companionIdentity: companionIdentity,
		signed: &waAdv.ADVSignedDeviceIdentity{
			Details:             details,
			AccountSignatureKey: phone.Pub[:],
			AccountSignature:    signature[:],
		},
	}
	signed, err := proto.Marshal(offer.signed)
	if err != nil {
		return nil, fmt.Errorf("marshal signed identity: %w", err)
	}
	mac := hmac.New(sha256.New, advSecret)
	mac.Write(signed)
	offer.Container, err = proto.Marshal(&waAdv.ADVSignedDeviceIdentityHMAC{
		Details: signed,
		HMAC:    mac.Sum(nil),
	})
	return offer, err
}

// Complete verifies the client's signature in its answer, and returns the
// completed ADVSignedDeviceIdentity.
func (o *Offer) Complete(answer []byte) ([]byte, error) {
	var got waAdv.ADVSignedDeviceIdentity
	if err := proto.Unmarshal(answer, &got); err != nil {
		return nil, fmt.Errorf("parse the client's identity: %w", err)
	}
	if !bytes.Equal(got.GetDetails(), o.signed.GetDetails()) || len(got.GetDeviceSignature()) != 64 {
		return nil, errors.New("the client signed another identity")
	}
	message := bytes.Join([][]byte{devicePrefix, got.GetDetails(), o.companionIdentity[:], o.signed.GetAccountSignatureKey()}, nil)
	if !ecc.VerifySignature(ecc.NewDjbECPublicKey(o.companionIdentity), message, [64]byte(got.GetDeviceSignature())) {
		return nil, errors.New("the client's signature is wrong")
	}
	o.signed.DeviceSignature = got.GetDeviceSignature()
	return proto.Marshal(o.signed)
}
