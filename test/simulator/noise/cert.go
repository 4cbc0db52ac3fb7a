// Package noise is the server's side of WhatsApp's transport: the
// Noise_XX_25519_AESGCM_SHA256 handshake, its certificate chain, and frames.
package noise

import (
	"crypto/sha256"
	"fmt"
	"time"

	"go.mau.fi/libsignal/ecc"
	"go.mau.fi/whatsmeow/proto/waCert"
	"go.mau.fi/whatsmeow/util/keys"
	"google.golang.org/protobuf/proto"
)

const (
	rootSerial         = 0
	intermediateSerial = 1
	leafSerial         = 2
	// Every handshake gets a new chain, so a day on either side covers the
	// clock of any test.
	validity = 24 * time.Hour
)

// Keys are the long-term keys of a server.
type Keys struct {
	// Root signs the chain; its public half is what clients trust.
	Root *keys.KeyPair
	// Static is the server's key in the handshake.
	Static       *keys.KeyPair
	intermediate *keys.KeyPair
}

// DeriveKeys derives the keys of a server from a seed.
func DeriveKeys(seed []byte) Keys {
	derive := func(label string) *keys.KeyPair {
		sum := sha256.Sum256(fmt.Appendf(nil, "wasession simulator %s %x", label, seed))
		sum[0] &= 248
		sum[31] = sum[31]&127 | 64
		return keys.NewKeyPairFromPrivateKey(sum)
	}
	return Keys{Root: derive("root"), Static: derive("static"), intermediate: derive("intermediate")}
}

// Chain returns the certificate chain for Static, valid around now.
func (k Keys) Chain(now time.Time) ([]byte, error) {
	intermediate, err := certificate(k.Root, intermediateSerial, rootSerial, k.intermediate.Pub, now)
	if err != nil {
		return nil, err
	}
	leaf, err := certificate(k.intermediate, leafSerial, intermediateSerial, k.Static.Pub, now)
	if err != nil {
		return nil, err
	}
	return proto.Marshal(&waCert.CertChain{Intermediate: intermediate, Leaf: leaf})
}

func certificate(issuer *keys.KeyPair, serial, issuerSerial uint32, key *[32]byte, now time.Time) (*waCert.CertChain_NoiseCertificate, error) {
	details, err := proto.Marshal(&waCert.CertChain_NoiseCertificate_Details{
		Serial:       proto.Uint32(serial),
		IssuerSerial: proto.Uint32(issuerSerial),
		Key:          key[:],
		NotBefore:    proto.Uint64(uint64(now.Add(-validity).Unix())),
		NotAfter:     proto.Uint64(uint64(now.Add(validity).Unix())),
	})
	if err != nil {
		return nil, fmt.Errorf("marshal certificate %d: %w", serial, err)
	}
	signature := ecc.CalculateSignature(ecc.NewDjbECPrivateKey(*issuer.Priv), details)
	return &waCert.CertChain_NoiseCertificate{Details: details, Signature: signature[:]}, nil
}
