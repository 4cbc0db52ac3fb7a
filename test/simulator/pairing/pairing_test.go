package pairing_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"slices"
	"testing"
	"time"

	"go.mau.fi/libsignal/ecc"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waAdv"
	"go.mau.fi/whatsmeow/util/keys"
	"golang.org/x/crypto/curve25519"
	"google.golang.org/protobuf/proto"

	"github.com/wasession/wasession/test/simulator/pairing"
)

var advSecret = bytes.Repeat([]byte{7}, 32)

// signAsClient does the client's part: it signs the identity that it was
// offered.
func signAsClient(t *testing.T, offered *waAdv.ADVSignedDeviceIdentity, companion *keys.KeyPair) []byte {
	t.Helper()
	message := slices.Concat(whatsmeow.AdvDeviceSignaturePrefix, offered.GetDetails(), companion.Pub[:], offered.GetAccountSignatureKey())
	signature := ecc.CalculateSignature(ecc.NewDjbECPrivateKey(*companion.Priv), message)
	raw, err := proto.Marshal(&waAdv.ADVSignedDeviceIdentity{
		Details: offered.GetDetails(), AccountSignature: offered.GetAccountSignature(), DeviceSignature: signature[:],
	})
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func offer(t *testing.T, phone, companion *keys.KeyPair) (*pairing.Offer, *waAdv.ADVSignedDeviceIdentity) {
	t.Helper()
	o, err := pairing.NewOffer(phone, *companion.Pub, 3, time.Unix(1700000000, 0), advSecret)
	if err != nil {
		t.Fatal(err)
	}
	var container waAdv.ADVSignedDeviceIdentityHMAC
	if err = proto.Unmarshal(o.Container, &container); err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha256.New, advSecret)
	mac.Write(container.GetDetails())
	if !hmac.Equal(mac.Sum(nil), container.GetHMAC()) {
		t.Error("the container is not authenticated with the secret")
	}
	var signed waAdv.ADVSignedDeviceIdentity
	if err = proto.Unmarshal(container.GetDetails(), &signed); err != nil {
		t.Fatal(err)
	}
	return o, &signed
}

func TestOffer(t *testing.T) {
	phone, companion := keys.NewKeyPair(), keys.NewKeyPair()
	o, signed := offer(t, phone, companion)
	message := slices.Concat(whatsmeow.AdvAccountSignaturePrefix, signed.GetDetails(), companion.Pub[:])
	if !ecc.VerifySignature(ecc.NewDjbECPublicKey(*phone.Pub), message, [64]byte(signed.GetAccountSignature())) {
		t.Error("the phone's signature is wrong")
	}
	var details waAdv.ADVDeviceIdentity
	if err := proto.Unmarshal(signed.GetDetails(), &details); err != nil {
		t.Fatal(err)
	}
	if details.GetKeyIndex() != 3 || details.GetTimestamp() != 1700000000 {
		t.Errorf("details: %v", &details)
	}
	complete, err := o.Complete(signAsClient(t, signed, companion))
	if err != nil {
		t.Fatal(err)
	}
	var identity waAdv.ADVSignedDeviceIdentity
	if err = proto.Unmarshal(complete, &identity); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(identity.GetAccountSignatureKey(), phone.Pub[:]) || len(identity.GetDeviceSignature()) != 64 {
		t.Errorf("the completed identity lacks a key or a signature: %v", &identity)
	}
}

func TestOfferRefusesAnotherSignature(t *testing.T) {
	phone, companion := keys.NewKeyPair(), keys.NewKeyPair()
	o, signed := offer(t, phone, companion)
	_, elsewhere := offer(t, keys.NewKeyPair(), companion)
	for name, answer := range map[string][]byte{
		"nothing":          nil,
		"no message":       []byte("\xff"),
		"another key":      signAsClient(t, signed, keys.NewKeyPair()),
		"another identity": signAsClient(t, elsewhere, companion),
	} {
		if _, err := o.Complete(answer); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

// codeClient is the client's side of linking with a code.
type codeClient struct {
	ephemeral, identity *keys.KeyPair
	code                string
}

func wrap(t *testing.T, code string, salt, iv, key []byte) []byte {
	t.Helper()
	derived, err := pbkdf2.Key(sha256.New, code, salt, 2<<16, 32)
	if err != nil {
		t.Fatal(err)
	}
	block, err := aes.NewCipher(derived)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]byte, len(key))
	cipher.NewCTR(block, iv).XORKeyStream(out, key)
	return out
}

func (c codeClient) wrapped(t *testing.T) []byte {
	head := make([]byte, 48)
	_, _ = rand.Read(head)
	return append(head, wrap(t, c.code, head[:32], head[32:], c.ephemeral.Pub[:])...)
}

func (c codeClient) bundle(t *testing.T, phone [32]byte, wrapped []byte) (bundle, secret []byte) {
	t.Helper()
	theirs := wrap(t, c.code, wrapped[:32], wrapped[32:48], wrapped[48:])
	shared, err := curve25519.X25519(c.ephemeral.Priv[:], theirs)
	if err != nil {
		t.Fatal(err)
	}
	head := make([]byte, 44)
	_, _ = rand.Read(head)
	key, err := hkdf.Key(sha256.New, shared, head[:32], "link_code_pairing_key_bundle_encryption_key", 32)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := aes.NewCipher(key)
	gcm, _ := cipher.NewGCM(block)
	random := bytes.Repeat([]byte{9}, 32)
	sealed := gcm.Seal(nil, head[32:], slices.Concat(c.identity.Pub[:], phone[:], random), nil)
	identityShared, err := curve25519.X25519(c.identity.Priv[:], phone[:])
	if err != nil {
		t.Fatal(err)
	}
	secret, err = hkdf.Key(sha256.New, slices.Concat(shared, identityShared, random), nil, "adv_secret", 32)
	if err != nil {
		t.Fatal(err)
	}
	return append(head, sealed...), secret
}

func TestCodeLink(t *testing.T) {
	phone := keys.NewKeyPair()
	client := codeClient{ephemeral: keys.NewKeyPair(), identity: keys.NewKeyPair(), code: "ABCD1234"}
	link, err := pairing.NewCodeLink(phone, " abcd-1234 ", client.wrapped(t))
	if err != nil {
		t.Fatal(err)
	}
	bundle, secret := client.bundle(t, *phone.Pub, link.Wrapped)
	identity, got, err := link.Finish(bundle)
	if err != nil {
		t.Fatal(err)
	}
	if identity != *client.identity.Pub || !bytes.Equal(got, secret) {
		t.Error("the two sides do not agree")
	}
}

func TestCodeLinkWithAWrongCode(t *testing.T) {
	phone := keys.NewKeyPair()
	client := codeClient{ephemeral: keys.NewKeyPair(), identity: keys.NewKeyPair(), code: "ABCD1234"}
	link, err := pairing.NewCodeLink(phone, "ABCD1235", client.wrapped(t))
	if err != nil {
		t.Fatal(err)
	}
	bundle, _ := client.bundle(t, *phone.Pub, link.Wrapped)
	if _, _, err = link.Finish(bundle); !errors.Is(err, pairing.ErrWrongCode) {
		t.Errorf("got %v, want ErrWrongCode", err)
	}
}

func TestCodeLinkRefuses(t *testing.T) {
	phone := keys.NewKeyPair()
	client := codeClient{ephemeral: keys.NewKeyPair(), identity: keys.NewKeyPair(), code: "ABCD1234"}
	if _, err := pairing.NewCodeLink(phone, client.code, []byte("short")); err == nil {
		t.Error("a short key was accepted")
	}
	link, err := pairing.NewCodeLink(phone, client.code, client.wrapped(t))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err = link.Finish([]byte("short")); err == nil {
		t.Error("a short bundle was accepted")
	}
	forAnother, _ := client.bundle(t, *keys.NewKeyPair().Pub, link.Wrapped)
	if _, _, err = link.Finish(forAnother); err == nil {
		t.Error("a bundle for another phone was accepted")
	}
}
